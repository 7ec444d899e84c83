"""Forms of the market map and of the selection."""
