"""How an incident ends: by a person's verdict, or by itself; a real fire is recorded as one."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data.domain.alarms import SYSTEM
from data.domain.incidents import fire_cause
from data.domain.response import Stage
from data.domain.words import AlarmKind, Verdict
from data.store.dialect import insert_into
from data.store.incidents import note_entry, response_of
from data.store.models import AlarmRow, Audit, Building, Device, Fire, Incident

_IS_FIRE: Final = or_(AlarmRow.kind == AlarmKind.FIRE, AlarmRow.confirmed_at.is_not(None))


def settle(session: Session, incident_id: int | None, at: datetime) -> None:
    """End the incident when its last alarm has closed; the worst alarm's verdict is its own.

    It stays open while somebody is out there: the end of the response settles it. One without any
    verdict ends by itself only if nobody was sent, and never if it is a fire.
    """
    if incident_id is None:
        return
    session.flush()
    incident = session.get_one(Incident, incident_id, populate_existing=True)
    if _open_alarms(session, incident_id) or incident.closed_at is not None:
        return
    response = response_of(incident)
    if response.running:
        return
    worst = _worst(session, incident_id)
    if worst.verdict is not None:
        by = worst.closed_by or SYSTEM
        judge(session, incident, at=at, by=by, verdict=worst.verdict, found=worst.note)
    elif response.stage is Stage.NONE and incident.kind is not AlarmKind.FIRE:
        incident.closed_at, incident.closed_by = at, SYSTEM
        note_entry(session, incident_id, at=at, action="recovered", actor=SYSTEM)


def judge(
    session: Session,
    incident: Incident,
    *,
    at: datetime,
    by: str,
    verdict: Verdict,
    found: str | None,
) -> None:
    """End an incident with a person's verdict; a real one with a confirmed fire is a fire."""
    incident.closed_at, incident.closed_by = at, by
    incident.verdict, incident.verdict_cause = verdict, found
    note_entry(session, incident.id, at=at, action="closed", actor=by)
    if verdict is Verdict.REAL:
        _record_fire(session, incident, at=at, by=by)


def _open_alarms(session: Session, incident_id: int) -> int:
    counted = select(func.count()).select_from(AlarmRow)
    where = (AlarmRow.incident_id == incident_id, AlarmRow.closed_at.is_(None))
    return session.scalar(counted.where(*where)) or 0


def _worst(session: Session, incident_id: int) -> AlarmRow:
    """Return the alarm that says what the incident was: judged, a fire, a real one, the last."""
    return session.scalars(
        select(AlarmRow)
        .where(AlarmRow.incident_id == incident_id)
        .order_by(
            AlarmRow.verdict.is_(None),
            _IS_FIRE.desc(),
            (AlarmRow.verdict == Verdict.REAL).desc(),
            AlarmRow.closed_at.desc(),
        )
        .limit(1)
    ).one()


def _record_fire(session: Session, incident: Incident, *, at: datetime, by: str) -> None:
    """Write the fire of an incident into the records, once: nothing if nobody confirmed one."""
    seen = session.execute(
        select(AlarmRow, Device)
        .join(Device, Device.id == AlarmRow.device_id)
        .where(AlarmRow.incident_id == incident.id, _IS_FIRE)
        .order_by(AlarmRow.raised_at, AlarmRow.id)
    ).all()
    if not any(alarm.confirmed_at and alarm.verdict is Verdict.REAL for alarm, _ in seen):
        return
    building = incident.building_id and session.get(Building, incident.building_id)
    place = building or seen[0].Device
    values = {
        "at": incident.opened_at,
        "building_id": incident.building_id,
        "community_code": incident.community_code,
        "incident_id": incident.id,
        "lon": place.lon,
        "lat": place.lat,
        "cause": fire_cause([device.kind for _, device in seen]),
        "note": incident.verdict_cause or "",
        "demo": incident.demo,
    }
    insert = insert_into(session, Fire).on_conflict_do_nothing(index_elements=["incident_id"])
    number = session.scalar(insert.values(values).returning(Fire.id))
    if number is None:
        return
    note_entry(session, incident.id, at=at, action="fire_recorded", actor=by)
    session.add(
        Audit(
            at=at,
            actor=by,
            action="fire.recorded",
            subject=f"fire:{number}",
            reason=incident.verdict_cause or "",
            detail={"incident": incident.id},
        )
    )
