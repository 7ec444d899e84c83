"""Stakeholders, surveys and the verdict: the second stage."""
