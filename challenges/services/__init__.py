"""What is done with workshops, challenges and briefs."""
