"""Forms of validation."""
