"""Challenges, workshops and briefs: the first stage."""
