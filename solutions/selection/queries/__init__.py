"""What is read of received applications, the market map and the selection."""
