"""The audit as it is looked at: filtered, newest first, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from data.domain.audit import Entry, Result
from data.store.audit import entry_of
from data.store.database import Database
from data.store.management import Audit

PAGE: Final = 100
#: Rows that an export reads together.
TOGETHER: Final = 2_000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows; what is empty is not asked for. Actions by their beginning: ``alarm.``."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""
    address: str = ""
    result: Result | None = None


def page(
    session: Session, wanted: AuditFilter, before: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """Return the newest rows, or those before the row with an id."""
    query = _filtered(wanted).order_by(Audit.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Audit.id < before)
    return [entry_of(row) for row in session.scalars(query)]


def read_all(database: Database, wanted: AuditFilter) -> Iterator[Sequence[Entry]]:
    """Yield all rows, some at a time; what is written meanwhile is none of them."""
    before = None
    while True:
        with database.reading() as session:
            rows = page(session, wanted, before, TOGETHER)
        if rows:
            yield rows
        if len(rows) < TOGETHER:
            return
        before = rows[-1].id


def _filtered(wanted: AuditFilter) -> Select[Audit]:
    query: Select[Any] = select(Audit)
    if wanted.since is not None:
        query = query.where(Audit.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Audit.at < wanted.until)
    if wanted.actor:
        query = query.where(Audit.actor == wanted.actor)
    if wanted.action:
        query = query.where(Audit.action.startswith(wanted.action, autoescape=True))
    if wanted.subject:
        query = query.where(Audit.subject.startswith(wanted.subject, autoescape=True))
    if wanted.address:
        query = query.where(Audit.address == wanted.address)
    if wanted.result is not None:
        query = query.where(Audit.result == wanted.result)
    return query
