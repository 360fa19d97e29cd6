"""Footprints as arrays: oriented rectangles, some with a corner cut out (L-shapes)."""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.land import Array, Ints

#: Devices keep this share of a side away from the walls.
WALL: Final = 0.10

#: Corners of a rectangle as multiples of the half sides.
_RECTANGLE: Final = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))


@dataclass(frozen=True, slots=True)
class Plots:
    """Footprints in metres, one array element each.

    Attributes
    ----------
    x, y
        Middle of the rectangle.
    ux, uy
        Unit vector along the street (the width).
    width, depth
        Sides along and across the street.
    cut_x, cut_y
        Share of width and depth that is cut from one corner; 0 for a rectangle.
    flip
        -1 or 1: on which side the cut is.
    zone, land, street
        Kind of ground (:mod:`data.demo.clusters`), index of the community, index of the street.
    number
        House number.
    rank
        Smaller is built first.
    """

    x: Array
    y: Array
    ux: Array
    uy: Array
    width: Array
    depth: Array
    cut_x: Array
    cut_y: Array
    flip: Array
    zone: Ints
    land: Ints
    street: Ints
    number: Ints
    rank: Array

    def __len__(self) -> int:
        return len(self.x)

    def take(self, which: Ints | NDArray[np.bool_]) -> "Plots":
        """Return some of them."""
        return Plots(*(getattr(self, field.name)[which] for field in fields(self)))

    def at(self, across: Array, back: Array, which: Ints | None = None) -> Array:
        """Return points in metres, shape (n, 2), from shares of the half sides in [-1, 1].

        Parameters
        ----------
        which
            Index of the plot of each point; every plot once if None.
        """
        i = np.arange(len(self)) if which is None else which
        along = across * self.width[i] / 2 * self.flip[i]
        behind = back * self.depth[i] / 2
        return np.column_stack(
            [
                self.x[i] + along * self.ux[i] - behind * self.uy[i],
                self.y[i] + along * self.uy[i] + behind * self.ux[i],
            ]
        )

    def grown(self, metres: float) -> "Plots":
        """Return them larger by a margin on each side and without cuts."""
        none = np.zeros(len(self))
        return replace(
            self,
            width=self.width + 2 * metres,
            depth=self.depth + 2 * metres,
            cut_x=none,
            cut_y=none,
        )

    def polygons(self) -> NDArray[np.object_]:
        """Return the footprints."""
        rings = [self.at(*_corner(across, back, len(self))) for across, back in _RECTANGLE]
        made = np.asarray(shapely.polygons(np.stack(rings, axis=1)), dtype=object)
        cut = np.flatnonzero(self.cut_x > 0)
        if len(cut):
            made[cut] = self.take(cut)._cut_polygons()
        return np.asarray(shapely.normalize(made), dtype=object)

    def inside(self, which: Ints, rng: np.random.Generator) -> Array:
        """Return one random point within each chosen footprint, shape (len(which), 2)."""
        across, back = rng.uniform(WALL - 1, 1 - WALL, (2, len(which)))
        edge_x = 1 - 2 * self.cut_x[which] - WALL
        edge_y = 1 - 2 * self.cut_y[which] - WALL
        lost = (self.cut_x[which] > 0) & (across > edge_x) & (back > edge_y)
        back = np.where(lost, WALL - 1 + (edge_y + 1 - WALL) * rng.random(len(which)), back)
        return self.at(across, back, which)

    def _cut_polygons(self) -> NDArray[np.object_]:
        one = np.ones(len(self))
        a, b = 1 - 2 * self.cut_x, 1 - 2 * self.cut_y
        corners = ((-one, -one), (one, -one), (one, b), (a, b), (a, one), (-one, one), (-one, -one))
        rings = [self.at(across, back) for across, back in corners]
        return np.asarray(shapely.polygons(np.stack(rings, axis=1)), dtype=object)


def _corner(across: float, back: float, count: int) -> tuple[Array, Array]:
    return np.full(count, float(across)), np.full(count, float(back))


def join(parts: list[Plots]) -> Plots:
    """Return all plots as one."""
    return Plots(
        *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Plots))
    )


def thin(plots: Plots, gap_m: float) -> Plots:
    """Return the plots that don't come nearer than ``gap_m`` to one built before them."""
    order = np.argsort(plots.rank, kind="stable")
    ordered = plots.take(order)
    boxes = ordered.grown(gap_m / 2).polygons()
    pairs = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    earlier, later = pairs[:, pairs[0] < pairs[1]]
    kept = np.ones(len(ordered), dtype=bool)
    for i in np.lexsort((earlier, later)):
        if kept[earlier[i]]:
            kept[later[i]] = False
    return ordered.take(kept)
