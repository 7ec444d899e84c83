"""Past editions of programs, read from a file of public facts with their sources."""
