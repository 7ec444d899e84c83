"""Benchmarks: ratios taken in one run, with the aims they are held to."""
