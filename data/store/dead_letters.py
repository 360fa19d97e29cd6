"""Dead letters: what could not be taken is kept as it came, until a person looks at it.

Bounded, for garbage must not fill the disk: the newest of each source and of all stay. Those that
somebody settled go first; how many went unseen is counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session, defer

from data.domain.words import Settled, Way
from data.store.dialect import insert_into
from data.store.models import DeadLetter, DeadLetterLoss
from data.store.way_rows import SOURCE

#: Together at most 160 MB.
KEPT_OF_SOURCE: Final = 500
KEPT_IN_ALL: Final = 5000
MAX_RAW: Final = 32 * 1024
MAX_ERROR: Final = 500
KEPT_FOR: Final = timedelta(days=30)
_MAX_SOURCE: Final = SOURCE.length or 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could not be taken: ``reason`` in a word, ``error`` in a sentence."""

    way: Way
    source: str
    received_at: datetime
    raw: bytes
    reason: str
    error: str


@dataclass(frozen=True, slots=True)
class Loss:
    """How many letters of a way nobody saw before they gave their place to newer ones."""

    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which letters to list; by default those that wait, of all ways."""

    way: Way | None = None
    source: str | None = None
    settled: bool = False
    #: Only those with a smaller id: the next page.
    before: int | None = None


def add(  # noqa: PLR0913 - a letter in all its parts
    session: Session,
    *,
    way: Way,
    source: str,
    received_at: datetime,
    raw: bytes,
    reason: str,
    error: str,
) -> None:
    """Set one message aside."""
    add_all(session, [Letter(way, source, received_at, raw, reason, error)])


def add_all(session: Session, letters: Iterable[Letter]) -> None:
    """Set messages aside, and drop the oldest that there is no room for."""
    by_source: dict[tuple[Way, str], list[Letter]] = {}
    for letter in letters:
        name = _storable(letter.source)[:_MAX_SOURCE]
        by_source.setdefault((letter.way, name), []).append(letter)
    lost: list[tuple[Way, datetime]] = []
    for (way, source), some in by_source.items():
        kept = some[-KEPT_OF_SOURCE:]
        lost += [(way, letter.received_at) for letter in some[: -len(kept)]]
        session.add_all([_row(letter, source) for letter in kept])
        session.flush()
        among = (DeadLetter.way == way) & (DeadLetter.source == source)
        lost += _drop(session, [among], KEPT_OF_SOURCE)
    if by_source:
        lost += _drop(session, [], KEPT_IN_ALL)
    _count_lost(session, lost)


def get(session: Session, letter_id: int) -> DeadLetter | None:
    """Return one, with its bytes."""
    return session.get(DeadLetter, letter_id)


def listed(session: Session, chosen: Chosen, limit: int) -> list[DeadLetter]:
    """Return some without their bytes, the newest first."""
    settled = DeadLetter.settled_at
    query = select(DeadLetter).where(settled.is_not(None) if chosen.settled else settled.is_(None))
    if chosen.way is not None:
        query = query.where(DeadLetter.way == chosen.way)
    if chosen.source is not None:
        query = query.where(DeadLetter.source == chosen.source)
    if chosen.before is not None:
        query = query.where(DeadLetter.id < chosen.before)
    newest = query.order_by(DeadLetter.id.desc()).limit(limit)
    return list(session.scalars(newest.options(defer(DeadLetter.raw))))


def waiting(session: Session) -> dict[Way, int]:
    """Return how many letters of each way wait for somebody."""
    rows = session.execute(
        select(DeadLetter.way, func.count().label("waiting"))
        .where(DeadLetter.settled_at.is_(None))
        .group_by(DeadLetter.way)
    )
    return {row.way: row.waiting for row in rows}


def losses(session: Session) -> dict[Way, Loss]:
    """Return what nobody saw, by way."""
    rows = session.scalars(select(DeadLetterLoss))
    return {row.way: Loss(row.count, row.last_at) for row in rows}


def settle(session: Session, letter_id: int, outcome: Settled, by: str, at: datetime) -> bool:
    """Write what somebody did with a letter; return False if somebody was first.

    Until the commit nobody else can settle it.
    """
    changed: Any = session.execute(
        update(DeadLetter)
        .where(DeadLetter.id == letter_id, DeadLetter.settled_at.is_(None))
        .values(settled_at=at, settled_by=by, outcome=outcome)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)


def forget(session: Session, now: datetime) -> None:
    """Delete what is too old for anybody to mend."""
    session.execute(delete(DeadLetter).where(DeadLetter.received_at < now - KEPT_FOR))


def _row(letter: Letter, source: str) -> DeadLetter:
    return DeadLetter(
        way=letter.way,
        source=source,
        received_at=letter.received_at,
        raw=letter.raw[:MAX_RAW],
        size=len(letter.raw),
        reason=letter.reason,
        error=_storable(letter.error)[:MAX_ERROR],
    )


def _storable(text: str) -> str:
    """Return text without what PostgreSQL can't store: NUL and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _drop(
    session: Session, among: Sequence[ColumnElement[bool]], keep: int
) -> list[tuple[Way, datetime]]:
    """Delete the oldest that are too many, settled ones first; return those that waited."""
    count = session.scalar(select(func.count()).select_from(DeadLetter).where(*among)) or 0
    if count <= keep:
        return []
    rows = session.execute(
        select(DeadLetter.id, DeadLetter.way, DeadLetter.settled_at, DeadLetter.received_at)
        .where(*among)
        .order_by(case((DeadLetter.settled_at.is_(None), 1), else_=0), DeadLetter.id)
        .limit(count - keep)
        # On PostgreSQL another process may drop the same ones right now.
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(delete(DeadLetter).where(DeadLetter.id.in_([row.id for row in rows])))
    return [(row.way, row.received_at) for row in rows if row.settled_at is None]


def _count_lost(session: Session, lost: Iterable[tuple[Way, datetime]]) -> None:
    """Add to the counts, in one order, so that no two processes wait for each other."""
    by_way: dict[Way, list[datetime]] = {}
    for way, at in lost:
        by_way.setdefault(way, []).append(at)
    insert = insert_into(session, DeadLetterLoss)
    for way, times in sorted(by_way.items()):
        more = {"count": DeadLetterLoss.count + len(times), "last_at": max(times)}
        counted = insert.on_conflict_do_update(index_elements=["way"], set_=more)
        session.execute(counted.values(way=way, count=len(times), last_at=max(times)))
