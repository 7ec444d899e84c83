"""What is done about people: each function is one step, in one transaction, with its entry in the trail."""
