"""What is read of pilots, their ledgers and their results."""
