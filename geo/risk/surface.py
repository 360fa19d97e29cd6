"""The surface that is drawn: expected events in small cells, of buildings and of elsewhere."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely import MultiPolygon, Polygon

from geo.risk.grid import NONE, TRUNCATE, Grid

#: Side of a cell, metres.
CELL_M: Final = 25.0
#: A building's share is spread as wide as buildings are, no wider: blur loses hits (docs/risk.md).
SPREAD_M: Final = 30.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The cells of the study area.

    Attributes
    ----------
    grid : Grid
        Metres, EPSG:4549.
    inside : ndarray of bool, shape (cells,)
        Whether the middle of a cell is in the study area.
    kept : ndarray, shape (cells,)
        How much of a building in a cell stays in the area when it is spread.
    """

    grid: Grid
    inside: NDArray[np.bool_]
    kept: NDArray[np.float64]


def frame_of(area: Polygon | MultiPolygon, cell_m: float = CELL_M) -> Frame:
    """Return the cells of an area in EPSG:4549; its lines are at whole multiples of a cell."""
    west, south, east, north = area.bounds
    low = np.floor(np.array([west, south]) / cell_m)
    nx, ny = (np.floor(np.array([east, north]) / cell_m) + 1 - low).astype(int)
    grid = Grid(float(low[0] * cell_m), float(low[1] * cell_m), int(nx), int(ny), cell_m)
    shapely.prepare(area)
    middles = grid.middles()
    inside = shapely.contains_xy(area, middles[:, 0], middles[:, 1])
    return Frame(grid, inside, _spread(grid, inside.astype(np.float64)))


def draw(
    frame: Frame, xy: NDArray[np.float64], expected: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return expected events of each cell, shape (cells,), after each building was spread.

    What would fall outside the area stays in it: the cells sum to the buildings in the area.

    Parameters
    ----------
    frame : Frame
    xy : ndarray, shape (n, 2)
        Metres.
    expected : ndarray, shape (n,)
    """
    count = frame.grid.count(xy, np.asarray(expected, dtype=np.float64))
    share = np.where(frame.kept > 0, count / np.where(frame.kept > 0, frame.kept, 1.0), 0.0)
    return np.where(frame.inside, _spread(frame.grid, share), 0.0)


def add(
    frame: Frame,
    cells: NDArray[np.float64],
    xy: NDArray[np.float64],
    more: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return cells to which expected events at some places were added; only those near change."""
    grid, changed = frame.grid, cells.reshape(frame.grid.ny, frame.grid.nx).copy()
    inside = frame.inside.reshape(changed.shape)
    stamp = _stamp(grid)
    reach = len(stamp) // 2
    for number, one in zip(grid.index(xy), more, strict=True):
        if number == NONE or frame.kept[number] <= 0:
            continue
        j, i = divmod(int(number), grid.nx)
        down, left = max(j - reach, 0), max(i - reach, 0)
        part = stamp[down - j + reach : grid.ny - j + reach, left - i + reach : grid.nx - i + reach]
        here = (slice(down, down + part.shape[0]), slice(left, left + part.shape[1]))
        changed[here] += np.where(inside[here], part, 0.0) * (one / frame.kept[number])
    return np.asarray(changed.ravel())


def sums(frame: Frame, cells: NDArray[np.float64], side: int) -> tuple[Frame, NDArray[np.float64]]:
    """Return larger cells, each of ``side`` × ``side``, and the expected events in each of them.

    A larger cell is in the study area if any of it is.
    """
    grid = frame.grid
    ny, nx = -(-grid.ny // side), -(-grid.nx // side)
    larger = Grid(grid.west, grid.south, nx, ny, grid.cell_m * side)
    together = [
        np.pad(one.reshape(grid.ny, grid.nx), ((0, ny * side - grid.ny), (0, nx * side - grid.nx)))
        .reshape(ny, side, nx, side)
        .sum(axis=(1, 3))
        .ravel()
        for one in (cells, frame.inside.astype(np.float64))
    ]
    inside = together[1] > 0
    return Frame(larger, inside, inside.astype(np.float64)), together[0]


def _spread(grid: Grid, cells: NDArray[np.float64]) -> NDArray[np.float64]:
    sigma = SPREAD_M / grid.cell_m
    square = cells.reshape(grid.ny, grid.nx)
    spread = ndimage.gaussian_filter(square, sigma, mode="constant", truncate=TRUNCATE)
    return np.asarray(spread.ravel(), dtype=np.float64)


def _stamp(grid: Grid) -> NDArray[np.float64]:
    """Return what one building in the middle of a cell leaves in the cells around it."""
    reach = int(TRUNCATE * SPREAD_M / grid.cell_m + 0.5)
    one = np.zeros((2 * reach + 1, 2 * reach + 1))
    one[reach, reach] = 1.0
    spread = ndimage.gaussian_filter(one, SPREAD_M / grid.cell_m, truncate=TRUNCATE)
    return np.asarray(spread, dtype=np.float64)
