"""What is done in validation."""
