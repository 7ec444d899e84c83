"""Companies, solutions, calls and applications: what crosses municipalities."""
