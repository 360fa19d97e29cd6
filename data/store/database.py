"""Engine and transactions: SQLite embedded, PostgreSQL when the URL says so."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from data.store import audit

BUSY_TIMEOUT_MS = 10_000
#: A PostgreSQL that is not reached any more is noticed, though nobody says that it is gone.
PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
#: Seconds that somebody waits for one of the connections: he is told to come again.
POOL_TIMEOUT_S = 10
#: Memory that a connection may keep pages of the file in: the inner pages of a large town's tables.
CACHE_KB = 16_384
#: Pages of the log (16 MB) after which a commit moves them into the file. A page that was written
#: several times is moved once, so that more is less work; but that commit takes longer.
CHECKPOINT_PAGES = 4_000
#: Under this name a transaction on SQLite has the driver's connection in ``Session.info``.
DRIVER: Final = "driver"


class Database:
    """One engine and its sessions; made by the composition root and passed on."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        event.listen(self._sessions, "after_transaction_end", _forget_driver)
        audit.chain(self._sessions)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads; it is rolled back at the end."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open one transaction; committed at the end, rolled back on an error.

        On SQLite the write lock is taken at once, so that what is read inside stays true until
        the commit; on PostgreSQL rows are locked by the queries that need it.
        """
        with self._sessions() as session:
            if self.engine.dialect.name == "sqlite":
                begun = session.connection(execution_options={"immediate": True})
                session.info[DRIVER] = begun.connection.driver_connection
            try:
                yield session
            except BaseException:
                session.rollback()
                raise
            session.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _forget_driver(session: Session, transaction: SessionTransaction) -> None:
    """Let go of a connection that is the session's no more: its transaction is over."""
    if transaction.parent is None:
        session.info.pop(DRIVER, None)


def make_engine(url: str) -> Engine:
    """Make an engine; SQLite gets WAL, durable commits, foreign keys and explicit transactions."""
    sqlite = url.startswith("sqlite")
    patience = {"pool_timeout": POOL_TIMEOUT_S, "connect_args": PATIENCE}
    engine = create_engine(
        url,
        pool_pre_ping=not sqlite,
        # The same few connections are used again, so that few have caches.
        **({} if ":memory:" in url or url == "sqlite://" else {"pool_use_lifo": True}),
        **({} if sqlite else patience),
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = (
        None  # transactions begin where we say, not where the driver guesses
    )
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    begin = "BEGIN IMMEDIATE" if immediate else "BEGIN"
    try:
        connection.connection.driver_connection.execute(begin)
    except sqlite3.Error as error:
        raise translated(error, begin) from error


def translated(error: sqlite3.Error, text: str, parameters: Any = ()) -> BaseException:
    """Return SQLAlchemy's error for one of SQLite's driver, which was asked without SQLAlchemy."""
    return DBAPIError.instance(text, parameters, error, sqlite3.Error)
