"""Pages about workshops, challenges and briefs, on a municipality's host."""
