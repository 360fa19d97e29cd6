"""Everything that the risk forecast rests on, read in a handful of statements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from data.domain.risk.known import NOWHERE, Live, Records, Table
from data.domain.risk.records import CATEGORIES, Buildings
from data.domain.words import DeviceKind, FacilityKind, Status, Verdict
from data.store.models import (
    Building,
    Community,
    Device,
    DeviceState,
    Facility,
    Fire,
    Hazard,
    Incident,
    Inspection,
    StatusChange,
)
from data.store.week_alarms import URGENT
from geo.crs import geometry_to_metric, to_metric

#: Electrical values with what makes a prealarm of them; below 60 % of it they say nothing.
LIMITS: Final = {"residual_current_ma": 300.0, "temperature_c": 70.0}
QUIET_SHARE: Final = 0.6
ELECTRICAL: Final = (DeviceKind.ELECTRICAL, DeviceKind.CHARGER)
SERIOUS: Final = 2
#: For so few buildings a table of distances is as quick as a tree.
FEW: Final = 16
_CATEGORY: Final = {category: k for k, category in enumerate(CATEGORIES)}


def load_records(session: Session, only: Collection[str] | None = None) -> Records:
    """Return buildings and everything that was recorded of them.

    ``only`` some buildings, for a look at the present: the changes of their devices are left out.
    """

    def among(column: Any) -> Any:
        return true() if only is None else column.in_(only)

    rows = session.execute(
        select(
            Building.id,
            Building.community_code,
            Building.category,
            Building.lon,
            Building.lat,
            Building.residents,
            Building.storeys,
            Building.built_year,
            Building.ebike_charging_required,
            Building.ebike_charging_present,
        ).where(among(Building.id))
    ).all()
    rows = sorted(rows, key=lambda row: row.id)  # databases differ in how they order text
    place = {row.id: k for k, row in enumerate(rows)}
    devices = session.execute(
        _devices_there(
            select(Device.id, Device.building_id, Device.installed_at, Device.disabled), only
        )
    ).all()
    number = {row.id: k for k, row in enumerate(devices)}
    xy = _metres([(row.lon, row.lat) for row in rows])
    near, hydrant = _facilities(session, xy, number)
    return Records(
        buildings=_buildings(rows, xy, near),
        devices=_devices(devices, place),
        changes=_changes(session, {} if only is not None else number),
        hazards=_hazards(session, place, among(Hazard.building_id)),
        inspections=_inspections(session, place, among(Inspection.building_id)),
        events=_events(session, place, xy, among),
        hydrant=hydrant,
    )


def load_live(session: Session, records: Records, only: Collection[str] | None = None) -> Live:
    """Return how the devices are now, and how far electrical readings have drifted."""
    query = select(Device.kind, Device.building_id, DeviceState.status, DeviceState.values)
    query = query.outerjoin(DeviceState, DeviceState.device_id == Device.id)
    rows = session.execute(_devices_there(query, only))
    place = {str(one): k for k, one in enumerate(records.buildings.ids)}
    drift, status = np.full(len(place), np.nan), []
    for row in rows:
        status.append(int(Status.STALE) if row.status is None else row.status)
        at = place.get(row.building_id or "")
        if at is not None and row.kind in ELECTRICAL and row.values:
            drift[at] = np.fmax(drift[at], _drift(row.values))
    return Live(_ints(status), drift)


def study_area(session: Session) -> Polygon | MultiPolygon | None:
    """Return the sub-district in EPSG:4549; None while no community is known."""
    shapes = shapely.from_wkb(list(session.scalars(select(Community.geometry))))
    if not len(shapes):
        return None
    area = geometry_to_metric(shapely.union_all(shapes))
    return area if isinstance(area, Polygon | MultiPolygon) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a filter asks of buildings, in the order of their ids.

    Attributes
    ----------
    ids, community, category, work_point : ndarray of str, shape (n,)
    xy : ndarray, shape (n, 2)
        Metres, EPSG:4549.
    kinds : mapping of str to ndarray of bool, shape (n,)
        By kind of device: whether the building has one.
    """

    ids: NDArray[np.str_]
    community: NDArray[np.str_]
    category: NDArray[np.str_]
    work_point: NDArray[np.str_]
    xy: NDArray[np.float64]
    kinds: Mapping[str, NDArray[np.bool_]]


