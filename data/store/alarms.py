"""Alarms in SQL: record ↔ row, what screens are told of an alarm, history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from data.domain.alarms import Alarm
from data.domain.intake import NewAlarm
from data.domain.response import Response
from data.store import gate
from data.store.intake import KnownDevice
from data.store.models import (
    AlarmHistory,
    AlarmRow,
    Building,
    Community,
    Device,
    Incident,
    TransmitterPoint,
)

_FIELDS = tuple(field.name for field in fields(Alarm))
#: What a transition may change; everything else of a row is written once.
_CHANGING = (
    "last_at",
    "count",
    "value",
    "cleared_at",
    "acked_at",
    "acked_by",
    "confirmed_at",
    "confirmed_by",
    "closed_at",
    "closed_by",
    "verdict",
    "false_cause",
    "note",
    "incident_id",
    "shelved_at",
    "shelved_until",
    "shelved_by",
    "shelve_reason",
    "suppressed_at",
    "out_of_service_at",
    "chattering_at",
)

#: Times that screens are told, in milliseconds.
_TIMES = (
    "raised_at",
    "received_at",
    "last_at",
    "cleared_at",
    "acked_at",
    "confirmed_at",
    "closed_at",
    "shelved_until",
    "suppressed_at",
    "out_of_service_at",
    "chattering_at",
)

AlarmView = dict[str, Any]


def to_record(row: AlarmRow) -> Alarm:
    """Return the domain's record of a row."""
    return Alarm(**{name: getattr(row, name) for name in _FIELDS})


def open_alarms_of(session: Session, device_ids: Iterable[str]) -> dict[str, tuple[Alarm, ...]]:
    """Return the open alarms of some devices, by device."""
    rows = session.scalars(
        select(AlarmRow)
        .where(AlarmRow.device_id.in_(list(device_ids)), AlarmRow.closed_at.is_(None))
        .order_by(AlarmRow.id)
    )
    found: dict[str, tuple[Alarm, ...]] = {}
    for row in rows:
        found[row.device_id] = (*found.get(row.device_id, ()), to_record(row))
    return found


def devices_of(session: Session, alarm_ids: Iterable[int]) -> dict[int, str]:
    """Return the device of each alarm that exists."""
    rows = session.execute(
        select(AlarmRow.id, AlarmRow.device_id).where(AlarmRow.id.in_(list(alarm_ids)))
    )
    return {row.id: row.device_id for row in rows}


def lock(session: Session, alarm_ids: Iterable[int]) -> list[Alarm]:
    """Return alarms in order of id; other writers wait at the gate until the commit.

    Lock their devices first (:func:`data.store.intake.load_devices`), as the pipeline does.
    """
    gate.enter(session)
    rows = session.scalars(
        select(AlarmRow)
        .where(AlarmRow.id.in_(list(alarm_ids)))
        .order_by(AlarmRow.id)
        .execution_options(populate_existing=True)
    )
    return [to_record(row) for row in rows]


def shelves_over(session: Session, now: datetime) -> dict[int, str]:
    """Return the open alarms whose shelf has ended, each with its device."""
    rows = session.execute(
        select(AlarmRow.id, AlarmRow.device_id).where(AlarmRow.shelved_until <= now)
    )
    return {row.id: row.device_id for row in rows}


def perhaps_calm(session: Session, since: datetime) -> dict[int, str]:
    """Return chattering alarms whose own times say nothing happened since, with their devices."""
    rows = session.execute(
        select(AlarmRow.id, AlarmRow.device_id).where(
            AlarmRow.chattering_at <= since,
            AlarmRow.last_at <= since,
            or_(AlarmRow.cleared_at.is_(None), AlarmRow.cleared_at <= since),
        )
    )
    return {row.id: row.device_id for row in rows}


def insert(session: Session, device: KnownDevice, new: NewAlarm) -> Alarm | None:
    """Insert a new alarm; return None if this very message raised it before."""
    same = (
        AlarmRow.device_id == device.id,
        AlarmRow.cause == new.cause,
        AlarmRow.message_id == new.message_id,
    )
    if session.scalar(select(AlarmRow.id).where(*same)) is not None:
        return None
    row = AlarmRow(
        device_id=device.id,
        building_id=device.building_id,
        community_code=device.community_code,
        message_id=new.message_id,
        kind=new.kind,
        cause=new.cause,
        value=new.value,
        raised_at=new.raised_at,
        received_at=new.received_at,
        last_at=new.raised_at,
        chattering_at=new.chattering_at,
        point_id=new.point_id,
    )
    session.add(row)
    session.flush()
    return to_record(row)


