"""Incidents in SQL: an alarm joins the open incident of its building or opens one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data.domain.alarms import Alarm
from data.domain.incidents import (
    INCIDENT_KINDS,
    OpenIncident,
    Witness,
    belongs,
    confidence,
    worse_kind,
)
from data.store.intake import KnownDevice
from data.store.models import AlarmRow, Device, Incident, IncidentHistory


def attach(session: Session, device: KnownDevice, alarm: Alarm) -> Alarm:
    """Return the alarm as part of its incident; faults and supervisory signals have none."""
    if alarm.kind not in INCIDENT_KINDS:
        return alarm
    incident = _joinable(session, device, alarm) or _open(session, device, alarm)
    incident.last_at = max(incident.last_at, alarm.raised_at)
    incident.kind = worse_kind(incident.kind, alarm.kind)
    session.execute(
        update(AlarmRow)
        .where(AlarmRow.id == alarm.id)
        .values(incident_id=incident.id)
        .execution_options(synchronize_session=False)
    )
    incident.confidence = confidence(_witnesses(session, incident.id))
    note_entry(
        session,
        incident.id,
        at=alarm.received_at,
        action="alarm",
        actor="device",
        detail=str(alarm.id),
    )
    return replace(alarm, incident_id=incident.id)


def acknowledge(session: Session, incident_id: int | None, *, at: datetime, by: str) -> None:
    """Record the first acknowledgement of any alarm of the incident."""
    if incident_id is None:
        return
    incident = session.get_one(Incident, incident_id)
    if incident.acked_at is None:
        incident.acked_at = at
        note_entry(session, incident_id, at=at, action="acknowledged", actor=by)


def settle(session: Session, incident_id: int | None, at: datetime) -> None:
    """Close the incident when its last alarm has closed; the worst alarm's verdict is its own."""
    if incident_id is None:
        return
    session.flush()
    still_open = session.scalar(
        select(func.count())
        .select_from(AlarmRow)
        .where(AlarmRow.incident_id == incident_id, AlarmRow.closed_at.is_(None))
    )
    incident = session.get_one(Incident, incident_id)
    if still_open or incident.closed_at is not None:
        return
    last = session.scalars(
        select(AlarmRow)
        .where(AlarmRow.incident_id == incident_id)
        .order_by(
            AlarmRow.verdict.is_(None), AlarmRow.kind != incident.kind, AlarmRow.closed_at.desc()
        )
        .limit(1)
    ).one()
    incident.closed_at, incident.closed_by = at, last.closed_by
    incident.verdict, incident.verdict_cause = last.verdict, last.note
    note_entry(session, incident_id, at=at, action="closed", actor=last.closed_by or "device")


def note_entry(
    session: Session, incident_id: int, *, at: datetime, action: str, actor: str, detail: str = ""
) -> None:
    """Add one line to an incident's timeline."""
    session.add(
        IncidentHistory(incident_id=incident_id, at=at, action=action, actor=actor, detail=detail)
    )


def _joinable(session: Session, device: KnownDevice, alarm: Alarm) -> Incident | None:
    if device.building_id is None:
        return None
    rows = session.scalars(
        select(Incident)
        .where(Incident.building_id == device.building_id, Incident.closed_at.is_(None))
        .order_by(Incident.last_at.desc())
        .with_for_update()
    )
    for row in rows:
        known = OpenIncident(row.id, row.kind, row.opened_at, row.last_at)
        if belongs(known, alarm.raised_at):
            return row
    return None


def _open(session: Session, device: KnownDevice, alarm: Alarm) -> Incident:
    incident = Incident(
        building_id=device.building_id,
        community_code=device.community_code,
        kind=alarm.kind,
        opened_at=alarm.raised_at,
        last_at=alarm.raised_at,
    )
    session.add(incident)
    session.flush()
    note_entry(session, incident.id, at=alarm.received_at, action="opened", actor="device")
    return incident


def _witnesses(session: Session, incident_id: int) -> list[Witness]:
    rows = session.execute(
        select(AlarmRow.device_id, Device.kind, AlarmRow.raised_at)
        .join(Device, Device.id == AlarmRow.device_id)
        .where(AlarmRow.incident_id == incident_id)
    )
    return [Witness(row.device_id, row.kind, row.raised_at) for row in rows]
