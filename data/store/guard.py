"""Reading that says in one word when the database does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm import Session

from data.store.database import Database

log = structlog.get_logger()


class StoreUnavailableError(RuntimeError):
    """The database is locked, full or away; asking again later may help."""


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """Open a session that only reads.

    Raises
    ------
    StoreUnavailableError
        In place of the driver's errors, so that callers need not know the driver.
    """
    try:
        with database.reading() as session:
            yield session
    except (OperationalError, TimeoutError) as error:
        log.warning("database does not answer", error=str(error.__cause__ or error))
        raise StoreUnavailableError("the database does not answer") from error
