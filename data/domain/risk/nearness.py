"""The density of past events, at buildings and elsewhere: the surface of docs/risk.md."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from data.domain.risk.records import Buildings, Floats, Raster
from geo.risk.events import Events
from geo.risk.grid import NONE
from geo.risk.mixture import forecast as surface_of
from geo.risk.surface import Frame, add, draw, frame_of, sums

#: Cells of the density are so many times as wide as those that are drawn.
SIDE: Final = 4


@dataclass(frozen=True, slots=True)
class Density:
    """Where the next event comes, as a share of 1 in each larger cell.

    Attributes
    ----------
    frame : Frame
        Of the larger cells.
    share : ndarray, shape (cells,)
    """

    frame: Frame
    share: Floats

    def nearby(self, xy: Floats) -> Floats:
        """Return the density at each place over its mean over all; NaN outside the area."""
        number = self.frame.grid.index(xy)
        inside = (number != NONE) & self.frame.inside[number]
        here = np.where(inside, self.share[number], np.nan)
        mean = np.sort(here[inside]).mean() if inside.any() else np.nan
        return np.asarray(here / mean)


def density(frame: Frame, events: Events, day: int) -> Density:
    """Return the density as it was known at the beginning of a day (days since 1970-01-01).

    Without events it is the same everywhere.
    """
    larger, _sums = sums(frame, np.zeros(len(frame.grid)), SIDE)
    inside = larger.grid.index(events.xy) != NONE
    surface = surface_of(larger.grid, larger.inside, events.where(inside), day)
    return Density(larger, surface.density)


def with_nearby(buildings: Buildings, there: Density) -> Buildings:
    """Return the buildings with the fact ``nearby``."""
    return buildings.having(nearby=there.nearby(buildings.xy))


def filtered(area: Polygon | MultiPolygon, xy: Floats, expected: NDArray[np.floating]) -> Raster:
    """Return the surface of some buildings alone."""
    frame = frame_of(area)
    return _raster(frame, draw(frame, xy, expected))


def _raster(frame: Frame, cells: Floats) -> Raster:
    grid = frame.grid
    shown = np.where(frame.inside, cells, np.nan).astype(np.float32)
    return Raster(shown.reshape(grid.ny, grid.nx), grid.west, grid.south, grid.cell_m)


@dataclass(frozen=True, slots=True)
class Canvas:
    """Draws the surface: the buildings' expected events, and those of elsewhere below them."""

    frame: Frame
    density: Density
    elsewhere: float

    def draw(self, xy: Floats, expected: NDArray[np.floating]) -> Raster:
        """Return the surface of all buildings."""
        cells = draw(self.frame, xy, expected) + self._elsewhere()
        return _raster(self.frame, cells)

    def redraw(self, surface: Raster, xy: Floats, more: Floats) -> Raster:
        """Return a surface to which expected events at some places were added."""
        cells = np.nan_to_num(surface.values.ravel().astype(np.float64))
        return _raster(self.frame, add(self.frame, cells, xy, more))

    def _elsewhere(self) -> Floats:
        grid, larger = self.frame.grid, self.density.frame.grid
        share = self.density.share.reshape(larger.ny, larger.nx)
        fine = np.repeat(np.repeat(share, SIDE, axis=0), SIDE, axis=1)[: grid.ny, : grid.nx]
        fine = np.where(self.frame.inside, fine.ravel(), 0.0)
        total = fine.sum()
        return fine * (self.elsewhere / total) if total > 0 else fine
