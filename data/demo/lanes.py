"""Village lanes, grown along a smooth cross field: main roads and the village's own grain.

Source of the idea: Chen et al. (2008), "Interactive procedural street modeling", ACM TOG 27(3):
streets are lines of a cross field, kept apart by their distance to those drawn before.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from data.demo.clusters import EDGE_M, FABRIC, Cluster, Zone
from data.demo.land import Array, Ints, Land, points_at, stream
from data.demo.roads import STEP_M, Street, resample

CELL_M: Final = 16.0
PACE_M: Final = 8.0
LONGEST_M: Final = 420.0
SHORTEST_M: Final = 26.0
#: A lane stops when another one of its direction is nearer than this share of their distance.
STOP_SHARE: Final = 0.58
START_SHARE: Final = 0.80
PARALLEL: Final = 0.72
SNAP_M: Final = 24.0
BUCKET_M: Final = 24.0
#: Lanes stay so far from closed ground (their middle line).
CLEAR_M: Final = 6.0
#: A cluster gets a lane from its middle to a main road unless one passes so near.
LINKED_M: Final = 25.0
LINK_TRIES: Final = 120


@dataclass(frozen=True, slots=True)
class Ground:
    """A raster over the town: what is built where, and which way the lanes run there."""

    west: float
    south: float
    zone: Ints
    cluster: Ints
    angle: Array

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return row and column of a point; the rim of the raster is always open ground."""
        row = int((y - self.south) / CELL_M)
        column = int((x - self.west) / CELL_M)
        rows, columns = self.zone.shape
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def cells(self, xy: Array) -> tuple[Ints, Ints]:
        """Return rows and columns of many points."""
        index = ((xy - (self.west, self.south)) / CELL_M).astype(np.int64)
        rows, columns = self.zone.shape
        return np.clip(index[:, 1], 0, rows - 1), np.clip(index[:, 0], 0, columns - 1)


def make_ground(
    lands: Sequence[Land],
    clusters: Sequence[Cluster],
    roads: Sequence[Street],
    closed: Sequence[BaseGeometry],
    seed: int,
) -> Ground:
    """Return the raster; ``closed`` areas (sites, water) stay free of lanes."""
    bounds = shapely.bounds([land.polygon for land in lands])
    west, south = bounds[:, 0].min() - 2 * CELL_M, bounds[:, 1].min() - 2 * CELL_M
    rows = int((bounds[:, 3].max() - south) / CELL_M) + 3
    columns = int((bounds[:, 2].max() - west) / CELL_M) + 3
    grid_y, grid_x = np.mgrid[0:rows, 0:columns]
    xy = np.column_stack([grid_x.ravel(), grid_y.ravel()]) * CELL_M + (west, south) + CELL_M / 2
    cluster = _owners(xy, lands, clusters, closed)
    zones = np.array([*(int(c.zone) for c in clusters), int(Zone.OPEN)])
    angle = _cross_field(xy, cluster, clusters, roads, seed)
    shape = (rows, columns)
    return Ground(
        west, south, zones[cluster].reshape(shape), cluster.reshape(shape), angle.reshape(shape)
    )


def _owners(
    xy: Array,
    lands: Sequence[Land],
    clusters: Sequence[Cluster],
    closed: Sequence[BaseGeometry],
) -> Ints:
    """Return the index of the cluster each point belongs to, -1 for none."""
    best = np.zeros(len(xy))
    owner = np.full(len(xy), -1)
    inner = [land.polygon.buffer(-EDGE_M) for land in lands]
    for ground in inner:
        shapely.prepare(ground)
    for index, cluster in enumerate(clusters):
        near = np.flatnonzero(cluster.reaches(xy))
        near = near[shapely.contains_xy(inner[cluster.land], xy[near, 0], xy[near, 1])]
        # The old village keeps its own lanes even where a newer one grows over it.
        depth = cluster.depth(xy[near])
        rank = depth + (1.0 if cluster.zone is Zone.HERITAGE else 0.0)
        deeper = near[(depth > 0) & (rank > best[near])]
        best[near] = np.where(depth > 0, np.maximum(best[near], rank), best[near])
        owner[deeper] = index
    for area in closed:
        shut = area.buffer(CELL_M)
        west, south, east, north = shut.bounds
        near = np.flatnonzero((xy >= (west, south)).all(axis=1) & (xy <= (east, north)).all(axis=1))
        owner[near[shapely.contains_xy(shut, xy[near, 0], xy[near, 1])]] = -1
    return owner


