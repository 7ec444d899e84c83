"""What is done with companies, calls and applications."""
