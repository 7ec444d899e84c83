"""Programs and the municipalities in them: who works where, and how a municipality gets its own schema."""
