"""Square cells over a study area, and events counted and smoothed on them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from geo.risk.errors import EventsError

#: The study area: cells whose middle is so near to any past event, metres.
NEAR_M: Final = 500.0
MAX_CELLS: Final = 4_000_000
#: A kernel is cut where nothing is left of it, in standard deviations.
TRUNCATE: Final = 4.0
#: Points are sorted into squares of at most this share of the kernel's width before it is laid.
FINEST: Final = 1.0
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Grid:
    """``nx`` × ``ny`` square cells; the cell of column i and row j is number ``j * nx + i``."""

    west: float
    south: float
    nx: int
    ny: int
    cell_m: float

    def __len__(self) -> int:
        return self.nx * self.ny

    def index(self, xy: NDArray[np.float64], split: int = 1) -> NDArray[np.int64]:
        """Return the number of the cell of each point, -1 outside.

        Parameters
        ----------
        xy : ndarray, shape (n, 2)
            Metres.
        split
            Into how many parts each side of a cell is divided; the numbers are those of the parts.
        """
        side = self.cell_m / split
        i = np.floor((xy[:, 0] - self.west) / side).astype(np.int64)
        j = np.floor((xy[:, 1] - self.south) / side).astype(np.int64)
        nx, ny = self.nx * split, self.ny * split
        return np.where((i >= 0) & (i < nx) & (j >= 0) & (j < ny), j * nx + i, NONE)

    def middles(self) -> NDArray[np.float64]:
        """Return the middle of each cell, shape (n, 2), metres."""
        x = self.west + (np.arange(self.nx) + 0.5) * self.cell_m
        y = self.south + (np.arange(self.ny) + 0.5) * self.cell_m
        return np.column_stack([np.tile(x, self.ny), np.repeat(y, self.nx)])

    def count(
        self, xy: NDArray[np.float64], weight: NDArray[np.float64] | None = None, split: int = 1
    ) -> NDArray[np.float64]:
        """Return the events, or their weights, in each cell; those outside count nowhere."""
        number = self.index(xy, split)
        inside = number != NONE
        weights = None if weight is None else weight[inside]
        size = len(self) * split * split
        return np.bincount(number[inside], weights, size).astype(np.float64)

    def smooth(
        self, xy: NDArray[np.float64], scale_m: float, weight: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the events in each cell after each was spread by a Gaussian.

        Parameters
        ----------
        xy : ndarray, shape (n, 2)
            Metres.
        scale_m
            Standard deviation; 0 leaves each event where it is.
        weight : ndarray, shape (n,), optional
        """
        if scale_m <= 0:
            return self.count(xy, weight)
        split = max(1, int(np.ceil(self.cell_m / (FINEST * scale_m))))
        fine = self.count(xy, weight, split).reshape(self.ny * split, self.nx * split)
        sigma = scale_m * split / self.cell_m
        spread = ndimage.gaussian_filter(fine, sigma, mode="constant", truncate=TRUNCATE)
        parts = spread.reshape(self.ny, split, self.nx, split)
        return np.asarray(parts.sum(axis=(1, 3)).ravel(), dtype=np.float64)


def grid_over(xy: NDArray[np.float64], cell_m: float, margin_m: float = NEAR_M) -> Grid:
    """Return the grid over some points and a margin; its lines are at whole multiples of a cell.

    Raises
    ------
    EventsError
        If there are no points, or they are so far apart that the grid would be too large.
    """
    if not len(xy):
        raise EventsError("no events: there is nothing to lay a grid over")
    low = np.floor((xy.min(axis=0) - margin_m) / cell_m)
    high = np.floor((xy.max(axis=0) + margin_m) / cell_m) + 1
    nx, ny = (high - low).astype(int)
    if nx * ny > MAX_CELLS:
        raise EventsError(
            f"the events lie over {nx * cell_m / 1000:.0f} × {ny * cell_m / 1000:.0f} km, "
            f"{nx * ny:,} cells of {cell_m:g} m; at most {MAX_CELLS:,}: take larger cells"
        )
    west, south = low * cell_m
    return Grid(float(west), float(south), int(nx), int(ny), cell_m)


def study_area(grid: Grid, xy: NDArray[np.float64], near_m: float = NEAR_M) -> NDArray[np.bool_]:
    """Return which cells' middles are within ``near_m`` (of large cells: a cell) of a point."""
    reach = max(near_m, grid.cell_m)
    distance, _ = cKDTree(xy).query(grid.middles(), distance_upper_bound=reach)
    return np.asarray(np.isfinite(distance))
