"""Programs (cohorts): their brand, their stage windows, who takes part, and how far each challenge is."""
