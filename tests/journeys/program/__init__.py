"""One program from start to end in a browser: each module drives one part of it."""
