"""Alembic's home: the environment and the revisions."""
