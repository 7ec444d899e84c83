"""Milestones, KPIs and the evidence ledger: the last stage."""
