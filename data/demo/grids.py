"""Grids (网格): each community split into cells around where its buildings stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from data.demo.buildings import Buildings
from data.demo.land import Array, Ints, Land, points_at, shares, stream, wkb_in_degrees

SECOND: Final = 2
THIRD: Final = 3
#: Figures of 2022 (``data/reference/SOURCES.md``): grids of the whole sub-district by level, and
#: those of the communities that are known.
TOTAL: Final = {SECOND: 72, THIRD: 87}
KNOWN: Final = {SECOND: {"上郭": 7}, THIRD: {"上郭": 16, "杏坂": 16}}
ROUNDS: Final = 8
SPOTS: Final = 500


@dataclass(frozen=True, slots=True)
class Grids:
    """The grids of both levels: rows of the table and the third-level grid of each building."""

    rows: tuple[dict[str, Any], ...]
    of_building: tuple[str, ...]

    def by_level(self, level: int) -> list[dict[str, Any]]:
        """Return the rows of one level."""
        return [row for row in self.rows if row["level"] == level]


def make_grids(lands: Sequence[Land], buildings: Buildings, seed: int) -> Grids:
    """Return the grids; every building belongs to the third-level grid that it stands in."""
    rows: list[dict[str, Any]] = []
    of_building = [""] * len(buildings)
    xy = np.column_stack([buildings.plots.x, buildings.plots.y])
    for level in (SECOND, THIRD):
        counts = _counts(lands, level)
        for index, land in enumerate(lands):
            own = np.flatnonzero(buildings.plots.land == index)
            rng = stream(seed, "grids", level, land.code)
            centres = _centres(land, xy[own], int(counts[index]), rng)
            ids = [f"{land.code[-3:]}-{level}-{i + 1:02d}" for i in range(len(centres))]
            rows.extend(_rows(land, level, ids, _cells(land, centres)))
            if level == THIRD:
                for building, cell in zip(own, _nearest(centres, xy[own]), strict=True):
                    of_building[building] = ids[cell]
    return Grids(tuple(rows), tuple(of_building))


def _counts(lands: Sequence[Land], level: int) -> Ints:
    """Return how many grids of a level each community has: what is known, the rest by people."""
    known = np.array([KNOWN[level].get(land.name, 0) for land in lands])
    people = np.array([land.people for land in lands], dtype=float)
    rest = TOTAL[level] - int(known.sum())
    open_ones = np.flatnonzero(known == 0)
    known[open_ones] = shares(np.sqrt(people[open_ones]), rest, least=1)
    return known


def _centres(land: Land, buildings: Array, count: int, rng: np.random.Generator) -> Array:
    """Return the middles of the cells: k-means over random ground and, weighing more, buildings."""
    west, south, east, north = land.polygon.bounds
    spots = rng.uniform((west, south), (east, north), (SPOTS, 2))
    spots = spots[shapely.contains_xy(land.polygon, spots[:, 0], spots[:, 1])]
    points = np.vstack([spots, buildings, buildings])
    centres = spots[:count].copy()
    for _ in range(ROUNDS):
        cell = _nearest(centres, points)
        number = np.bincount(cell, minlength=count)
        for axis in (0, 1):
            total = np.bincount(cell, weights=points[:, axis], minlength=count)
            centres[:, axis] = np.where(number > 0, total / np.maximum(number, 1), centres[:, axis])
    order = np.lexsort((centres[:, 0], -np.round(centres[:, 1], -2)))
    return np.asarray(centres[order])


def _nearest(centres: Array, points: Array) -> Ints:
    if len(points) == 0:
        return np.empty(0, dtype=np.int64)
    tree = STRtree(points_at(centres))
    return np.asarray(tree.query_nearest(points_at(points), all_matches=False)[1])


def _cells(land: Land, centres: Array) -> NDArray[np.object_]:
    if len(centres) == 1:
        return np.array([land.polygon], dtype=object)
    diagram = shapely.voronoi_polygons(
        shapely.multipoints(points_at(centres)), extend_to=land.polygon, ordered=True
    )
    return np.asarray(shapely.intersection(shapely.get_parts(diagram), land.polygon), dtype=object)


def _rows(
    land: Land, level: int, ids: Sequence[str], cells: NDArray[np.object_]
) -> list[dict[str, Any]]:
    word = {SECOND: "二级", THIRD: "三级"}[level]
    return [
        {
            "id": grid_id,
            "community_code": land.code,
            "name": f"{land.name}{word}网格 {number:02d}",
            "level": level,
            "demo": True,
            "geometry": geometry,
        }
        for number, (grid_id, geometry) in enumerate(
            zip(ids, wkb_in_degrees(list(cells)), strict=True), start=1
        )
    ]
