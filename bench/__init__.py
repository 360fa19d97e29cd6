"""Benchmarks: one command each, JSON lines out, ratios against a baseline of the same run."""
