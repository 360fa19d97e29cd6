"""The outbox: what a commit changed, noted in the same transaction until Redis surely knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from data.store.models import Outbox
from data.store.prepared import Prepared

_ADD: Final = Prepared(lambda insert: insert(Outbox.__table__), ("at", "event", "data"))


@dataclass(frozen=True, slots=True)
class Notes:
    """Some notes of the outbox put together."""

    ids: tuple[int, ...]
    devices: frozenset[str]
    alarms: frozenset[int]
    incidents: frozenset[int]


def add(
    session: Session,
    at: datetime,
    devices: Iterable[str],
    alarms: Iterable[int],
    incidents: Iterable[int] = (),
) -> None:
    """Note which devices, alarms and incidents this transaction changes."""
    data = {
        "devices": sorted(devices),
        "alarms": sorted(alarms),
        "incidents": sorted(incidents),
    }
    _ADD.run(session, {"at": at, "event": "change", "data": data})


def pending(session: Session, before: datetime, after: datetime, limit: int = 500) -> Notes:
    """Return the oldest notes made before a time, or after one: then the clock was set back."""
    due = or_(Outbox.at < before, Outbox.at > after)
    rows = session.scalars(select(Outbox).where(due).order_by(Outbox.id).limit(limit)).all()
    return Notes(
        tuple(row.id for row in rows),
        frozenset(device for row in rows for device in row.data["devices"]),
        frozenset(alarm for row in rows for alarm in row.data["alarms"]),
        # A note of the program before this one may wait here across an update.
        frozenset(incident for row in rows for incident in row.data.get("incidents", ())),
    )


def settle(session: Session, notes: Notes) -> None:
    """Delete notes whose changes were told."""
    session.execute(delete(Outbox).where(Outbox.id.in_(notes.ids)))
