"""Settings: `base` for all, then one of `dev` (also the demonstration), `test`, `production`."""
