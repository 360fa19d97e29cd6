"""The drill-down of one incident, and finding one by its number."""

import re
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from data.domain.drilldown import IncidentDetail, IncidentHit, PastAlarm, TimelineEntry
from data.domain.errors import NotFoundError
from data.store.drilldown import place_of
from data.store.drilldown_building import building_facts
from data.store.incidents import outcome, response_of
from data.store.models import (
    AlarmRow,
    Building,
    Community,
    Device,
    Grid,
    Incident,
    IncidentHistory,
    TransmitterPoint,
    WorkPoint,
)

ALARMS_LISTED: Final = 100
ENTRIES_LISTED: Final = 300
#: Nobody counts further; also what an integer column can hold.
NUMBER: Final = re.compile(r"(?:警情|incident|#|\s)*(\d{1,9})", re.IGNORECASE)


def incident_view(session: Session, key: str) -> IncidentDetail:
    """Return one incident with its alarms and its timeline: five statements.

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    row, building, grid, community, point = _found(session, key)
    alarms = AlarmRow.incident_id == row.id
    entries = IncidentHistory.incident_id == row.id
    timeline = _timeline(session, row.id)
    acked = next((entry.actor for entry in timeline if entry.action == "acknowledged"), None)
    return IncidentDetail(
        id=row.id,
        kind=row.kind,
        building=None if building is None else building_facts(building, grid),
        community=place_of(community),
        work_point=place_of(point),
        opened_at=row.opened_at,
        last_at=row.last_at,
        acked_at=row.acked_at,
        acked_by=acked if row.acked_at else None,
        response=response_of(row),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        merged_into=row.merged_into,
        outcome=outcome(row),
        verdict_cause=row.verdict_cause,
        confidence=row.confidence,
        demo=row.demo,
        alarms=past_alarms(
            session,
            select(AlarmRow.id)
            .where(alarms)
            .order_by(AlarmRow.raised_at, AlarmRow.id)
            .limit(ALARMS_LISTED),
        )[::-1],
        alarm_count=session.scalar(select(func.count()).select_from(AlarmRow).where(alarms)) or 0,
        timeline=timeline,
        entry_count=session.scalar(select(func.count()).select_from(IncidentHistory).where(entries))
        or 0,
    )


def find_incident(session: Session, text: str) -> IncidentHit | None:
    """Return the incident of a number such as ``123``, ``#123`` or ``警情 123``."""
    number = NUMBER.fullmatch(text.strip())
    if number is None:
        return None
    row = session.execute(
        select(Incident, Building.name, Community.name)
        .join(Community, Community.code == Incident.community_code)
        .outerjoin(Building, Building.id == Incident.building_id)
        .where(Incident.id == int(number[1]))
    ).one_or_none()
    if row is None:
        return None
    incident, building, community = row
    is_open = incident.closed_at is None
    place = building or community
    return IncidentHit(incident.id, incident.kind, incident.opened_at, place, is_open)


def past_alarms(session: Session, ids: Select[Any]) -> tuple[PastAlarm, ...]:
    """Return the alarms of some ids with their devices' names, the newest first."""
    page = ids.subquery("page")
    rows = session.execute(
        select(AlarmRow, Device, TransmitterPoint)
        .join(page, page.c.id == AlarmRow.id)
        .join(Device, Device.id == AlarmRow.device_id)
        .outerjoin(TransmitterPoint, TransmitterPoint.id == AlarmRow.point_id)
        .order_by(AlarmRow.raised_at.desc(), AlarmRow.id.desc())
    )
    return tuple(_past_alarm(alarm, device, point) for alarm, device, point in rows)


def _past_alarm(alarm: AlarmRow, device: Device, point: TransmitterPoint | None) -> PastAlarm:
    where = device.location if point is None else f"{point.number} {point.description}".strip()
    return PastAlarm(
        id=alarm.id,
        device_id=device.id,
        device_name=device.name,
        device_kind=device.kind,
        location=where,
        slot=device.slot,
        kind=alarm.kind,
        cause=alarm.cause,
        value=alarm.value,
        count=alarm.count,
        raised_at=alarm.raised_at,
        acked_at=alarm.acked_at,
        acked_by=alarm.acked_by,
        cleared_at=alarm.cleared_at,
        closed_at=alarm.closed_at,
        closed_by=alarm.closed_by,
        verdict=alarm.verdict,
        false_cause=alarm.false_cause,
        note=alarm.note,
        incident_id=alarm.incident_id,
    )


def _found(
    session: Session, key: str
) -> tuple[Incident, Building | None, str | None, Community, WorkPoint]:
    number = NUMBER.fullmatch(key)
    found = None
    if number is not None:
        found = session.execute(
            select(Incident, Building, Grid.name, Community, WorkPoint)
            .join(Community, Community.code == Incident.community_code)
            .join(WorkPoint, WorkPoint.id == Community.work_point_id)
            .outerjoin(Building, Building.id == Incident.building_id)
            .outerjoin(Grid, Grid.id == Building.grid_id)
            .where(Incident.id == int(number[1]))
        ).one_or_none()
    if found is None:
        raise NotFoundError(f"no incident {key!r}")
    incident, building, grid, community, point = found
    return incident, building, grid, community, point


def _timeline(session: Session, incident_id: int) -> tuple[TimelineEntry, ...]:
    rows = session.scalars(
        select(IncidentHistory)
        .where(IncidentHistory.incident_id == incident_id)
        .order_by(IncidentHistory.at, IncidentHistory.id)
        .limit(ENTRIES_LISTED)
    )
    return tuple(TimelineEntry(row.at, row.action, row.actor, row.detail) for row in rows)
