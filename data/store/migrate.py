"""Bring a database to the newest revision, or back; for the launcher and ``app.py migrate``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event

from data.store.database import make_engine

SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrade the database at ``url``; nothing is changed if any step fails."""
    with _connection(url) as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to ``revision``; ``base`` removes every table of ours."""
    with _connection(url) as connection:
        command.downgrade(configuration(connection), revision)


def current(url: str) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    with _connection(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the newest revision that this version of the application knows."""
    newest = ScriptDirectory(str(SCRIPTS)).get_current_head()
    if newest is None:
        raise RuntimeError(f"no revision in {SCRIPTS}")
    return newest


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_foreign_keys)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _without_foreign_keys(connection: Any, _record: object) -> None:
    # Copying a table on SQLite drops the old one, which would delete the rows that refer to it.
    connection.execute("PRAGMA foreign_keys=OFF")
