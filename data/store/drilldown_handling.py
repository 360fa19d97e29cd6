"""What a person needs to work on an incident: steps taken, checklist, who and what is near."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data.domain.checklists import checklist
from data.domain.drilldown import (
    Check,
    Handling,
    Help,
    IncidentDetail,
    OpenNear,
    PhotoView,
    TimelineEntry,
)
from data.domain.errors import NotFoundError
from data.domain.views import ReadNow
from data.store.drilldown_building import people_to_call
from data.store.incidents import response_of
from data.store.models import (
    AlarmRow,
    Building,
    Community,
    Device,
    Incident,
    IncidentHistory,
    IncidentPhoto,
)
from data.store.nearby import near, with_pressure
from geo.distance import distance_m

#: Open incidents that are offered for a merge.
OTHERS_LISTED: Final = 8
#: What a person does, as the timeline calls it; the alarms that joined are many and not asked for.
_STEPS: Final = (
    "acknowledged",
    "confirmed",
    "dispatched",
    "arrived",
    "controlled",
    "ended",
    "checked",
)


def handling(session: Session, incident: IncidentDetail) -> Handling:
    """Return the state of the work on an incident: three statements, two for one that is over."""
    entries = _entries(session, incident.id)
    reached: dict[str, TimelineEntry] = {}
    done: dict[str, TimelineEntry] = {}
    for entry in entries:
        reached.setdefault(entry.action, entry)
        if entry.action == "checked":
            done.setdefault(entry.detail, entry)
    items = checklist(None if incident.building is None else incident.building.category)
    return Handling(
        reached=reached,
        checks=tuple(_check(item, done.get(item)) for item in items),
        others=() if incident.closed_at else _others(session, incident),
        photos=_photos(session, incident.id),
    )


def photo_file(session: Session, incident_id: int, photo_id: int) -> str:
    """Return the name of a photo's file.

    Raises
    ------
    NotFoundError
        If the incident has no such photo.
    """
    row = session.get(IncidentPhoto, photo_id)
    if row is None or row.incident_id != incident_id:
        raise NotFoundError(f"incident {incident_id} has no photo {photo_id}")
    return row.file


def help_near(session: Session, incident: IncidentDetail, read_now: ReadNow) -> Help:
    """Return whom to call and what is near: four statements and one look at the present."""
    known = incident.building
    building = None if known is None else session.get(Building, known.id)
    community = incident.community.id
    if building is None:
        people = people_to_call(session, community, None, None)
    else:
        people = people_to_call(session, community, building.grid_id, building.responsible_id)
    stations, hydrants = near(session, _where(session, incident))
    now = read_now([row.device_id for row in hydrants if row.device_id])
    return Help(people, with_pressure(stations, now), with_pressure(hydrants, now))


def open_incidents_of(session: Session, building_id: str) -> list[int]:
    """Return the open incidents of a building or of its open alarms, the oldest first."""
    burning = select(AlarmRow.incident_id).where(
        AlarmRow.building_id == building_id, AlarmRow.closed_at.is_(None)
    )
    return list(
        session.scalars(
            select(Incident.id)
            .where(
                Incident.closed_at.is_(None),
                or_(Incident.building_id == building_id, Incident.id.in_(burning)),
            )
            .order_by(Incident.opened_at, Incident.id)
        )
    )


def _photos(session: Session, incident_id: int) -> tuple[PhotoView, ...]:
    """Return the photos of an incident and of all that were merged into it."""
    whole = select(Incident.id).where(Incident.id == incident_id).cte("whole", recursive=True)
    whole = whole.union(select(Incident.id).where(Incident.merged_into == whole.c.id))
    rows = session.scalars(
        select(IncidentPhoto)
        .where(IncidentPhoto.incident_id.in_(select(whole.c.id)))
        .order_by(IncidentPhoto.id)
    )
    return tuple(PhotoView(row.id, row.incident_id, row.at, row.actor) for row in rows)


def _entries(session: Session, incident_id: int) -> Sequence[TimelineEntry]:
    rows = session.scalars(
        select(IncidentHistory)
        .where(IncidentHistory.incident_id == incident_id, IncidentHistory.action.in_(_STEPS))
        .order_by(IncidentHistory.at, IncidentHistory.id)
    )
    return [TimelineEntry(row.at, row.action, row.actor, row.detail) for row in rows]


def _check(item: str, entry: TimelineEntry | None) -> Check:
    return Check(item, None, None) if entry is None else Check(item, entry.at, entry.actor)


def _where(session: Session, incident: IncidentDetail) -> tuple[float, float]:
    """Return where it is: the building, else the first device, else the community."""
    if incident.building is not None:
        return incident.building.lon, incident.building.lat
    if incident.alarms:
        device = session.get_one(Device, incident.alarms[0].device_id)
        return device.lon, device.lat
    community = session.get_one(Community, incident.community.id)
    return community.lon, community.lat


def _others(session: Session, incident: IncidentDetail) -> tuple[OpenNear, ...]:
    """Return the other open incidents, nearest first."""
    first = (
        select(func.min(AlarmRow.id))
        .where(AlarmRow.incident_id == Incident.id)
        .correlate(Incident)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Incident,
            func.coalesce(Building.name, Device.name, Community.name),
            func.coalesce(Building.lon, Device.lon, Community.lon),
            func.coalesce(Building.lat, Device.lat, Community.lat),
        )
        .join(Community, Community.code == Incident.community_code)
        .outerjoin(Building, Building.id == Incident.building_id)
        .outerjoin(AlarmRow, AlarmRow.id == first)
        .outerjoin(Device, Device.id == AlarmRow.device_id)
        .where(Incident.closed_at.is_(None), Incident.id != incident.id)
    ).all()
    points = np.array([(row[2], row[3]) for row in rows], dtype=float).reshape(-1, 2)
    metres = distance_m(points, _where(session, incident))
    found = [
        OpenNear(row.id, row.kind, row.opened_at, place, response_of(row).stage, float(metre))
        for (row, place, _lon, _lat), metre in zip(rows, metres, strict=True)
    ]
    return tuple(sorted(found, key=lambda other: (other.distance_m, other.id))[:OTHERS_LISTED])
