"""What transactions lock, and in which order: devices by their ids, then the gate.

An alarm may join any incident, and a command may move the alarms of two: rows locked one by one
would be locked in any order. So whoever changes alarms or incidents is alone with them: each such
transaction locks its devices first, then passes the gate, and locks no further device behind it;
no two can wait for each other. Readings that change no alarm don't pass.

On SQLite a writing transaction is alone anyway.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.store.models import Device

#: PostgreSQL's advisory locks are numbers; this one is ours.
_KEY: Final = 119


def lock_devices(session: Session, device_ids: Iterable[str]) -> None:
    """Keep other writers away from some devices until the commit.

    A statement of its own: one that waits for a lock goes on with what it had read before of the
    tables that it does not lock. ``key_share``: rows that point at a device may be written.
    """
    if _on_postgres(session):
        wanted = select(Device.id).where(Device.id.in_(sorted(device_ids))).order_by(Device.id)
        session.execute(wanted.with_for_update(key_share=True))


def enter(session: Session) -> None:
    """Wait until no other transaction changes alarms or incidents; held until the commit."""
    if _on_postgres(session):
        session.execute(select(func.pg_advisory_xact_lock(_KEY)))


def _on_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
