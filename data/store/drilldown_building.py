"""The drill-down of one building: ten statements and one look at the present."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from data.domain.errors import NotFoundError
from data.domain.views import (
    BuildingFacts,
    BuildingView,
    DeviceNow,
    DeviceRow,
    FireView,
    HazardView,
    IncidentView,
    InspectionView,
    OpenAlarmView,
    PersonView,
    ReadNow,
)
from data.domain.words import PersonRole, Status
from data.store.drilldown import person_view, place_of
from data.store.incidents import outcome
from data.store.models import (
    AlarmRow,
    Building,
    Community,
    Device,
    DeviceState,
    Fire,
    Grid,
    Hazard,
    Incident,
    Inspection,
    Person,
    WorkPoint,
)
from data.store.nearby import NearRow, near, with_pressure

#: Devices of a building that are listed.
DEVICES_LISTED = 200
PAST_INCIDENTS = 10
PAST_INSPECTIONS = 5
PAST_FIRES = 10
_ROLE_ORDER = {role: place for place, role in enumerate(PersonRole)}


def building_view(session: Session, building_id: str, read_now: ReadNow) -> BuildingView:
    """Return one building with everything around it.

    Raises
    ------
    NotFoundError
        If there is no such building.
    """
    building, community, point, grid = _building(session, building_id)
    devices = _devices(session, building_id)
    stations, hydrants = near(session, (building.lon, building.lat))
    now = read_now([*(row.id for row in devices), *_watched(hydrants)])
    return BuildingView(
        facts=building_facts(building, grid),
        community=place_of(community),
        work_point=place_of(point),
        people=people_to_call(
            session, building.community_code, building.grid_id, building.responsible_id
        ),
        devices=_device_rows(devices, now),
        device_count=_device_count(session, building_id),
        alarms=open_alarms(session, building_id=building_id),
        micro_stations=with_pressure(stations, now),
        hydrants=with_pressure(hydrants, now),
        hazards=_hazards(session, building_id),
        inspections=_inspections(session, building_id),
        incidents=_incidents(session, building_id),
        fires=_fires(session, building_id),
    )


def open_alarms(
    session: Session, *, building_id: str | None = None, device_id: str | None = None
) -> tuple[OpenAlarmView, ...]:
    """Return the open alarms of a building or of a device, oldest first."""
    where = (
        AlarmRow.device_id == device_id
        if device_id is not None
        else AlarmRow.building_id == building_id
    )
    rows = session.execute(
        select(AlarmRow, Device.name, Device.slot)
        .join(Device, Device.id == AlarmRow.device_id)
        .where(where, AlarmRow.closed_at.is_(None))
        .order_by(AlarmRow.raised_at, AlarmRow.id)
    )
    return tuple(_open_alarm(alarm, name, slot) for alarm, name, slot in rows)


def _open_alarm(alarm: AlarmRow, name: str, slot: int) -> OpenAlarmView:
    return OpenAlarmView(
        id=alarm.id,
        device_id=alarm.device_id,
        device_name=name,
        slot=slot,
        kind=alarm.kind,
        cause=alarm.cause,
        value=alarm.value,
        count=alarm.count,
        raised_at=alarm.raised_at,
        cleared_at=alarm.cleared_at,
        acked_at=alarm.acked_at,
        acked_by=alarm.acked_by,
        incident_id=alarm.incident_id,
    )


def _building(
    session: Session, building_id: str
) -> tuple[Building, Community, WorkPoint, str | None]:
    found = session.execute(
        select(Building, Community, WorkPoint, Grid.name)
        .join(Community, Community.code == Building.community_code)
        .join(WorkPoint, WorkPoint.id == Community.work_point_id)
        .outerjoin(Grid, Grid.id == Building.grid_id)
        .where(Building.id == building_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"no building {building_id!r}")
    return found


def building_facts(row: Building, grid: str | None) -> BuildingFacts:
    """Return what a building is."""
    return BuildingFacts(
        id=row.id,
        name=row.name,
        address=row.address,
        category=row.category,
        sector=row.sector,
        storeys=row.storeys,
        residents=row.residents,
        built_year=row.built_year,
        ebike_charging_required=row.ebike_charging_required,
        ebike_charging_present=row.ebike_charging_present,
        small_unit=row.small_unit,
        demo=row.demo,
        lon=row.lon,
        lat=row.lat,
        grid=grid,
    )


def people_to_call(
    session: Session, community: str, grid: str | None, responsible: str | None
) -> tuple[PersonView, ...]:
    """Return the responsible person, the grid's officers, the community's duty, in this order."""
    whole_community = and_(
        Person.community_code == community,
        Person.role.in_([PersonRole.COMMUNITY, PersonRole.MICRO_STATION]),
    )
    of_grid = and_(Person.grid_id == grid, Person.role == PersonRole.GRID_OFFICER)
    rows = session.execute(
        select(Person, Grid.name)
        .outerjoin(Grid, Grid.id == Person.grid_id)
        .where(or_(Person.id == responsible, of_grid, whole_community))
    )
    people = [person_view(person, grid_name) for person, grid_name in rows]
    first = {responsible}
    return tuple(
        sorted(
            people,
            key=lambda p: (p.id not in first, _ROLE_ORDER[p.role], len(p.label), p.label, p.id),
        )
    )


def _devices(session: Session, building_id: str) -> Sequence[Device]:
    """Return the first devices, worst known status first."""
    return session.scalars(
        select(Device)
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .where(Device.building_id == building_id)
        .order_by(func.coalesce(DeviceState.status, 0).desc(), Device.kind, Device.name, Device.id)
        .limit(DEVICES_LISTED)
    ).all()


def _device_count(session: Session, building_id: str) -> int:
    count = select(func.count(Device.id)).where(Device.building_id == building_id)
    return session.scalar(count) or 0


def _device_rows(devices: Sequence[Device], now: Mapping[str, DeviceNow]) -> tuple[DeviceRow, ...]:
    rows = [
        DeviceRow(row.id, row.slot, row.kind, row.name, row.location, now.get(row.id))
        for row in devices
    ]
    return tuple(sorted(rows, key=lambda row: -(row.now.status if row.now else Status.NORMAL)))


def _watched(hydrants: Sequence[NearRow]) -> list[str]:
    return [row.device_id for row in hydrants if row.device_id is not None]


def _hazards(session: Session, building_id: str) -> tuple[HazardView, ...]:
    rows = session.scalars(
        select(Hazard)
        .where(Hazard.building_id == building_id, Hazard.closed_at.is_(None))
        .order_by(Hazard.level.desc(), Hazard.found_at)
    )
    return tuple(
        HazardView(row.id, row.kind, row.level, row.found_at, row.due_at, row.note) for row in rows
    )


def _inspections(session: Session, building_id: str) -> tuple[InspectionView, ...]:
    rows = session.scalars(
        select(Inspection)
        .where(Inspection.building_id == building_id)
        .order_by(Inspection.at.desc())
        .limit(PAST_INSPECTIONS)
    )
    return tuple(InspectionView(row.at, row.inspector, row.result) for row in rows)


def _incidents(session: Session, building_id: str) -> tuple[IncidentView, ...]:
    rows = session.scalars(
        select(Incident)
        .where(Incident.building_id == building_id)
        .order_by(Incident.opened_at.desc())
        .limit(PAST_INCIDENTS)
    )
    return tuple(
        IncidentView(
            row.id, row.kind, row.opened_at, row.closed_at, outcome(row), row.verdict_cause
        )
        for row in rows
    )


def _fires(session: Session, building_id: str) -> tuple[FireView, ...]:
    rows = session.scalars(
        select(Fire)
        .where(Fire.building_id == building_id)
        .order_by(Fire.at.desc())
        .limit(PAST_FIRES)
    )
    return tuple(FireView(row.at, row.cause, row.severity, row.note) for row in rows)
