"""Hydrants and micro fire stations near a point."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from data.domain.views import DeviceNow, FacilityNear
from data.domain.words import FacilityKind
from data.store.models import Device, Facility
from geo.distance import distance_m

#: Micro stations to name.
STATIONS_NAMED = 3
#: Hoses reach this far from a hydrant.
HYDRANT_WITHIN_M = 200.0
#: A degree of latitude where it is shortest (the equator), so that a box is never too small.
_M_PER_DEGREE = 110_574.0


@dataclass(frozen=True, slots=True)
class NearRow:
    """A facility with its geodesic distance in metres."""

    id: str
    kind: FacilityKind
    name: str
    distance_m: float
    device_id: str | None
    slot: int | None


def near(
    session: Session, lonlat: tuple[float, float]
) -> tuple[tuple[NearRow, ...], tuple[NearRow, ...]]:
    """Return the nearest micro stations and the hydrants within reach, nearest first.

    Parameters
    ----------
    lonlat
        Longitude and latitude in degrees (EPSG:4326).
    """
    rows = _candidates(session, lonlat)
    stations = [row for row in rows if row.kind is FacilityKind.MICRO_STATION]
    hydrants = [row for row in rows if row.kind is FacilityKind.HYDRANT]
    return (
        tuple(stations[:STATIONS_NAMED]),
        tuple(row for row in hydrants if row.distance_m <= HYDRANT_WITHIN_M),
    )


def with_pressure(
    rows: Sequence[NearRow], now: Mapping[str, DeviceNow]
) -> tuple[FacilityNear, ...]:
    """Join facilities with the live state of the devices that watch them."""
    return tuple(
        FacilityNear(
            id=row.id,
            kind=row.kind,
            name=row.name,
            distance_m=row.distance_m,
            device_id=row.device_id,
            slot=row.slot,
            now=None if row.device_id is None else now.get(row.device_id),
        )
        for row in rows
    )


def _candidates(session: Session, lonlat: tuple[float, float]) -> list[NearRow]:
    """Return every micro station and the hydrants in a box around the point, nearest first."""
    lon, lat = lonlat
    dlat = HYDRANT_WITHIN_M / _M_PER_DEGREE
    dlon = dlat / math.cos(math.radians(lat))
    in_box = and_(
        Facility.kind == FacilityKind.HYDRANT,
        Facility.lon.between(lon - dlon, lon + dlon),
        Facility.lat.between(lat - dlat, lat + dlat),
    )
    rows = session.execute(
        select(Facility, Device.slot)
        .outerjoin(Device, Device.id == Facility.device_id)
        .where(or_(Facility.kind == FacilityKind.MICRO_STATION, in_box))
    ).all()
    points = np.array([(row.Facility.lon, row.Facility.lat) for row in rows], dtype=float)
    metres = distance_m(points.reshape(-1, 2), lonlat)
    found = [
        NearRow(place.id, place.kind, place.name, float(metre), place.device_id, slot)
        for (place, slot), metre in zip(rows, metres, strict=True)
    ]
    return sorted(found, key=lambda row: (row.distance_m, row.id))
