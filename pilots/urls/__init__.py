"""Pages of this app on each kind of host."""
