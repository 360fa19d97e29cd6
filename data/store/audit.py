"""The audit as a chain: rows are set aside until the commit, then hashed one after the other.

Whoever writes the audit holds the row ``audit_head`` from just before the commit to its end, and
locks nothing after it: no two can wait for each other, and no two rows follow the same one.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import delete, event, func, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from data.domain.audit import PRUNED, Entry, Mark, Result, digest
from data.store.management import Audit, AuditHead

_WAITING: Final = "audit"
#: Rows that are read, and deleted, together.
TOGETHER: Final = 5_000
_Waiting = list[tuple[SessionTransaction | None, Audit]]


def chain(sessions: sessionmaker[Session]) -> None:
    """See that every row of the audit that these sessions add is chained."""
    event.listen(sessions, "before_flush", _set_aside)
    event.listen(sessions, "before_commit", _seal)
    event.listen(sessions, "after_soft_rollback", _forget)


def as_of_now(session: Session) -> None:
    """Let a session, before its first query, see one state of the tables to its end."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's transactions do anyway
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def head(session: Session) -> Mark:
    """Return the newest row, as it is kept beside the table."""
    row = session.execute(select(AuditHead.last_id, AuditHead.last_hash)).one()
    return Mark(row.last_id, row.last_hash)


def entries(session: Session) -> Iterator[Entry]:
    """Yield every row by id, a part at a time."""
    after = None
    while True:
        query = select(Audit).order_by(Audit.id).limit(TOGETHER)
        rows = session.scalars(query if after is None else query.where(Audit.id > after)).all()
        yield from map(entry_of, rows)
        if len(rows) < TOGETHER:
            return
        after = rows[-1].id
        session.expunge_all()


def entry_of(row: Audit) -> Entry:
    """Return a row as a value."""
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})


def prune(session: Session, before: datetime, now: datetime) -> int:
    """Delete the oldest rows, as far as all of them are from before a time; return how many.

    The row that says so carries the hash of the last one that is gone: the chain goes on from it.
    """
    session.execute(select(AuditHead.last_id).with_for_update())
    kept = session.scalar(select(func.min(Audit.id)).where(Audit.at >= before))
    old = select(Audit.id, Audit.hash).order_by(Audit.id).limit(TOGETHER)
    gone = session.execute(old if kept is None else old.where(Audit.id < kept)).all()
    if not gone:
        return 0
    until = gone[-1]
    session.execute(update(AuditHead).values(pruned_to=until.id))
    session.execute(
        delete(Audit).where(Audit.id <= until.id).execution_options(synchronize_session=False)
    )
    detail = {"rows": len(gone), "until": until.id, "hash": until.hash}
    session.add(Audit(at=now, actor="system", action=PRUNED, subject="audit", detail=detail))
    return len(gone)


def _set_aside(session: Session, *_: Any) -> None:
    waiting: _Waiting = session.info.setdefault(_WAITING, [])
    for row in [row for row in session.new if isinstance(row, Audit)]:
        session.expunge(row)
        waiting.append((session.get_nested_transaction(), row))


def _forget(session: Session, ended: SessionTransaction) -> None:
    """Drop the rows of what was rolled back: everything, or one savepoint."""
    waiting: _Waiting = session.info.get(_WAITING, [])
    session.info[_WAITING] = [one for one in waiting if ended.nested and one[0] is not ended]


def _seal(session: Session) -> None:
    """Chain the rows of a transaction that is about to be committed."""
    if session.in_nested_transaction():
        return
    session.flush()
    waiting: _Waiting = session.info.pop(_WAITING, [])
    if not waiting:
        return
    newest = select(AuditHead.last_id, AuditHead.last_hash).with_for_update()
    row_id, prev = session.execute(newest).one()
    rows = []
    for _, row in waiting:
        row_id += 1
        rows.append(_chained(row, row_id, prev))
        prev = rows[-1]["hash"]
    session.execute(insert(Audit.__table__), rows)  # type: ignore[arg-type]
    session.execute(update(AuditHead).values(last_id=row_id, last_hash=prev))


def _chained(row: Audit, row_id: int, prev: str) -> dict[str, Any]:
    entry = Entry(
        id=row_id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=_storable(row.subject),
        address=_storable(row.address),
        result=row.result or Result.DONE,
        reason=_storable(row.reason),
        detail=_as_kept(row.detail),
        before=_as_kept(row.before),
        after=_as_kept(row.after),
        prev=prev,
    )
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    return {**values, "hash": digest(entry)}


def _storable(text: str | None) -> str:
    """Return a text without what a database can't store: whatever was tried is written down."""
    return (text or "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _as_kept(values: dict[str, Any] | None) -> Any:
    """Return values as they come back from the database."""
    return orjson.loads(orjson.dumps(values or {}, option=orjson.OPT_NON_STR_KEYS))
