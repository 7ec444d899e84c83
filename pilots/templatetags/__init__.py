"""Template tags of pilots."""