def standing(session: Session) -> Standing:
    """Return the buildings as filters look at them."""
    query = select(
        Building.id,
        Building.community_code,
        Building.category,
        Community.work_point_id,
        Building.lon,
        Building.lat,
    ).join(Community, Community.code == Building.community_code)
    rows = sorted(session.execute(query).all(), key=lambda row: row.id)
    place = {row.id: k for k, row in enumerate(rows)}
    kinds = {str(kind): np.zeros(len(rows), dtype=bool) for kind in DeviceKind}
    there = select(Device.building_id, Device.kind).where(Device.building_id.is_not(None))
    for building_id, kind in session.execute(there.distinct()):
        kinds[str(kind)][place[building_id]] = True
    return Standing(
        ids=np.array([row.id for row in rows], dtype=np.str_),
        community=np.array([row.community_code for row in rows], dtype=np.str_),
        category=np.array([str(row.category) for row in rows], dtype=np.str_),
        work_point=np.array([row.work_point_id for row in rows], dtype=np.str_),
        xy=_metres([(row.lon, row.lat) for row in rows]),
        kinds=kinds,
    )


def changed_since(session: Session, since: datetime, until: datetime) -> set[str]:
    """Return the buildings of which something that matters was written in a span.

    Hazards found, closed or overdue, inspections, fires, verdicts, and devices of another status.
    """
    columns = (
        (Hazard.building_id, Hazard.found_at),
        (Hazard.building_id, Hazard.closed_at),
        (Hazard.building_id, Hazard.due_at),
        (Inspection.building_id, Inspection.at),
        (Fire.building_id, Fire.at),
        (Incident.building_id, Incident.closed_at),
    )
    found = {
        building
        for building_id, at in columns
        for building in session.scalars(
            select(building_id).where(at >= since, at < until).distinct()
        )
    }
    found |= set(
        session.scalars(
            select(Device.building_id)
            .join(StatusChange, StatusChange.device_id == Device.id)
            .where(StatusChange.at >= since, StatusChange.at < until)
            .distinct()
        )
    )
    return {building for building in found if building is not None}


def _devices_there(query: Any, only: Collection[str] | None) -> Any:
    """Return devices in their order: all, or those of some buildings and those at hydrants."""
    if only is not None:
        at_hydrants = select(Facility.device_id).where(Facility.device_id.is_not(None))
        query = query.where(or_(Device.building_id.in_(only), Device.id.in_(at_hydrants)))
    return query.order_by(Device.slot)


def _buildings(rows: Sequence[Any], xy: NDArray[np.float64], near: Table) -> Buildings:
    facts = {
        "residents": _floats(row.residents for row in rows),
        "storeys": _floats(row.storeys for row in rows),
        "built_year": _floats(row.built_year for row in rows),
        "charging_inside": _floats(
            row.ebike_charging_required and not row.ebike_charging_present for row in rows
        ),
        **{name: column.astype(np.float64) for name, column in near.items()},
    }
    return Buildings(
        ids=np.array([row.id for row in rows], dtype=np.str_),
        community=np.array([row.community_code for row in rows], dtype=np.str_),
        category=np.array([_CATEGORY[row.category] for row in rows], dtype=np.int8),
        xy=xy,
        facts=facts,
        year=0,  # of the moment at which they are looked at
    )


def _facilities(
    session: Session, xy: NDArray[np.float64], number: Mapping[str, int]
) -> tuple[Table, NDArray[np.int64]]:
    """Return metres to the nearest hydrant and micro station, and who watches the hydrant."""
    rows = session.execute(
        select(Facility.kind, Facility.lon, Facility.lat, Facility.device_id).order_by(Facility.id)
    ).all()
    near = {}
    hydrant = np.full(len(xy), NOWHERE, dtype=np.int64)
    for name, kind in (
        ("hydrant_m", FacilityKind.HYDRANT),
        ("station_m", FacilityKind.MICRO_STATION),
    ):
        some = [row for row in rows if row.kind is kind]
        near[name] = np.full(len(xy), np.nan)
        if some and len(xy):
            near[name], which = _nearest(xy, _metres([(row.lon, row.lat) for row in some]))
            if kind is FacilityKind.HYDRANT:
                watched = np.array([number.get(row.device_id or "", NOWHERE) for row in some])
                hydrant = watched[which].astype(np.int64)
    return near, hydrant


