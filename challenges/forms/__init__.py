"""Forms about workshops, candidates, challenges and briefs."""
