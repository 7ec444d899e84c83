"""What is done with received applications, on the market map and in the selection."""
