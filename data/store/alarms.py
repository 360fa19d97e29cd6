"""Alarms in SQL: record ↔ row, what screens are told of an alarm, history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from data.domain.alarms import Alarm
from data.domain.response import Response
from data.store import gate
from data.store.models import (
    AlarmHistory,
    AlarmRow,
    Building,
    Community,
    Device,
    Incident,
    TransmitterPoint,
)
from data.store.prepared import Prepared, among, likely
from data.store.transmitter_rows import part_number

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

#: What screens are told as it is.
_TOLD = (
    "kind",
    "cause",
    "value",
    "count",
    "acked_by",
    "confirmed_by",
    "closed_by",
    "verdict",
    "false_cause",
    "shelved_by",
    "shelve_reason",
)
_OWN = ("id", "version", "device_id", "building_id", "community_code", "incident_id", *_TOLD)
_PLACED = len(_OWN) + len(_TIMES)
_STAGES = ("dispatched_at", "arrived_at", "controlled_at", "ended_at")

AlarmView = dict[str, Any]

#: Columns rather than models where every alarm passes through.
_A: Final = AlarmRow.__table__.c
_RECORD: Final = select(*(_A[name] for name in _FIELDS))
#: Most devices have no open alarm: this is answered by a small index alone.
_TROUBLED: Final = Prepared(
    lambda _: select(_A.device_id).where(
        among(_A.device_id, "devices"), likely(_A.closed_at.is_(None))
    )
)
_OPEN: Final = Prepared(
    lambda _: _RECORD.where(
        among(_A.device_id, "devices"), likely(_A.closed_at.is_(None))
    ).order_by(_A.id)
)


def to_record(row: AlarmRow) -> Alarm:
    """Return the domain's record of a row."""
    return Alarm(**{name: getattr(row, name) for name in _FIELDS})


def open_alarms_of(session: Session, device_ids: Iterable[str]) -> dict[str, tuple[Alarm, ...]]:
    """Return the open alarms of some devices, by device."""
    some = _TROUBLED.rows(session, {"devices": list(device_ids)})
    rows = _OPEN.rows(session, {"devices": [row[0] for row in some]}) if some else []
    found: dict[str, tuple[Alarm, ...]] = {}
    for row in rows:
        alarm = Alarm(*row)
        found[alarm.device_id] = (*found.get(alarm.device_id, ()), alarm)
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


def _views() -> Select[Any]:
    """Return the query of what screens are told, its columns in the order of ``_as_view``."""
    device, incident, point = (model.__table__.c for model in (Device, Incident, TransmitterPoint))
    return (
        select(
            *(_A[name] for name in (*_OWN, *_TIMES)),
            device.slot,
            device.name,
            device.kind,
            device.location,
            device.lon,
            device.lat,
            Building.__table__.c.name,
            Community.__table__.c.name,
            Community.__table__.c.name_en,
            incident.confidence,
            *(incident[name] for name in _STAGES),
            *(point[name] for name in ("system_type", "system_address", "part_address")),
            point.description,
        )
        .select_from(AlarmRow.__table__)
        .join(Device.__table__, device.id == _A.device_id)
        .join(Community.__table__, Community.__table__.c.code == _A.community_code)
        .outerjoin(Building.__table__, Building.__table__.c.id == _A.building_id)
        .outerjoin(Incident.__table__, incident.id == _A.incident_id)
        .outerjoin(TransmitterPoint.__table__, point.id == _A.point_id)
    )


_VIEWS: Final = _views()
_SOME: Final = Prepared(lambda _: _VIEWS.where(among(_A.id, "ids")).order_by(_A.id))


def alarm_views(session: Session, alarm_ids: Iterable[int]) -> list[AlarmView]:
    """Return what screens are told of some alarms (``ALARM`` in docs/live-protocol.md)."""
    ids = list(alarm_ids)
    if not ids:
        return []
    session.flush()
    return _as_views(_SOME.rows(session, {"ids": ids}))


def open_alarm_views(session: Session) -> list[AlarmView]:
    """Return every open alarm as screens are told of it."""
    return _as_views(session.execute(_VIEWS.where(_A.closed_at.is_(None)).order_by(_A.id)))


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


def _as_views(rows: Iterable[Any]) -> list[AlarmView]:
    return [_as_view(row) for row in rows]


def _as_view(row: Sequence[Any]) -> AlarmView:
    own = dict(zip(_OWN, row, strict=False))
    times = {name: ms(at) for name, at in zip(_TIMES, row[len(_OWN) :], strict=False)}
    slot, name, kind, location, lon, lat, building, community, community_en, *rest = row[_PLACED:]
    confidence, dispatched_at, arrived_at, controlled_at, ended_at, *number, description = rest
    return {
        "id": own["id"],
        "version": own["version"],
        "slot": slot,
        "device": own["device_id"],
        "device_name": name,
        "device_kind": kind,
        # Where the device is, or what its part says of itself where that is no device.
        "location": location if description is None else description,
        "point": None if description is None else part_number(*number),
        "building": own["building_id"],
        "building_name": building,
        "community": own["community_code"],
        "community_name": community,
        "community_name_en": community_en,
        "lon": lon,
        "lat": lat,
        **{name: own[name] for name in _TOLD},
        **times,
        "incident": own["incident_id"],
        "confidence": confidence or "",
        "response": Response(dispatched_at, arrived_at, controlled_at, ended_at).stage,
    }


def ms(value: datetime | None) -> int | None:
    """Return Unix milliseconds."""
    return None if value is None else round(value.timestamp() * 1000)
