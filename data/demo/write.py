"""Fast writing of many rows: the model's own conversions, the driver's own ``executemany``."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import JSON, Column, func, insert, select, text
from sqlalchemy.orm import Session

from data.store.base import Base

BATCH: Final = 20_000
#: Pages (of 1 kB, negative by SQLite's convention) kept while everything is one transaction.
CACHE_KB: Final = 200_000


class Writer:
    """Writes rows within one session; remembers converted times and words, which come again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection()
        self._known: dict[str, dict[Hashable, Any]] = {}

    def rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert rows that all have the same columns; return how many."""
        if not rows:
            return 0
        return self.columns(model, {name: [row[name] for row in rows] for name in rows[0]})

    def columns(self, model: type[Base], columns: Mapping[str, Sequence[Any]]) -> int:
        """Insert rows given as columns of equal length; return how many.

        Columns that are not given get the model's default, which must be a plain value. On SQLite
        this is several times faster than inserts of dictionaries.
        """
        dialect = self._connection.dialect
        table: Any = model.__table__
        names = list(columns)
        compiled = insert(table).values(dict.fromkeys(names)).compile(dialect=dialect)
        order = compiled.positiontup or list(compiled.params)
        count = len(columns[names[0]])
        converted = [
            self._converted(table.c[name], columns.get(name) or _default(table.c[name], count))
            for name in order
        ]
        rows: list[Any] = list(zip(*converted, strict=True))
        if not compiled.positional:
            rows = [dict(zip(order, row, strict=True)) for row in rows]
        for start in range(0, len(rows), BATCH):
            self._connection.exec_driver_sql(str(compiled), rows[start : start + BATCH])
        return len(rows)

    def _converted(self, column: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
        dialect = self._connection.dialect
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is None:
            return values
        if isinstance(column.type, JSON):
            return [process(value) for value in values]
        known = self._known.setdefault(repr(column.type), {})
        for value in set(values) - known.keys():
            known[value] = process(value)
        return [known[value] for value in values]


def _default(column: Column[Any], count: int) -> list[Any]:
    default: Any = column.default
    return [default.arg if default is not None else None] * count


def prepare(session: Session) -> None:
    """Give SQLite room for one large transaction."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"PRAGMA cache_size=-{CACHE_KB}"))


def advance_sequences(session: Session, models: Sequence[type[Base]]) -> None:
    """Let PostgreSQL count on after ids that were given by hand."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for model in models:
        table: Any = model.__table__
        highest = session.scalar(select(func.max(table.c.id))) or 0
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
        session.execute(select(func.setval(sequence, max(1, highest))))
