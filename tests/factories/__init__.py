"""Makes rows for tests, through services where there is one."""