def _cross_field(
    xy: Array, owner: Ints, clusters: Sequence[Cluster], roads: Sequence[Street], seed: int
) -> Array:
    """Return one of the four directions of the lanes at each point, in radians."""
    rng = stream(seed, "field")
    angles = np.array([*(c.angle for c in clusters), 0.0])[owner]
    phase = rng.uniform(0, 7, 4)
    angles = angles + 0.22 * np.sin(xy[:, 0] / 190 + phase[0]) * np.sin(xy[:, 1] / 230 + phase[1])
    angles = angles + 0.10 * np.sin(xy[:, 0] / 70 + phase[2]) * np.sin(xy[:, 1] / 85 + phase[3])
    field = np.exp(4j * angles)
    marks = np.vstack([shapely.get_coordinates(road.line)[:-1] for road in roads])
    steps = np.vstack([np.diff(shapely.get_coordinates(road.line), axis=0) for road in roads])
    built = np.flatnonzero(owner >= 0)
    if len(built) == 0:
        return np.asarray(angles)
    near = STRtree(points_at(marks)).query_nearest(
        points_at(xy[built]), all_matches=False, return_distance=True
    )
    step = steps[near[0][1]]
    pull = 2.5 * np.exp(-((near[1] / 75.0) ** 2))
    field[built] += pull * np.exp(4j * np.arctan2(step[:, 1], step[:, 0]))
    return np.asarray(np.angle(field) / 4)


Mark = tuple[float, float, float, float]
Seed = tuple[float, float, float, float, bool]


