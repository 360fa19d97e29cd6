"""Lots along the streets: which footprints can stand where, and which are built."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import STRtree

from data.demo.clusters import Cluster, Zone
from data.demo.land import Array, Ints, Land, stream
from data.demo.lanes import Ground
from data.demo.plots import Plots, join, thin
from data.demo.roads import Street
from data.demo.sites import Sites

#: Between two footprints, and between a footprint and a kerb.
GAP_M: Final = 0.8
KERB_M: Final = 0.5
EDGE_M: Final = 3.0


@dataclass(frozen=True, slots=True)
class Build:
    """Sides, gaps and set-backs of one kind of ground, each (least, most) in metres."""

    width: tuple[float, float]
    depth: tuple[float, float]
    gap: tuple[float, float]
    setback: tuple[float, float]
    cut_share: float


_BUILD: Final[dict[Zone, Build]] = {
    Zone.VILLAGE: Build((8.5, 14.0), (9.0, 13.2), (1.0, 2.8), (0.7, 2.2), 0.16),
    Zone.HERITAGE: Build((10.5, 16.5), (8.5, 11.2), (1.2, 3.0), (0.6, 1.4), 0.20),
    Zone.INDUSTRY: Build((30.0, 66.0), (18.0, 33.0), (7.0, 14.0), (3.0, 6.0), 0.38),
    Zone.ROADSIDE: Build((11.0, 25.0), (10.0, 15.0), (1.2, 5.0), (3.5, 6.0), 0.14),
}
#: One gap in so many is wide: a yard, a way through.
_YARD_SHARE: Final = 0.12
_YARD_M: Final = 6.0


def candidates(
    lands: Sequence[Land],
    clusters: Sequence[Cluster],
    ground: Ground,
    streets: Sequence[Street],
    seed: int,
) -> Plots:
    """Return a footprint at every frontage of every street, still overlapping at the corners."""
    rng = stream(seed, "lots")
    parts = []
    for index, street in enumerate(streets):
        zone = Zone.ROADSIDE if street.main else clusters[street.cluster].zone
        for side in (1, -1):
            plots = _frontage(street, index, zone, side, rng)
            if plots is not None:
                parts.append(plots)
    return _ranked(join(parts), lands, clusters, ground, rng)


def _frontage(
    street: Street, index: int, zone: Zone, side: int, rng: np.random.Generator
) -> Plots | None:
    build = _BUILD[zone]
    length = street.line.length
    count = int(length / (build.width[0] + build.gap[0])) + 1
    width = rng.uniform(*build.width, count)
    gap = rng.uniform(*build.gap, count) + _YARD_M * (rng.random(count) < _YARD_SHARE)
    start = np.cumsum(width + gap) - width + rng.uniform(0, 3)
    fits = start + width < length - 1.0
    if not fits.any():
        return None
    width, start, count = width[fits], start[fits], int(fits.sum())
    depth = rng.uniform(*build.depth, count)
    first, last = (_on_line(street, at) for at in (start, start + width))
    if side < 0:  # the street is always in front: walk it the other way
        first, last = last, first
    chord = last - first
    u = chord / np.hypot(*chord.T)[:, None]
    back = street.half_width + rng.uniform(*build.setback, count) + depth / 2
    middle = (first + last) / 2 + np.column_stack([-u[:, 1], u[:, 0]]) * back[:, None]
    cut = (rng.random((2, count)) * 0.2 + 0.28) * (rng.random(count) < build.cut_share)
    whole = np.zeros(count, dtype=np.int64)
    number = 2 * (start // 9).astype(np.int64) + (1 if side > 0 else 2)
    return Plots(
        middle[:, 0],
        middle[:, 1],
        u[:, 0],
        u[:, 1],
        width,
        depth,
        cut[0],
        cut[1],
        np.where(rng.random(count) < 0.5, -1.0, 1.0),  # noqa: PLR2004 - either side
        whole + int(zone),
        whole,
        whole + index,
        number,
        np.zeros(count),
    )


def _on_line(street: Street, at: Array) -> Array:
    return shapely.get_coordinates(shapely.line_interpolate_point(street.line, at))


def _ranked(
    plots: Plots,
    lands: Sequence[Land],
    clusters: Sequence[Cluster],
    ground: Ground,
    rng: np.random.Generator,
) -> Plots:
    """Return the plots inside a community, with the community and how early each is built."""
    xy = np.column_stack([plots.x, plots.y])
    owner = ground.cluster[ground.cells(xy)]
    depth = np.zeros(len(plots))
    for index, cluster in enumerate(clusters):
        own = owner == index
        depth[own] = cluster.depth(xy[own])
    # A building by the road outside the villages comes last, if at all.
    late = np.where(owner < 0, 1.0, 1 - depth) - 0.15 * (plots.zone == int(Zone.ROADSIDE))
    plots.rank[:] = late + rng.uniform(0, 0.32, len(plots))
    plots.land[:] = -1
    footprints = plots.polygons()
    for index, land in enumerate(lands):
        inner = land.polygon.buffer(-EDGE_M)
        shapely.prepare(inner)
        plots.land[shapely.contains(inner, footprints)] = index
    return plots.take(plots.land >= 0)


def free_of(
    plots: Plots,
    streets: Sequence[Street],
    closed: Sequence[shapely.Geometry],
) -> Plots:
    """Return the plots that touch no street and no closed area."""
    footprints = plots.polygons()
    hit = np.zeros(len(plots), dtype=bool)
    for half_width in sorted({street.half_width for street in streets}):
        lines = [street.line for street in streets if street.half_width == half_width]
        touching = STRtree(footprints).query(
            lines, predicate="dwithin", distance=half_width + KERB_M
        )
        hit[touching[1]] = True
    if closed:
        touching = STRtree(footprints).query(list(closed), predicate="dwithin", distance=2.0)
        hit[touching[1]] = True
    return plots.take(~hit)


def choose(plots: Plots, quota: Ints, clusters: Sequence[Cluster], sites: Sites) -> Plots:
    """Return what is built: the sites, and in each community as many lots as its quota leaves.

    Industrial estates and the heritage village are filled to their own figures first; fewer are
    returned where there is no more room.
    """
    plots = thin(plots, GAP_M)
    chosen = np.zeros(len(plots), dtype=bool)
    for land, wanted in enumerate(quota):
        rest = int(wanted) - int((sites.plots.land == land).sum())
        own = np.flatnonzero(plots.land == land)
        for zone in (Zone.HERITAGE, Zone.INDUSTRY):
            share = sum(c.count for c in clusters if c.land == land and c.zone is zone)
            picked = own[plots.zone[own] == int(zone)][: max(0, min(share, rest))]
            chosen[picked] = True
            rest -= len(picked)
        others = own[
            ~chosen[own] & ~np.isin(plots.zone[own], (int(Zone.HERITAGE), int(Zone.INDUSTRY)))
        ]
        chosen[others[: max(0, rest)]] = True
    return join([sites.plots, plots.take(chosen)])
