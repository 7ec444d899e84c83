"""Pages about pilots: the same ones for both sides of the table, and public ones."""
