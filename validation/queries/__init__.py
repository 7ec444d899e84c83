"""What is read of validation."""
