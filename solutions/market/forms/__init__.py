"""Forms of the market."""
