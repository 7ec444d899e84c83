"""The market and the choice: what startups offer, and how a municipality selects."""