def save(session: Session, alarm: Alarm) -> None:
    """Write an alarm after a transition."""
    session.execute(
        update(AlarmRow)
        .where(AlarmRow.id == alarm.id)
        .values(version=AlarmRow.version + 1, **{name: getattr(alarm, name) for name in _CHANGING})
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def note_transition(
    session: Session, alarm_id: int, *, at: datetime, action: str, actor: str, reason: str = ""
) -> None:
    """Add one line to an alarm's history."""
    session.add(AlarmHistory(alarm_id=alarm_id, at=at, action=action, actor=actor, reason=reason))


def _views() -> Any:
    return (
        select(
            AlarmRow,
            Device.slot,
            Device.name,
            Device.kind,
            Device.location,
            Device.lon,
            Device.lat,
            Building.name.label("building_name"),
            Community.name.label("community_name"),
            Community.name_en.label("community_name_en"),
            Incident.confidence,
            Incident.dispatched_at,
            Incident.arrived_at,
            Incident.controlled_at,
            Incident.ended_at,
            TransmitterPoint,
        )
        .join(Device, Device.id == AlarmRow.device_id)
        .join(Community, Community.code == AlarmRow.community_code)
        .outerjoin(Building, Building.id == AlarmRow.building_id)
        .outerjoin(Incident, Incident.id == AlarmRow.incident_id)
        .outerjoin(TransmitterPoint, TransmitterPoint.id == AlarmRow.point_id)
    )


def alarm_views(session: Session, alarm_ids: Iterable[int]) -> list[AlarmView]:
    """Return what screens are told of some alarms (``ALARM`` in docs/live-protocol.md)."""
    ids = list(alarm_ids)
    if not ids:
        return []
    return _as_views(
        session.execute(_views().where(AlarmRow.id.in_(ids)).order_by(AlarmRow.id)).all()
    )


def open_alarm_views(session: Session) -> list[AlarmView]:
    """Return every open alarm as screens are told of it."""
    return _as_views(
        session.execute(_views().where(AlarmRow.closed_at.is_(None)).order_by(AlarmRow.id)).all()
    )


def open_versions(session: Session) -> Mapping[int, int]:
    """Return the version of every open alarm, by id."""
    rows = session.execute(
        select(AlarmRow.id, AlarmRow.version).where(AlarmRow.closed_at.is_(None))
    )
    return {row.id: row.version for row in rows}


def raised_since(session: Session, since: datetime) -> list[tuple[int, datetime]]:
    """Return (id, raised_at) of the alarms received since a time."""
    rows = session.execute(
        select(AlarmRow.id, AlarmRow.received_at).where(AlarmRow.received_at >= since)
    )
    return [(row.id, row.received_at) for row in rows]


def _as_views(rows: Sequence[Any]) -> list[AlarmView]:
    return [_as_view(row) for row in rows]


def _as_view(row: Any) -> AlarmView:
    alarm: AlarmRow = row.AlarmRow
    times = {name: ms(getattr(alarm, name)) for name in _TIMES}
    return {
        "id": alarm.id,
        "version": alarm.version,
        "slot": row.slot,
        "device": alarm.device_id,
        "device_name": row.name,
        "device_kind": str(row.kind),
        "location": _location(row),
        "point": _point(row.TransmitterPoint),
        "building": alarm.building_id,
        "building_name": row.building_name,
        "community": alarm.community_code,
        "community_name": row.community_name,
        "community_name_en": row.community_name_en,
        "lon": row.lon,
        "lat": row.lat,
        "kind": str(alarm.kind),
        "cause": alarm.cause,
        "value": alarm.value,
        "count": alarm.count,
        **times,
        "acked_by": alarm.acked_by,
        "confirmed_by": alarm.confirmed_by,
        "closed_by": alarm.closed_by,
        "verdict": None if alarm.verdict is None else str(alarm.verdict),
        "false_cause": None if alarm.false_cause is None else str(alarm.false_cause),
        "shelved_by": alarm.shelved_by,
        "shelve_reason": alarm.shelve_reason,
        "incident": alarm.incident_id,
        "confidence": row.confidence or "",
        "response": str(_response(row).stage),
    }


def _point(point: TransmitterPoint | None) -> str | None:
    return None if point is None else point.number


def _location(row: Any) -> str:
    """Return where the device is, or what its part says of itself where that is no device."""
    point: TransmitterPoint | None = row.TransmitterPoint
    return str(row.location if point is None else point.description)


def _response(row: Any) -> Response:
    return Response(row.dispatched_at, row.arrived_at, row.controlled_at, row.ended_at)


def ms(value: datetime | None) -> int | None:
    """Return Unix milliseconds."""
    return None if value is None else round(value.timestamp() * 1000)
