"""Where people build: village clusters, the heritage village, industrial estates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from data.demo.land import Array, Ints, Land, Point, points_at, shares, stream

#: Buildings of the default town; figures below were chosen for it.
USUAL_BUILDINGS: Final = 1200
OLD_HOUSES: Final = 99
#: How far the wavy edge of a cluster swings out, times its radius.
WAVIEST: Final = 1.33
#: Metres from a community's edge that stay free.
EDGE_M: Final = 10.0


class Zone(IntEnum):
    """Kinds of ground."""

    OPEN = 0
    VILLAGE = 1
    INDUSTRY = 2
    HERITAGE = 3
    ROADSIDE = 4
    SITE = 5


@dataclass(frozen=True, slots=True)
class Fabric:
    """How ground is built: metres between lanes and between cross lanes, m² a building."""

    lanes_m: float
    crossings_m: float
    area_m2: float
    half_width_m: float


FABRIC: Final[Mapping[Zone, Fabric]] = {
    Zone.VILLAGE: Fabric(35.0, 92.0, 400.0, 2.2),
    Zone.HERITAGE: Fabric(29.0, 62.0, 330.0, 1.6),
    Zone.INDUSTRY: Fabric(88.0, 190.0, 2700.0, 4.5),
}
#: Lanes are laid for a whole town, of which the monitored buildings are a part: for this many
#: buildings, but for at least and at most so many times the monitored ones.
WHOLE_TOWN: Final = 7200
UNWATCHED: Final = (1.6, 5.5)
UNWATCHED_WORKS: Final = 2.4
#: At most this share of a community becomes industrial estate.
MOST_INDUSTRY: Final = 0.3


@dataclass(frozen=True, slots=True)
class Cluster:
    """A blob of built ground around a point (metres), for about ``count`` monitored buildings."""

    name: str
    land: int
    zone: Zone
    centre: Point
    radius: float
    angle: float
    count: int
    phases: tuple[float, float]

    def reaches(self, xy: Array) -> NDArray[np.bool_]:
        """Return which points are in the square around it; no point outside is within it."""
        return np.asarray((np.abs(xy - self.centre) < WAVIEST * self.radius).all(axis=1))

    def depth(self, xy: Array) -> Array:
        """Return how deep points lie inside: 1 in the middle, 0 at the edge, negative outside."""
        dx, dy = xy[:, 0] - self.centre[0], xy[:, 1] - self.centre[1]
        around = np.arctan2(dy, dx)
        waves = 0.20 * np.sin(2 * around + self.phases[0]) + 0.12 * np.sin(
            3 * around + self.phases[1]
        )
        return np.asarray(1 - np.hypot(dx, dy) / (self.radius * (1 + waves)))


def quotas(lands: Sequence[Land], buildings: int, heritage: Sequence[Point]) -> Ints:
    """Return how many buildings each community gets.

    By people, and more and more by area as the town fills up; on top of that the old houses,
    where there is a heritage point.
    """
    old = np.zeros(len(lands), dtype=np.int64)
    for point in heritage:
        inside = [land.polygon.contains(shapely.Point(point)) for land in lands]
        old[np.flatnonzero(inside)] = old_houses(buildings)
    people = np.array([land.people for land in lands], dtype=float)
    area = np.array([land.polygon.area for land in lands])
    filled = min(1.0, buildings / 30_000)
    weight = (1 - filled) * people / people.sum() + filled * area / area.sum()
    least = min(4, buildings // len(lands) // 2)
    return old + shares(weight, buildings - int(old.sum()), least=least)


def old_houses(buildings: int) -> int:
    """Return how many houses of the heritage village a town of this size has."""
    return min(OLD_HOUSES, buildings * OLD_HOUSES // USUAL_BUILDINGS)


def make_clusters(
    lands: Sequence[Land],
    quota: Ints,
    heritage: Sequence[Point],
    roads: Sequence[shapely.LineString],
    seed: int,
) -> list[Cluster]:
    """Return the clusters; a heritage point makes its community's first cluster."""
    clusters: list[Cluster] = []
    tree = STRtree(list(roads))
    homes = float(np.clip(WHOLE_TOWN / int(quota.sum()), *UNWATCHED))
    spread = {Zone.VILLAGE: homes, Zone.INDUSTRY: min(homes, UNWATCHED_WORKS)}
    for index, land in enumerate(lands):
        rng = stream(seed, "clusters", land.code)
        old = next((p for p in heritage if land.polygon.contains(shapely.Point(p))), None)
        rest = int(quota[index])
        if old is not None:
            count = old_houses(int(quota.sum()))
            clusters.append(_cluster("古厝", index, Zone.HERITAGE, old, (count, 1.0), rng))
            rest -= count
        estates = min(rest * land.character.industry, _industry_limit(land))
        places = _Places(land, clusters, tree, rng)
        for kind, name, number in _wanted(land, rest - estates, estates):
            first = not clusters or clusters[-1].land != index
            centre = places.near_centre() if first else places.somewhere(kind)
            clusters.append(_cluster(name, index, kind, centre, (number, spread[kind]), rng))
    return clusters


