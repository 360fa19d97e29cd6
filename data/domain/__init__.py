"""Frozen records and rules of the fire-safety domain: no I/O, no framework."""
