"""Pages of those who apply."""
