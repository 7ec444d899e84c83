"""What every app stands on: the clock, errors, abstract models, form and template helpers. It has no tables."""
