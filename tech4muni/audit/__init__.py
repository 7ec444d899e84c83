"""The record of what was done: append-only, hash-chained, one trail per municipality and one for the platform."""
