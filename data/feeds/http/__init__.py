"""The HTTP way in behind its route: bodies → readings of the one pipeline."""