def _industry_limit(land: Land) -> float:
    return MOST_INDUSTRY * land.polygon.area / FABRIC[Zone.INDUSTRY].area_m2


def _wanted(land: Land, homes: float, works: float) -> list[tuple[Zone, str, float]]:
    villages = land.character.villages or (land.name,)
    sizes = np.array([1.7, *[1.0] * (len(villages) - 1)])
    sizes *= homes / sizes.sum()
    wanted = [(Zone.VILLAGE, name, float(size)) for name, size in zip(villages, sizes, strict=True)]
    estates = land.character.estates if works >= 1 else 0
    return wanted + [(Zone.INDUSTRY, f"{land.name}工业区", works / max(estates, 1))] * estates


def _cluster(
    name: str,
    land: int,
    zone: Zone,
    centre: Point,
    size: tuple[float, float],
    rng: np.random.Generator,
) -> Cluster:
    count, spread = size
    radius = max(70.0, float(np.sqrt(spread * count * FABRIC[zone].area_m2 / np.pi)) * 1.1)
    first, second = rng.uniform(0, 2 * np.pi, 2)
    return Cluster(
        name, land, zone, centre, radius, rng.uniform(0, np.pi / 2), round(count), (first, second)
    )


class _Places:
    """Finds places for a community's clusters, far from its edge and from each other."""

    def __init__(
        self, land: Land, clusters: list[Cluster], roads: STRtree, rng: np.random.Generator
    ) -> None:
        west, south, east, north = land.polygon.bounds
        spots = rng.uniform((west, south), (east, north), (500, 2))
        spots = spots[shapely.contains_xy(land.polygon, spots[:, 0], spots[:, 1])]
        points = points_at(spots)
        self._land = land
        self._clusters = clusters
        self._rng = rng
        self._spots = spots
        self._edge = np.asarray(shapely.distance(land.polygon.boundary, points))
        near = roads.query_nearest(points, all_matches=False, return_distance=True)[1]
        self._road = near if len(near) == len(points) else np.full(len(points), 100.0)

    def near_centre(self) -> Point:
        """Return a spot near the community's own point."""
        x, y = self._land.centre
        dx, dy = self._rng.uniform(-70, 70, 2)
        moved = (x + dx, y + dy)
        return moved if self._land.polygon.contains(shapely.Point(moved)) else (x, y)

    def somewhere(self, zone: Zone) -> Point:
        """Return the best of the random spots: room around it, and a road not far."""
        room = 2.2 * self._edge
        for other in self._clusters:
            away = np.hypot(*(self._spots - other.centre).T) - other.radius
            room = np.minimum(room, away)
        far = np.abs(self._road - (140.0 if zone is Zone.INDUSTRY else 110.0))
        best = int(np.argmax(room - 0.8 * far + self._rng.uniform(0, 160, len(room))))
        return float(self._spots[best, 0]), float(self._spots[best, 1])
