"""Incidents in SQL, as people work on them; alarms join them in :mod:`data.store.raising`."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from data.domain.errors import NotFoundError
from data.domain.incidents import (
    Witness,
    confidence,
)
from data.domain.response import IncidentState, Response, Stage, outcome_of
from data.domain.rules import MANUAL_CAUSE
from data.domain.words import AlarmKind, Outcome
from data.store.models import AlarmRow, Device, Incident, IncidentHistory


def touch(session: Session, incident_id: int) -> list[int]:
    """Give an incident and its open alarms, which carry its facts, a new version; return these."""
    session.get_one(Incident, incident_id).version += 1
    session.flush()
    ids = list(
        session.scalars(
            update(AlarmRow)
            .where(AlarmRow.incident_id == incident_id, AlarmRow.closed_at.is_(None))
            .values(version=AlarmRow.version + 1)
            .returning(AlarmRow.id)
            .execution_options(synchronize_session=False)
        )
    )
    return sorted(ids)


def acknowledge(session: Session, incident_id: int | None, *, at: datetime, by: str) -> None:
    """Record the first acknowledgement of any alarm of the incident."""
    if incident_id is None:
        return
    incident = session.get_one(Incident, incident_id)
    if incident.acked_at is None:
        incident.acked_at = at
        note_entry(session, incident_id, at=at, action="acknowledged", actor=by)


def confirm(session: Session, incident_id: int | None, *, at: datetime, by: str) -> None:
    """Record that a person is sure of a fire: the incident is one, whatever raised it."""
    if incident_id is None:
        return
    session.get_one(Incident, incident_id).kind = AlarmKind.FIRE
    note_entry(session, incident_id, at=at, action="confirmed", actor=by)


def note_entry(
    session: Session, incident_id: int, *, at: datetime, action: str, actor: str, detail: str = ""
) -> None:
    """Add one line to an incident's timeline."""
    session.add(
        IncidentHistory(incident_id=incident_id, at=at, action=action, actor=actor, detail=detail)
    )


def _witnesses(session: Session, incident_id: int) -> list[Witness]:
    rows = session.execute(
        select(AlarmRow.device_id, Device.kind, AlarmRow.raised_at, AlarmRow.cause)
        .join(Device, Device.id == AlarmRow.device_id)
        .where(AlarmRow.incident_id == incident_id)
    )
    return [
        Witness(row.device_id, row.kind, row.raised_at, row.cause == MANUAL_CAUSE) for row in rows
    ]


def response_of(row: Incident) -> Response:
    """Return the domain's record of a response."""
    return Response(
        row.dispatched_at, row.arrived_at, row.controlled_at, row.ended_at, row.dispatched_to
    )


def load(session: Session, incident_ids: Iterable[int]) -> dict[int, Incident]:
    """Return incidents by id, as they are behind the gate (:mod:`data.store.gate`).

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    wanted = sorted(set(incident_ids))
    rows = session.scalars(
        select(Incident)
        .where(Incident.id.in_(wanted))
        .order_by(Incident.id)
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    for incident_id in wanted:
        if incident_id not in found:
            raise NotFoundError(f"there is no incident {incident_id}")
    return found


def outcome(row: Incident) -> Outcome | None:
    """Return how an incident ended."""
    return outcome_of(row.closed_at, row.verdict, row.merged_into)


def state_of(row: Incident) -> IncidentState:
    """Return the domain's record of an incident."""
    return IncidentState(row.id, response_of(row), row.closed_at, row.closed_by, row.merged_into)


def recorded_by(session: Session, incident_id: int) -> dict[Stage, str]:
    """Return who recorded each stage of the response that was reached."""
    rows = session.execute(
        select(IncidentHistory.action, IncidentHistory.actor).where(
            IncidentHistory.incident_id == incident_id,
            IncidentHistory.action.in_([str(stage) for stage in Stage]),
        )
    )
    return {Stage(row.action): row.actor for row in rows}


def write_response(row: Incident, response: Response) -> None:
    """Write the times of a response."""
    row.dispatched_at, row.dispatched_to = response.dispatched_at, response.dispatched_to
    row.arrived_at, row.controlled_at = response.arrived_at, response.controlled_at
    row.ended_at = response.ended_at


def alarms_of(session: Session, incident_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Return (id, device) of every alarm of some incidents, open or closed."""
    rows = session.execute(
        select(AlarmRow.id, AlarmRow.device_id)
        .where(AlarmRow.incident_id.in_(list(incident_ids)))
        .order_by(AlarmRow.id)
    )
    return [(row.id, row.device_id) for row in rows]


def move(session: Session, alarm_ids: Iterable[int], incident_id: int) -> None:
    """Make alarms part of another incident."""
    session.flush()
    session.execute(
        update(AlarmRow)
        .where(AlarmRow.id.in_(list(alarm_ids)))
        .values(incident_id=incident_id)
        .execution_options(synchronize_session=False)
    )


def open_beside(session: Session, row: Incident, alarm_id: int) -> Incident:
    """Insert an incident for alarms that leave another; its facts come from :func:`regroup`."""
    first = session.get_one(AlarmRow, alarm_id)
    fresh = Incident(
        building_id=first.building_id,
        community_code=first.community_code,
        kind=first.kind,
        opened_at=first.raised_at,
        last_at=first.raised_at,
        acked_at=row.acked_at,
    )
    session.add(fresh)
    session.flush()
    return fresh


def regroup(session: Session, incident: Incident) -> None:
    """Derive an incident's facts from the alarms that it has now, after a merge or a split."""
    session.flush()
    fires, first, last = session.execute(
        select(
            func.count().filter(
                or_(AlarmRow.kind == AlarmKind.FIRE, AlarmRow.confirmed_at.is_not(None))
            ),
            func.min(AlarmRow.raised_at),
            func.max(AlarmRow.raised_at),
        ).where(AlarmRow.incident_id == incident.id)
    ).one()
    incident.kind = AlarmKind.FIRE if fires else AlarmKind.PREALARM
    incident.opened_at, incident.last_at = first, last
    incident.confidence = confidence(_witnesses(session, incident.id))
