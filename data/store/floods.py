"""Alarm floods in SQL: how many alarms came lately, when a flood began and ended."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.domain.floods import FLOOD_WINDOW, in_flood
from data.store.models import AlarmFlood, AlarmRow


def rate(session: Session, now: datetime) -> int:
    """Return the alarms raised in the last 10 minutes."""
    counted = select(func.count()).select_from(AlarmRow)
    return session.scalar(counted.where(AlarmRow.raised_at > now - FLOOD_WINDOW)) or 0


def running(session: Session) -> AlarmFlood | None:
    """Return the flood that has not ended."""
    return session.scalar(
        select(AlarmFlood).where(AlarmFlood.ended_at.is_(None)).order_by(AlarmFlood.id).limit(1)
    )


def watch(session: Session, now: datetime) -> bool | None:
    """Begin, grow or end the flood that the last 10 minutes make; return True or False on a turn.

    Call it inside a writing transaction.
    """
    count, flood = rate(session, now), running(session)
    if not in_flood(count, before=flood is not None):
        if flood is None:
            return None
        flood.ended_at = now
        return False
    if flood is None:
        session.add(AlarmFlood(began_at=now, peak=count))
        return True
    flood.peak = max(flood.peak, count)
    return None
