"""Market map, criteria, scorecards and decision: what stays inside a municipality."""