class _Drawn:
    """The points of the streets drawn so far with their directions, by bucket."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[int, int], list[Mark]] = {}

    def add(self, points: Sequence[tuple[float, float]]) -> None:
        for (x0, y0), (x1, y1) in pairwise(points):
            length = math.hypot(x1 - x0, y1 - y0)
            if length > 0:
                mark = (x1, y1, (x1 - x0) / length, (y1 - y0) / length)
                self._buckets.setdefault((int(x1 // BUCKET_M), int(y1 // BUCKET_M)), []).append(
                    mark
                )

    def near(self, x: float, y: float, radius: float) -> Iterator[Mark]:
        column, row = int(x // BUCKET_M), int(y // BUCKET_M)
        reach = int(radius // BUCKET_M) + 1
        for i in range(column - reach, column + reach + 1):
            for j in range(row - reach, row + reach + 1):
                for mark in self._buckets.get((i, j), ()):
                    if (mark[0] - x) ** 2 + (mark[1] - y) ** 2 < radius * radius:
                        yield mark

    def crowded(self, x: float, y: float, dx: float, dy: float, radius: float) -> bool:
        """Return whether a street of about this direction runs within the radius."""
        return any(abs(m[2] * dx + m[3] * dy) > PARALLEL for m in self.near(x, y, radius))

    def ahead(self, x: float, y: float, dx: float, dy: float) -> tuple[float, float] | None:
        """Return the nearest point of a crossing street just ahead, to end the lane there."""
        found = [
            (math.hypot(m[0] - x, m[1] - y), m[0], m[1])
            for m in self.near(x, y, SNAP_M)
            if (m[0] - x) * dx + (m[1] - y) * dy > 0.6 * math.hypot(m[0] - x, m[1] - y) > 0
        ]
        return min(found)[1:] if found else None


class _Grower:
    """Grows lanes from the main roads inwards, each from a point of an older street."""

    def __init__(self, ground: Ground, rng: np.random.Generator) -> None:
        self._ground = ground
        self._rng = rng
        self._drawn = _Drawn()
        self._seeds: deque[Seed] = deque()
        self.lanes: list[tuple[list[tuple[float, float]], Zone, int]] = []

    def plant(self, points: Array) -> None:
        """Make a street known and let crossings grow from it."""
        line = [(float(x), float(y)) for x, y in points]
        self._drawn.add(line)
        self._sow(line, crossing=True)

    def grow(self) -> None:
        """Draw lanes until no seed has room."""
        while self._seeds:
            x, y, dx, dy, crossing = self._seeds.popleft()
            zone, cluster = self._at(x, y)
            if zone is Zone.OPEN:
                continue
            apart = self._apart(zone, crossing=crossing)
            if self._drawn.crowded(x, y, dx, dy, START_SHARE * apart):
                continue
            back = self._walk(x, y, -dx, -dy, STOP_SHARE * apart)
            line = [*reversed(back), (x, y), *self._walk(x, y, dx, dy, STOP_SHARE * apart)]
            if _length(line) >= SHORTEST_M:
                self._drawn.add(line)
                self.lanes.append((line, zone, cluster))
                self._sow(line, crossing=not crossing)

    def _apart(self, zone: Zone, *, crossing: bool) -> float:
        fabric = FABRIC[zone]
        return (fabric.crossings_m if crossing else fabric.lanes_m) * self._rng.uniform(0.94, 1.14)

    def _at(self, x: float, y: float) -> tuple[Zone, int]:
        cell = self._ground.cell(x, y)
        return Zone(int(self._ground.zone[cell])), int(self._ground.cluster[cell])

    def _sow(self, line: list[tuple[float, float]], *, crossing: bool) -> None:
        for (x0, y0), (x1, y1) in pairwise(line):
            length = math.hypot(x1 - x0, y1 - y0)
            if length > 0:
                self._seeds.append((x1, y1, -(y1 - y0) / length, (x1 - x0) / length, crossing))

    def _walk(
        self, x: float, y: float, dx: float, dy: float, apart: float
    ) -> list[tuple[float, float]]:
        walked: list[tuple[float, float]] = []
        for _ in range(int(self._rng.uniform(0.5, 1.0) * LONGEST_M / 2 / PACE_M)):
            dx, dy = self._turn(x, y, dx, dy)
            x, y = x + dx * PACE_M, y + dy * PACE_M
            if self._at(x, y)[0] is Zone.OPEN or self._drawn.crowded(x, y, dx, dy, apart):
                break
            walked.append((x, y))
        if walked:
            end = self._drawn.ahead(*walked[-1], dx, dy)
            walked += [end] if end is not None else []
        return walked

    def _turn(self, x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
        """Return the direction of the field that is nearest to the one walked."""
        angle = float(self._ground.angle[self._ground.cell(x, y)])
        quarters = round((math.atan2(dy, dx) - angle) / (math.pi / 2))
        angle += quarters * math.pi / 2
        # Half old, half new: lanes bend, they don't kink at a cell's edge.
        nx, ny = dx + math.cos(angle), dy + math.sin(angle)
        length = math.hypot(nx, ny)
        return nx / length, ny / length


def _length(line: list[tuple[float, float]]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def grow_lanes(
    ground: Ground,
    clusters: Sequence[Cluster],
    roads: Sequence[Street],
    closed: Sequence[BaseGeometry],
    seed: int,
) -> list[tuple[LineString, Zone, int]]:
    """Return the lanes with their zones and clusters; none crosses closed ground."""
    grower = _Grower(ground, stream(seed, "lanes"))
    for road in roads:
        grower.plant(shapely.get_coordinates(road.line))
    links = _links(clusters, roads, closed)
    for line, _, _ in links:
        grower.plant(shapely.get_coordinates(line))
    grower.grow()
    lanes = [*links, *((LineString(p), zone, cluster) for p, zone, cluster in grower.lanes)]
    lines = [line for line, _, _ in lanes]
    crossing = STRtree(lines).query(list(closed), predicate="dwithin", distance=CLEAR_M)[1]
    gone = set(crossing.tolist())
    return [lane for i, lane in enumerate(lanes) if i not in gone]


def _links(
    clusters: Sequence[Cluster], roads: Sequence[Street], closed: Sequence[BaseGeometry]
) -> list[tuple[LineString, Zone, int]]:
    """Return a lane from the middle of each cluster to the nearest main road it can reach."""
    ends = np.vstack([shapely.get_coordinates(road.line)[2:-2:3] for road in roads])
    shut = STRtree(list(closed))
    links = []
    for index, cluster in enumerate(clusters):
        away = np.hypot(*(ends - cluster.centre).T)
        if away.min() < LINKED_M:
            continue
        for end in ends[np.argsort(away, kind="stable")[:LINK_TRIES]]:
            line = _link(np.array(cluster.centre), end)
            if len(shut.query(line, predicate="dwithin", distance=CLEAR_M)) == 0:
                links.append((line, cluster.zone, index))
                break
    return links


def _link(start: Array, end: Array) -> LineString:
    middle = (start + end) / 2 + (end - start)[::-1] * (0.07, -0.07)
    return LineString(resample(_bow(start, middle, end), STEP_M))


def _bow(start: Array, middle: Array, end: Array) -> Array:
    t = np.linspace(0, 1, 20)[:, None]
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end)
