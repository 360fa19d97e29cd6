"""What is kept for a limited time only: the hours of readings."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.store.models import Device, ReadingHour

HOURS_KEPT: Final = timedelta(days=731)
#: What one step looks at and deletes at most: few enough that no alarm waits for it.
DEVICES_TOGETHER: Final = 20
DELETED_TOGETHER: Final = timedelta(days=1)


def next_devices(session: Session, after: str) -> list[str]:
    """Return the next few devices in the order of their ids."""
    ids = select(Device.id).where(Device.id > after).order_by(Device.id).limit(DEVICES_TOGETHER)
    return list(session.scalars(ids))


def oldest_hour(session: Session, device_ids: list[str], now: datetime) -> datetime | None:
    """Return the oldest hour of some devices that is kept too long; None if there is none."""
    old = ReadingHour.device_id.in_(device_ids), ReadingHour.hour < now - HOURS_KEPT
    return session.scalar(select(func.min(ReadingHour.hour)).where(*old))


def forget_hours(session: Session, device_ids: list[str], oldest: datetime, now: datetime) -> int:
    """Delete a day from the oldest hour on, as far as it is kept too long; return how many rows."""
    until = min(oldest + DELETED_TOGETHER, now - HOURS_KEPT)
    old = delete(ReadingHour).where(ReadingHour.device_id.in_(device_ids), ReadingHour.hour < until)
    gone = session.execute(old.execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]
