"""Queries of the drill-down from the sub-district to the community.

Every view takes a constant number of statements, however many rows it shows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, object_session

from data.domain.errors import NotFoundError
from data.domain.phones import mask_phone
from data.domain.views import (
    AreaRow,
    BuildingRow,
    CommunityView,
    PersonView,
    Place,
    SubdistrictView,
    WorkPointView,
)
from data.domain.words import BuildingCategory, PersonRole
from data.store.models import (
    Building,
    Community,
    Device,
    DeviceState,
    Grid,
    Hazard,
    Person,
    WorkPoint,
)

#: Buildings of a community that are listed; the search finds the rest.
BUILDINGS_LISTED = 100
#: Grid officers of a community that are listed.
OFFICERS_LISTED = 30
#: Which category to show first among buildings with the same status: the order of the vocabulary.
_CATEGORY_ORDER = {category: place for place, category in enumerate(BuildingCategory)}
_WHOLE_PHONES: Final = "whole phones"


def subdistrict_view(session: Session) -> SubdistrictView:
    """Return the whole sub-district."""
    communities = _area_rows(session)
    assumed = session.scalar(select(Community.code).where(Community.figures_assumed).limit(1))
    points = session.scalars(select(WorkPoint).order_by(WorkPoint.id)).all()
    return SubdistrictView(
        tuple(_total(place_of(point), communities) for point in points),
        communities,
        assumed is not None,
    )


def work_point_view(session: Session, work_point_id: str) -> WorkPointView:
    """Return one work point and its communities.

    Raises
    ------
    NotFoundError
        If there is no such work point.
    """
    point = session.get(WorkPoint, work_point_id)
    if point is None:
        raise NotFoundError(f"no work point {work_point_id!r}")
    rows = _area_rows(session, Community.work_point_id == work_point_id)
    return WorkPointView(place_of(point), point.assumed, rows)


def community_view(session: Session, code: str) -> CommunityView:
    """Return one community.

    Raises
    ------
    NotFoundError
        If there is no such community.
    """
    found = session.execute(
        select(Community, WorkPoint)
        .join(WorkPoint, WorkPoint.id == Community.work_point_id)
        .where(Community.code == code)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"no community {code!r}")
    community, point = found
    categories = _categories(session, code)
    return CommunityView(
        place=place_of(community),
        work_point=place_of(point),
        population=community.population,
        households=community.households,
        figures_assumed=community.figures_assumed,
        schematic=community.schematic,
        buildings=sum(categories.values()),
        devices=_device_count(session, code),
        open_hazards=_open_hazards(session, code),
        categories=categories,
        officers=_officers(session, code),
        rows=_building_rows(session, code),
    )


def newest_reading(session: Session, *, community: str | None = None) -> datetime | None:
    """Return when the newest reading was received, of all devices or of a community's."""
    query = select(func.max(DeviceState.received_at))
    if community is not None:
        query = query.join(Device, Device.id == DeviceState.device_id).where(
            Device.community_code == community
        )
    return session.scalar(query)


def newest_reading_of_point(session: Session, work_point_id: str) -> datetime | None:
    """Return when the newest reading of a work point's devices was received."""
    return session.scalar(
        select(func.max(DeviceState.received_at))
        .join(Device, Device.id == DeviceState.device_id)
        .join(Community, Community.code == Device.community_code)
        .where(Community.work_point_id == work_point_id)
    )


def place_of(row: Community | WorkPoint) -> Place:
    """Return the names of a community or work point."""
    key = row.code if isinstance(row, Community) else row.id
    return Place(key, row.name, row.name_en)


def _device_count(session: Session, code: str) -> int:
    count = select(func.count(Device.id)).where(Device.community_code == code)
    return session.scalar(count) or 0


def _open_hazards(session: Session, code: str) -> int:
    count = (
        select(func.count(Hazard.id))
        .join(Building, Building.id == Hazard.building_id)
        .where(Building.community_code == code, Hazard.closed_at.is_(None))
    )
    return session.scalar(count) or 0


def _area_rows(session: Session, *where: ColumnElement[bool]) -> tuple[AreaRow, ...]:
    communities = session.scalars(select(Community).where(*where).order_by(Community.code)).all()
    buildings = _count_by_community(session, Building.community_code)
    devices = _count_by_community(session, Device.community_code)
    return tuple(
        AreaRow(
            place=place_of(row),
            work_point_id=row.work_point_id,
            population=row.population,
            households=row.households,
            buildings=buildings.get(row.code, 0),
            devices=devices.get(row.code, 0),
        )
        for row in communities
    )


def _count_by_community(session: Session, column: InstrumentedAttribute[str]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).group_by(column))
    return {code: count for code, count in rows}  # noqa: C416


def _total(place: Place, communities: Sequence[AreaRow]) -> AreaRow:
    own = [row for row in communities if row.work_point_id == place.id]
    return AreaRow(
        place=place,
        work_point_id=place.id,
        population=sum(row.population for row in own),
        households=sum(row.households for row in own),
        buildings=sum(row.buildings for row in own),
        devices=sum(row.devices for row in own),
    )


def _categories(session: Session, code: str) -> Mapping[BuildingCategory, int]:
    rows = session.execute(
        select(Building.category, func.count())
        .where(Building.community_code == code)
        .group_by(Building.category)
    )
    counts = dict(rows.all())
    return {category: counts[category] for category in BuildingCategory if category in counts}


def _officers(session: Session, code: str) -> tuple[PersonView, ...]:
    rows = session.execute(
        select(Person, Grid.name)
        .outerjoin(Grid, Grid.id == Person.grid_id)
        .where(Person.community_code == code, Person.role == PersonRole.GRID_OFFICER)
        .order_by(func.length(Person.label), Person.label, Person.id)
        .limit(OFFICERS_LISTED)
    )
    return tuple(person_view(person, grid) for person, grid in rows)


def person_view(person: Person, grid: str | None) -> PersonView:
    """Return a person as shown; the telephone is masked unless the session is for a caller."""
    return PersonView(person.id, person.role, person.label, _phone(person), grid)


def show_phones(session: Session, *, whole: bool) -> None:
    """Say whether what this session reads may have telephone numbers whole."""
    session.info[_WHOLE_PHONES] = whole


def _phone(person: Person) -> str | None:
    session = object_session(person)
    if person.phone is None or (session is not None and session.info.get(_WHOLE_PHONES)):
        return person.phone
    return mask_phone(person.phone)


def _building_rows(session: Session, code: str) -> tuple[BuildingRow, ...]:
    """Return the first buildings, worst known status first; the browser keeps statuses current."""
    worst = func.coalesce(func.max(DeviceState.status), 0)
    rows = session.execute(
        select(Building, func.count(Device.id), worst)
        .outerjoin(Device, Device.building_id == Building.id)
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .where(Building.community_code == code)
        .group_by(Building.id)
    )
    first = sorted(rows, key=_importance)[:BUILDINGS_LISTED]
    return tuple(
        BuildingRow(row.id, row.name, row.category, row.address, devices, row.residents)
        for row, devices, _ in first
    )


def _importance(row: tuple[Building, int, int]) -> tuple[int, int, int, str]:
    building, devices, status = row
    return -status, _CATEGORY_ORDER[building.category], -devices, building.id
