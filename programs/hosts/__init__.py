"""From the host of a request to the municipality: a look-up that is cached and never stale, and what it leads to."""
