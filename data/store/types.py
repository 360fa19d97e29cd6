"""Column types: UTC times that survive SQLite, enums as their words, JSON."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

E = TypeVar("E", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """A time zone aware datetime, stored as UTC on every database; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must have a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC datetime."""
        return None if value is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return the conversion of every bound value; SQLite's in one step, as it is hot."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return the conversion of every value read."""
        return _to_utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


@lru_cache(maxsize=64)  # rows of one batch share most of their times
def _to_text(value: datetime | None) -> str | None:
    """Return a time as SQLite keeps it: ``2026-11-22 02:24:07.000000``, in UTC."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a stored time must have a time zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:-6]


def _to_utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class Word(TypeDecorator[E]):
    """A member of a closed vocabulary, stored as its word."""

    impl = String(24)
    cache_ok = True

    def __init__(self, vocabulary: type[E]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self._members: dict[str | None, E | None] = {None: None, **{str(m): m for m in vocabulary}}

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return the conversion of every value read; an unknown word is an error."""
        return self._members.__getitem__

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Store the word; an unknown one is refused."""
        return None if value is None else str(self.vocabulary(value))
