"""A forecast that is made as if it were then, and compared with what came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.risk.errors import EventsError
from geo.risk.events import Events
from geo.risk.grid import NONE, Grid, grid_over, study_area
from geo.risk.mixture import Surface, forecast
from geo.risk.score import Interval, Score, assess, hits, with_interval

MODEL: Final = "model"
RAW_COUNTS: Final = "raw_counts"
ORACLE: Final = "oracle"
#: The usual kernel density maps, with their standard deviation in metres.
KDE: Final = {"kde_200": 200.0, "kde_500": 500.0}
#: Where the surfaces are compared with each other.
COMPARED: Final = 0.10


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of it.

    Attributes
    ----------
    grid : Grid
    area : ndarray of bool, shape (cells,)
        The study area: what was near to any event before the test, whatever its kind.
    surfaces : dict of str to ndarray, shape (cells,)
        The model's, the baselines' and the oracle's; the oracle knows what came.
    scores : dict of str to Score
    ahead : dict of str to Interval
        How much more than each baseline the model foresaw at a tenth of the area, paired.
    tested, outside
        Events that came; of these, outside the study area, which nobody could foresee.
    """

    grid: Grid
    area: NDArray[np.bool_]
    model: Surface
    surfaces: Mapping[str, NDArray[np.float64]]
    scores: Mapping[str, Score]
    ahead: Mapping[str, Interval]
    trained: int
    tested: int
    outside: int

    @property
    def area_km2(self) -> float:
        """The study area in square kilometres."""
        return float(self.area.sum()) * self.grid.cell_m**2 / 1e6


def backtest(
    events: Events,
    cell_m: float,
    start: int,
    end: int,
    tell: Callable[[float], None] = lambda _: None,
) -> Backtest:
    """Forecast the days from ``start`` to before ``end`` from those before, and compare.

    Parameters
    ----------
    events : Events
    cell_m
        Side of a cell in metres.
    start, end
        Days since 1970-01-01.
    tell : callable
        Hears of the share that is done.

    Raises
    ------
    EventsError
        If there is nothing to forecast from, or nothing came to compare with.
    """
    past, came = events.before(start), events.between(start, end)
    came = came.where(came.wanted)
    if not past.wanted.any():
        raise EventsError("no event of the wanted kind before the test: nothing to forecast from")
    if not len(came):
        raise EventsError("no event of the wanted kind in the test: nothing to compare with")
    grid = grid_over(past.xy, cell_m)
    area = study_area(grid, past.xy)
    model = forecast(grid, area, past, start, tell)
    surfaces = {MODEL: model.density, **_baselines(grid, past), ORACLE: grid.count(came.xy)}
    where = _places(grid, area, came)
    best = surfaces[ORACLE][area]
    scores = {name: assess(one[area], best, where) for name, one in surfaces.items()}
    return Backtest(
        grid,
        area,
        model,
        surfaces,
        scores,
        _ahead({name: one[area] for name, one in surfaces.items()}, where),
        trained=int(past.wanted.sum()),
        tested=len(came),
        outside=int((where == NONE).sum()),
    )


def _baselines(grid: Grid, past: Events) -> dict[str, NDArray[np.float64]]:
    wanted = past.where(past.wanted).xy
    smooth = {name: grid.smooth(wanted, scale) for name, scale in KDE.items()}
    return {RAW_COUNTS: grid.count(wanted), **smooth}


def _places(grid: Grid, area: NDArray[np.bool_], came: Events) -> NDArray[np.int64]:
    """Return the position of each event's cell within the study area, -1 outside."""
    position = np.full(len(grid) + 1, NONE)
    position[:-1][area] = np.arange(int(area.sum()))
    return np.asarray(position[grid.index(came.xy)])


def _ahead(
    surfaces: Mapping[str, NDArray[np.float64]], where: NDArray[np.int64]
) -> dict[str, Interval]:
    foreseen = {name: hits(one, where, COMPARED) for name, one in surfaces.items()}
    return {name: with_interval(foreseen[MODEL] - foreseen[name]) for name in (RAW_COUNTS, *KDE)}
