"""Production: its files, and the same programs run without containers."""
