"""Wiring between components and pure functions."""
