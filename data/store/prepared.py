"""Statements of the pipeline, compiled once.

SQLAlchemy takes about 0.1 ms to find what it has compiled for a statement and to prepare a result,
and for the parameters of a row more than SQLite for the row. Where every reading and alarm passes
that is most of the time. Here a statement is built with SQLAlchemy, compiled once for a dialect,
and handed to the driver with its values converted by the types of its columns.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import ARRAY, BindParameter, Dialect, Float, String, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from data.store.database import DRIVER, translated

Convert = Callable[[Any], Any]
#: Makes a statement with the dialect's own ``insert``.
Make = Callable[[Any], Any]
_INSERT: Final = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as the driver takes it, and how values go in and come out."""

    text: str
    #: In the order of the text where the driver counts its parameters; each once where it names
    #: them. The constant is the value of a parameter that the statement itself has.
    parameters: tuple[tuple[str, Convert | None, Any], ...]
    positional: bool
    results: tuple[Convert | None, ...]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Return the parameters of one execution."""
        converted = [
            (name, convert(value) if convert is not None else value)
            for name, convert, constant in self.parameters
            for value in (values.get(name, constant),)
        ]
        return tuple(value for _, value in converted) if self.positional else dict(converted)

    def bound_rows(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the parameters of many executions, converted column by column."""
        columns = [
            values if convert is None else [convert(value) for value in values]
            for (_, convert, _), values in zip(
                self.parameters, zip(*rows, strict=True), strict=True
            )
        ]
        bound = zip(*columns, strict=True)
        if self.positional:
            return list(bound)
        names = [name for name, _, _ in self.parameters]
        return [dict(zip(names, row, strict=True)) for row in bound]


class Prepared:
    """A statement that is executed often.

    Parameters
    ----------
    make
        Returns the statement; called once a dialect with its ``insert``.
    names
        Of the columns that an INSERT sets, in the table's order; it sets no defaults of its own.
    """

    def __init__(self, make: Make, names: Sequence[str] | None = None) -> None:
        self._make = make
        self._names = None if names is None else list(names)
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute it and return what it selects, or returns of the rows that it writes."""
        one = self._for(session)
        found = _sent(session, one.text, one.bound(values))
        if not found:
            return []
        columns = [
            values_ if convert is None else [convert(value) for value in values_]
            for convert, values_ in zip(one.results, zip(*found, strict=True), strict=True)
        ]
        return list(zip(*columns, strict=True))

    def run(self, session: Session, *each: Mapping[str, Any]) -> None:
        """Execute it, once for each of some values."""
        if each:
            one = self._for(session)
            _sent(session, one.text, [one.bound(values) for values in each])

    def many(self, session: Session, rows: Sequence[Sequence[Any]]) -> None:
        """Execute it for rows, the values of each in the order of the names."""
        if rows:
            one = self._for(session)
            _sent(session, one.text, one.bound_rows(rows))

    def _for(self, session: Session) -> _Compiled:
        dialect = session.get_bind().dialect
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        return self._compiled[dialect.name]

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._make(_INSERT[dialect.name])
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=self._names)
        names = compiled.positiontup or list(compiled.binds)
        if self._names is not None and names[: len(self._names)] != self._names:
            raise ValueError(f"name all columns, in the table's order: {names}")
        binds = compiled.binds
        parameters = tuple(
            (name, _bind(binds[name], dialect), None if binds[name].required else binds[name].value)
            for name in names
        )
        results = tuple(_result(column.type, dialect) for column in statement.exported_columns)
        return _Compiled(str(compiled), parameters, compiled.positional, results)


def upsert(model: Any, names: Sequence[str]) -> Prepared:
    """Return the statement that inserts or replaces rows by the primary key."""
    table = model.__table__
    keys = [column.name for column in table.primary_key]

    def make(insert: Any) -> Any:
        statement = insert(table)
        changed = {name: statement.excluded[name] for name in names if name not in keys}
        return statement.on_conflict_do_update(index_elements=keys, set_=changed)

    return Prepared(make, names)


def _sent(session: Session, text: str, bound: Any) -> list[Any]:
    """Execute a statement, many times for a list; return what it found.

    A transaction on SQLite asks the driver itself: what SQLAlchemy does besides for a statement
    takes longer than most of these take.
    """
    driver: sqlite3.Connection | None = session.info.get(DRIVER)
    if driver is None:
        result = session.connection().exec_driver_sql(text, bound)
        return list(result.fetchall()) if result.returns_rows else []
    try:
        if isinstance(bound, list):
            return driver.executemany(text, bound).fetchall()
        return driver.execute(text, bound).fetchall()
    except sqlite3.Error as error:
        raise translated(error, text, bound) from error


def _bind(parameter: BindParameter[Any], dialect: Dialect) -> Convert | None:
    return parameter.type.dialect_impl(dialect).bind_processor(dialect)


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, Float):  # floats are floats with every driver
        return None
    return kind.dialect_impl(dialect).result_processor(dialect, None)


# --- Parts of statements --------------------------------------------------------------------


class _Several(TypeDecorator[Sequence[Any]]):
    """Many values as one parameter: an array, or JSON where there are no arrays."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the dialect's type."""
        kind = String() if dialect.name == "sqlite" else ARRAY(self.item)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """Convert the values."""
        listed = list(value or ())
        return orjson.dumps(listed).decode() if dialect.name == "sqlite" else listed


class _among(FunctionElement[bool]):  # noqa: N801 - reads like the SQL that it is
    inherit_cache = True


@compiles(_among, "sqlite")
def _among_sqlite(element: _among, compiler: SQLCompiler, **options: Any) -> str:
    column, several = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({several}))"  # noqa: S608 # nosec B608


@compiles(_among, "postgresql")
def _among_postgresql(element: _among, compiler: SQLCompiler, **options: Any) -> str:
    column, several = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({several})"


def among(column: Any, name: str) -> Any:
    """Return the condition that a column is one of the values of a parameter, however many."""
    return _among(column, bindparam(name, type_=_Several(column.type)))


class likely(FunctionElement[bool]):  # noqa: N801 - reads like the SQL function that it is
    """A condition that SQLite shall not begin with: an index of another condition leads to fewer.

    Without statistics it takes all open alarms of the town to be fewer than those of some devices.
    """

    # No Boolean: "likely(…) = 1" is no condition that a partial index knows.
    inherit_cache = True


@compiles(likely, "sqlite")
def _likely_sqlite(element: likely, compiler: SQLCompiler, **options: Any) -> str:
    return f"likely({compiler.process(element.clauses, **options)})"


@compiles(likely, "postgresql")
def _likely_postgresql(element: likely, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)
