"""What screens are told of incidents (``INCIDENT`` in docs/live-protocol.md)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from data.domain.checklists import checklist
from data.domain.errors import NotFoundError
from data.domain.handover import AlarmFact, IncidentFacts
from data.store.alarms import ms
from data.store.incidents import outcome, response_of
from data.store.models import AlarmRow, Building, Community, Device, Incident, IncidentHistory

IncidentAnswer = dict[str, Any]
#: ``{"id", "version", "buildings"}`` (``INCIDENT_MARK`` in docs/live-protocol.md).
IncidentMark = dict[str, Any]
#: Timeline entries of one incident that are shown.
TIMELINE = 1000


def open_incidents(session: Session) -> list[IncidentAnswer]:
    """Return the incidents that are not over, oldest first, without their timelines."""
    rows = session.execute(
        _rows().where(Incident.closed_at.is_(None)).order_by(Incident.opened_at, Incident.id)
    )
    return [_summary(row) for row in rows]


def incidents_without_alarms(session: Session) -> list[IncidentAnswer]:
    """Return the incidents that are not over though all their alarms are, oldest first.

    No open alarm stands for them: somebody is still out there, or nobody has said what it was.
    """
    alarms = exists().where(AlarmRow.incident_id == Incident.id, AlarmRow.closed_at.is_(None))
    rows = session.execute(
        _rows()
        .where(Incident.closed_at.is_(None), ~alarms)
        .order_by(Incident.opened_at, Incident.id)
    )
    return [_summary(row) for row in rows]


def incident_view(session: Session, incident_id: int) -> IncidentAnswer:
    """Return one incident with its alarms, checklist and timeline.

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    row = session.execute(_rows().where(Incident.id == incident_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no incident {incident_id}")
    entries = session.scalars(
        select(IncidentHistory)
        .where(IncidentHistory.incident_id == incident_id)
        .order_by(IncidentHistory.at, IncidentHistory.id)
        .limit(TIMELINE)
    ).all()
    return {
        **_summary(row),
        "alarms": _alarms(session, incident_id),
        "checklist": _checked(checklist(row.category), entries),
        "timeline": [
            {"at": ms(e.at), "action": e.action, "actor": e.actor, "detail": e.detail}
            for e in entries
        ],
    }


def incident_marks(session: Session, incident_ids: Iterable[int]) -> list[IncidentMark]:
    """Return what tells screens that some incidents changed, and the buildings it is about."""
    ids = sorted(incident_ids)
    if not ids:
        return []
    rows = session.execute(
        select(Incident.id, Incident.version, Incident.building_id)
        .where(Incident.id.in_(ids))
        .order_by(Incident.id)
    ).all()
    burning: dict[int, set[str]] = {row.id: {row.building_id} - {None} for row in rows}
    for row in session.execute(
        select(AlarmRow.incident_id, AlarmRow.building_id)
        .where(AlarmRow.incident_id.in_(ids), AlarmRow.building_id.is_not(None))
        .distinct()
    ):
        burning[row.incident_id].add(row.building_id)
    return [
        {"id": row.id, "version": row.version, "buildings": sorted(burning[row.id])} for row in rows
    ]


def incident_facts(session: Session, incident_id: int) -> tuple[IncidentFacts, str | None]:
    """Return what a hand-over record is made of, and the building.

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFoundError(f"there is no incident {incident_id}")
    rows = session.execute(
        select(AlarmRow, Device, Building.name.label("building_name"))
        .join(Device, Device.id == AlarmRow.device_id)
        .outerjoin(Building, Building.id == AlarmRow.building_id)
        .where(AlarmRow.incident_id == incident_id)
        .order_by(AlarmRow.raised_at, AlarmRow.id)
    ).all()
    if not rows:
        raise NotFoundError(f"incident {incident_id} has no alarms: it was merged into another")
    facts = IncidentFacts(
        incident.id,
        incident.kind,
        incident.opened_at,
        incident.last_at,
        incident.confidence,
        rows[0].Device.lon,
        rows[0].Device.lat,
        response_of(incident),
        tuple(_fact(row) for row in rows),
    )
    return facts, incident.building_id


def _fact(row: Any) -> AlarmFact:
    alarm: AlarmRow = row.AlarmRow
    device: Device = row.Device
    return AlarmFact(
        alarm.id,
        device.id,
        device.name,
        device.kind,
        device.location,
        row.building_name,
        alarm.kind,
        alarm.cause,
        alarm.value,
        alarm.raised_at,
        alarm.cleared_at,
        alarm.confirmed_at,
        alarm.confirmed_by,
    )


def _rows() -> Any:
    return (
        select(
            Incident,
            Building.name.label("building_name"),
            Building.category,
            Community.name.label("community_name"),
            Community.name_en.label("community_name_en"),
        )
        .join(Community, Community.code == Incident.community_code)
        .outerjoin(Building, Building.id == Incident.building_id)
    )


def _summary(row: Any) -> IncidentAnswer:
    incident: Incident = row.Incident
    response = response_of(incident)
    return {
        "id": incident.id,
        "kind": str(incident.kind),
        "building": incident.building_id,
        "building_name": row.building_name,
        "category": None if row.category is None else str(row.category),
        "community": incident.community_code,
        "community_name": row.community_name,
        "community_name_en": row.community_name_en,
        "opened_at": ms(incident.opened_at),
        "last_at": ms(incident.last_at),
        "acked_at": ms(incident.acked_at),
        "closed_at": ms(incident.closed_at),
        "closed_by": incident.closed_by,
        "verdict": None if incident.verdict is None else str(incident.verdict),
        "verdict_cause": incident.verdict_cause,
        "outcome": outcome(incident),
        "confidence": incident.confidence,
        "merged_into": incident.merged_into,
        "response": {
            "stage": str(response.stage),
            "dispatched_to": response.dispatched_to,
            "dispatched_at": ms(response.dispatched_at),
            "arrived_at": ms(response.arrived_at),
            "controlled_at": ms(response.controlled_at),
            "ended_at": ms(response.ended_at),
        },
    }


def _alarms(session: Session, incident_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AlarmRow)
        .where(AlarmRow.incident_id == incident_id)
        .order_by(AlarmRow.raised_at, AlarmRow.id)
    )
    return [
        {
            "id": alarm.id,
            "device": alarm.device_id,
            "kind": str(alarm.kind),
            "cause": alarm.cause,
            "raised_at": ms(alarm.raised_at),
            "closed_at": ms(alarm.closed_at),
        }
        for alarm in rows
    ]


def _checked(items: Sequence[str], entries: Sequence[IncidentHistory]) -> list[dict[str, Any]]:
    """Return each item of the checklist, with who did it first and when."""
    done: dict[str, IncidentHistory] = {}
    for entry in entries:
        if entry.action == "checked":
            done.setdefault(entry.detail, entry)
    return [
        {
            "item": item,
            "done_at": ms(done[item].at) if item in done else None,
            "done_by": done[item].actor if item in done else None,
        }
        for item in items
    ]
