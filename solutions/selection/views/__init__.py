"""Pages about the market map and the selection, on a municipality's host."""
