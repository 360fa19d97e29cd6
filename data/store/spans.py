"""SQL expressions for spans of time that mean the same on SQLite and PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, case, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from data.domain.weeks import Span

#: Asia/Shanghai has had no summer time since 1991.
SHANGHAI_S: Final = 8 * 3600
DAY_S: Final = 86_400
HOUR_S: Final = 3_600


class epoch_s(FunctionElement[int]):  # noqa: N801 - reads like the SQL function that it is
    """Whole Unix seconds of a time column."""

    type = Integer()
    name = "epoch_s"
    inherit_cache = True


@compiles(epoch_s, "sqlite")
def _epoch_sqlite(element: epoch_s, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(epoch_s, "postgresql")
def _epoch_postgresql(element: epoch_s, compiler: SQLCompiler, **options: Any) -> str:
    inner = compiler.process(element.clauses, **options)
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {inner})) AS BIGINT)"


def within(column: Any, span: Span) -> ColumnElement[bool]:
    """Return the condition that a time lies in the span."""
    return and_(column >= span.start, column < span.end)


def within_any(column: Any, spans: Sequence[Span]) -> ColumnElement[bool]:
    """Return the condition that a time lies in one of the spans."""
    return or_(*(within(column, span) for span in spans))


def which(column: Any, spans: Sequence[Span]) -> ColumnElement[int]:
    """Return the index of the span that a time lies in; spans must not overlap."""
    return case(
        *((within(column, span), index) for index, span in enumerate(spans)), else_=-1
    ).label("span")


def local_day(column: Any) -> ColumnElement[int]:
    """Return the day in Asia/Shanghai as a count of days since 1970-01-01."""
    return ((epoch_s(column) + SHANGHAI_S) // DAY_S).label("day")


def local_hour(column: Any) -> ColumnElement[int]:
    """Return the hour of the day in Asia/Shanghai, 0 … 23."""
    return ((epoch_s(column) + SHANGHAI_S) % DAY_S // HOUR_S).label("hour")
