"""Parts that all pages of a challenge share."""
