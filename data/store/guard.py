"""Transactions that say in one word when the database does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from data.store.database import Database

log = structlog.get_logger()

#: What the drivers raise while the database is locked, full or away.
AWAY: Final = (OperationalError, InterfaceError, TimeoutError)


class StoreUnavailableError(RuntimeError):
    """The database is locked, full or away; asking again later may help."""


@contextmanager
def writing(database: Database) -> Iterator[Session]:
    """Open a transaction; raises as :func:`reading` does."""
    with _in_one_word(), database.writing() as session:
        yield session


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """Open a session that only reads.

    Raises
    ------
    StoreUnavailableError
        In place of the driver's errors, so that callers need not know the driver.
    """
    with _in_one_word(), database.reading() as session:
        yield session


@contextmanager
def _in_one_word() -> Iterator[None]:
    try:
        yield
    except AWAY as error:
        log.warning("database does not answer", error=str(error.__cause__ or error))
        raise StoreUnavailableError("the database does not answer") from error
