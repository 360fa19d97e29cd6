"""The dialect's own INSERT, which knows what to do about a row that is there already."""

from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data.store.base import Base


def insert_into(session: Session, table: type[Base]) -> Any:
    """Return an INSERT with ``on_conflict_do_update`` and ``on_conflict_do_nothing``.

    Into the table and not the model, for which many rows become many statements: one for each set
    of columns that are not null.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement: Insert = dialect.insert(table.__table__)
    return statement
