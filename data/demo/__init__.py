"""A seeded, believable demo town with two years of history."""