def _nearest(
    xy: NDArray[np.float64], places: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return how far the nearest place is from each point, and which it is."""
    if len(xy) > FEW:
        from scipy.spatial import cKDTree  # noqa: PLC0415 - web processes look at few

        distance, which = cKDTree(places).query(xy)
        return distance, which
    away = np.hypot(*(xy[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    return away.min(axis=1), away.argmin(axis=1)


def _devices(rows: Sequence[Any], place: Mapping[str, int]) -> Table:
    """Return the devices; one that stands at no building, or is out of service, is of none."""
    building = [place.get(row.building_id or "", NOWHERE) for row in rows]
    since = [-np.inf if not row.installed_at else _installed(row.installed_at) for row in rows]
    away = np.array([b == NOWHERE or row.disabled for b, row in zip(building, rows, strict=True)])
    since_at = np.where(away, np.inf, np.array(since, dtype=np.float64))
    return {"building": np.maximum(_ints(building), 0), "since": since_at}


def _installed(text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return -np.inf  # a year or month alone: it has been there for long


def _changes(session: Session, number: Mapping[str, int]) -> Table:
    query = select(StatusChange.device_id, StatusChange.at, StatusChange.after)
    rows = session.execute(query) if number else ()
    kept = [(number[row.device_id], _epoch(row.at), row.after) for row in rows]
    return _table(("device", "at", "after"), kept)


def _hazards(session: Session, place: Mapping[str, int], which: Any) -> Table:
    rows = session.execute(
        select(
            Hazard.building_id, Hazard.level, Hazard.found_at, Hazard.due_at, Hazard.closed_at
        ).where(which)
    )
    kept = [
        (
            place[row.building_id],
            row.level >= SERIOUS,
            _epoch(row.found_at),
            _epoch(row.due_at),
            _epoch(row.closed_at),
        )
        for row in rows
    ]
    return _table(("building", "serious", "found", "due", "closed"), kept)


def _inspections(session: Session, place: Mapping[str, int], which: Any) -> Table:
    rows = session.execute(select(Inspection.building_id, Inspection.at).where(which))
    return _table(("building", "at"), [(place[row.building_id], _epoch(row.at)) for row in rows])


def _events(
    session: Session,
    place: Mapping[str, int],
    xy: NDArray[np.float64],
    among: Callable[[Any], Any],
) -> Table:
    """Return fires, and judged incidents that are no fire of the table of fires.

    The fire of an incident is written with the verdict, and not known before.
    """
    fires = session.execute(
        select(Fire.at, Fire.building_id, Fire.incident_id, Fire.lon, Fire.lat, Incident.closed_at)
        .outerjoin(Incident, Incident.id == Fire.incident_id)
        .where(among(Fire.building_id))
    ).all()
    told = {row.incident_id for row in fires}
    where = _metres([(row.lon, row.lat) for row in fires])
    kept = [
        (
            *at,
            _epoch(row.at),
            _epoch(row.closed_at or row.at),
            place.get(row.building_id or "", NOWHERE),
            1,
        )
        for at, row in zip(where.tolist(), fires, strict=True)
    ]
    judged = session.execute(
        select(
            Incident.id,
            Incident.building_id,
            Incident.opened_at,
            Incident.closed_at,
            Incident.verdict,
        ).where(
            Incident.kind.in_(URGENT),
            Incident.closed_at.is_not(None),
            Incident.building_id.is_not(None),
            Incident.verdict.in_((Verdict.REAL, Verdict.FALSE)),
            among(Incident.building_id),
        )
    )
    for row in judged:
        if row.id not in told:
            k = place[row.building_id]
            real = row.verdict is Verdict.REAL
            kept.append((*xy[k], _epoch(row.opened_at), _epoch(row.closed_at), k, real))
    return _table(("x", "y", "at", "known", "building", "real"), kept)


def _drift(values: Mapping[str, Any]) -> float:
    """Return how far the worst value is between 60 % of its limit (0) and the limit (1)."""
    shares = [float(values[name]) / limit for name, limit in LIMITS.items() if name in values]
    if not shares:
        return float("nan")
    return min(max((max(shares) - QUIET_SHARE) / (1 - QUIET_SHARE), 0.0), 1.0)


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    columns = np.array(rows, dtype=np.float64).reshape(len(rows), len(names)).T
    return {
        name: column.astype(np.int64) if name in _WHOLE else column
        for name, column in zip(names, columns, strict=True)
    }


_WHOLE: Final = frozenset({"building", "device", "after", "serious", "real"})


def _metres(lonlat: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    return to_metric(np.array(lonlat, dtype=np.float64).reshape(-1, 2))


def _epoch(at: datetime | None) -> float:
    return float("inf") if at is None else at.timestamp()


def _floats(values: Any) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _ints(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
