"""Hydrants along the main roads and micro fire stations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely import STRtree

from data.demo.land import Array, Ints, Land, degrees, points_at, stream
from data.demo.plots import Plots
from data.demo.roads import MAIN_HALF_WIDTH_M, Street
from data.domain.words import FacilityKind

APART_M: Final = (150.0, 250.0)
KERB_M: Final = 2.0
#: A community with more people has two micro stations.
TWO_STATIONS_PEOPLE: Final = 4000
STATION_FROM_STREET_M: Final = 6.0


@dataclass(frozen=True, slots=True)
class Facilities:
    """Rows of the table without ``device_id``, and where the hydrants stand (metres)."""

    hydrants: tuple[dict[str, Any], ...]
    stations: tuple[dict[str, Any], ...]
    hydrant_xy: Array
    hydrant_land: Ints


def make_facilities(
    lands: Sequence[Land], streets: Sequence[Street], plots: Plots, seed: int
) -> Facilities:
    """Return hydrants every 150 to 250 m of the main roads, on either side, and stations."""
    rng = stream(seed, "facilities")
    xy = np.vstack([_along(street, rng) for street in streets if street.main])
    land = land_of(xy, lands)
    # Where two roads meet one hydrant is enough, and none stands in a house.
    near = STRtree(points_at(xy)).query(points_at(xy), predicate="dwithin", distance=60.0)
    kept = land >= 0
    for one, other in near.T[near[0] < near[1]]:
        kept[other] &= not kept[one]
    inside = STRtree(plots.polygons()).query(points_at(xy), predicate="intersects")
    kept[inside[0]] = False
    roads = [street.line for street in streets if street.main]
    kept[STRtree(points_at(xy)).query(roads, "dwithin", MAIN_HALF_WIDTH_M + KERB_M / 2)[1]] = False
    xy, land = xy[kept], land[kept]
    return Facilities(
        tuple(_hydrants(xy, land, lands)), tuple(_stations(lands, streets, rng)), xy, land
    )


def land_of(xy: Array, lands: Sequence[Land]) -> Ints:
    """Return the index of the community each point (metres) lies in, -1 for none."""
    found = np.full(len(xy), -1)
    for index, land in enumerate(lands):
        found[shapely.contains_xy(land.polygon, xy[:, 0], xy[:, 1])] = index
    return found


def _along(street: Street, rng: np.random.Generator) -> Array:
    count = int(street.line.length / APART_M[0]) + 1
    marks = np.cumsum(rng.uniform(*APART_M, count)) - APART_M[0] * rng.random()
    marks = marks[(marks > 0) & (marks < street.line.length - 1)]
    here = shapely.get_coordinates(shapely.line_interpolate_point(street.line, marks)).reshape(
        -1, 2
    )
    there = shapely.get_coordinates(shapely.line_interpolate_point(street.line, marks + 1.0))
    ahead = there.reshape(-1, 2) - here
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    side = np.where(rng.random(len(marks)) < 0.5, 1, -1)  # noqa: PLR2004 - either side
    return np.asarray(here + normal * (side * (street.half_width + KERB_M))[:, None])


def _hydrants(xy: Array, land: Ints, lands: Sequence[Land]) -> list[dict[str, Any]]:
    return [
        _row(
            f"HYD-{i + 1:04d}",
            FacilityKind.HYDRANT,
            f"{lands[land[i]].name} 消火栓 {i + 1:03d}",
            lands[land[i]],
            point,
        )
        for i, point in enumerate(degrees(xy))
    ]


def _stations(
    lands: Sequence[Land], streets: Sequence[Street], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return the stations: by a street near the community's middle, the second one further out."""
    tree = STRtree([street.line for street in streets])
    rows: list[dict[str, Any]] = []
    for land in lands:
        spots = [land.centre]
        if land.people >= TWO_STATIONS_PEOPLE:
            west, south, east, north = land.polygon.bounds
            some = rng.uniform((west, south), (east, north), (40, 2))
            some = some[shapely.contains_xy(land.polygon.buffer(-120), some[:, 0], some[:, 1])]
            away = np.hypot(*(some - land.centre).T)
            spots.append(tuple(some[np.argmin(np.abs(away - 550))]))
        for spot in spots:
            point = shapely.Point(spot)
            line = streets[int(tree.nearest(point))].line
            foot = shapely.get_coordinates(shapely.shortest_line(line, point))
            way = foot[1] - foot[0]
            length = max(float(np.hypot(*way)), 1e-6)
            xy = foot[0] + way / length * min(STATION_FROM_STREET_M, length)
            if not land.polygon.contains(shapely.Point(xy)):
                xy = np.array(spot)
            number = len(rows) + 1
            name = f"{land.name}微型消防站 {number:02d}"
            lonlat = degrees(xy.reshape(1, 2))[0]
            rows.append(_row(f"MFS-{number:02d}", FacilityKind.MICRO_STATION, name, land, lonlat))
    return rows


def _row(
    facility_id: str, kind: FacilityKind, name: str, land: Land, lonlat: Array
) -> dict[str, Any]:
    return {
        "id": facility_id,
        "kind": kind,
        "name": name,
        "community_code": land.code,
        "lon": float(lonlat[0]),
        "lat": float(lonlat[1]),
        "device_id": None,
        "demo": True,
    }
