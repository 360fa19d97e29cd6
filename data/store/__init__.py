"""SQLAlchemy models, repositories and migrations: SQL is the truth."""
