"""The surface: a mixture of event densities of several scales and ages, weighed by what came next.

The chance that the next event falls into a cell is a weighted sum of densities. Each density is of
the past events alone, spread by one scale and faded by one half-life. The weights are those under
which the events that really came next were likeliest, over several moments of the past ("rolling
origin"); they are found by expectation maximisation (Dempster, Laird & Rubin 1977, J. R. Stat.
Soc. B 39), which can't overshoot and has one optimum: the likelihood is concave in the weights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.risk.events import Events
from geo.risk.grid import Grid

#: Standard deviations, metres; 0: the cell of the event itself.
SCALES_M: Final = (0.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)
#: After so many days an event counts half; None: it never fades.
HALF_LIVES_D: Final = (None, 365.0, 90.0)
#: The last so many periods are forecast from what was before each of them, to find the weights.
ORIGINS: Final = 12
PERIOD_D: Final = (7, 30)
#: At the first of them this share of the time at hand must have passed.
SHARE_BEFORE: Final = 0.5
#: The weights begin as if so many events had been seen to follow the first guess.
PRIOR_EVENTS: Final = 10.0
STEPS: Final = 500
ENOUGH: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Part:
    """One density of the mixture.

    Attributes
    ----------
    wanted
        Of the events that are forecast, or of the others; None for the same everywhere.
    scale_m
        Standard deviation of the kernel; 0: none.
    half_life_d
        Days after which an event counts half; None: it never fades.
    """

    wanted: bool | None
    scale_m: float = 0.0
    half_life_d: float | None = None


#: The same everywhere: what has never burnt may burn too.
EVERYWHERE: Final = Part(None)
PARTS: Final = (
    EVERYWHERE,
    *(Part(*one) for one in product((True, False), SCALES_M, HALF_LIVES_D)),
)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part of the mixture counts; they sum to 1.

    Attributes
    ----------
    share : dict
    learnt_from
        Events that came next in the periods they were found on; 0: only the first guess.
    """

    share: dict[Part, float]
    learnt_from: int


@dataclass(frozen=True, slots=True)
class Surface:
    """The expected share of the next events in each cell of the study area; it sums to 1.

    Attributes
    ----------
    density : ndarray, shape (cells of the grid,)
        0 outside the study area.
    weights : Weights
    """

    density: NDArray[np.float64]
    weights: Weights


def densities(
    grid: Grid, area: NDArray[np.bool_], past: Events, day: int, parts: Sequence[Part] = PARTS
) -> NDArray[np.float64]:
    """Return each part's density over the study area, as seen from a day.

    Parameters
    ----------
    grid : Grid
    area : ndarray of bool, shape (cells,)
    past : Events
        Events before ``day``.
    day
        Days since 1970-01-01.
    parts

    Returns
    -------
    ndarray, shape (parts, cells of the area)
        Each row sums to 1; a part without events is the same everywhere.
    """
    here = int(area.sum())
    rows = np.full((len(parts), here), 1.0 / here)
    for row, part in zip(rows, parts, strict=True):
        if part.wanted is None:
            continue
        some = past.where(past.wanted == part.wanted)
        weight = None
        if part.half_life_d is not None:
            weight = 0.5 ** ((day - some.day) / part.half_life_d)
        found = grid.smooth(some.xy, part.scale_m, weight)[area]
        if found.sum() > 0:
            row[:] = found / found.sum()
    return rows


def likeliest(
    rows: NDArray[np.float64], count: NDArray[np.float64], guess: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weights under which the counted events were likeliest.

    Parameters
    ----------
    rows : ndarray, shape (parts, places)
        Density of each part where events were counted.
    count : ndarray, shape (places,)
        Events there.
    guess : ndarray, shape (parts,)
        Weights that are believed as if :data:`PRIOR_EVENTS` events had followed them.

    Returns
    -------
    ndarray, shape (parts,)
        Not negative; they sum to 1.
    """
    weights = guess.copy()
    for _ in range(STEPS):
        share = rows * weights[:, None]
        total = share.sum(axis=0)
        caused = (share * (count / np.where(total > 0, total, 1.0))).sum(axis=1)
        better = (caused + PRIOR_EVENTS * guess) / (caused.sum() + PRIOR_EVENTS)
        moved = float(np.abs(better - weights).max())
        weights = better
        if moved < ENOUGH:
            break
    return weights


def learn(
    grid: Grid,
    area: NDArray[np.bool_],
    past: Events,
    day: int,
    tell: Callable[[float], None] = lambda _: None,
) -> Weights:
    """Return the weights that would have foreseen best what came before a day.

    Every density is of events before its period, so that nothing after ``day`` and nothing of a
    period itself can help to foresee it. ``tell`` hears of the share that is done.
    """
    past = past.before(day)
    guess = np.full(len(PARTS), 1.0 / len(PARTS))
    seen, came = [], []
    spans = periods(past, day)
    for done, (start, end) in enumerate(spans, start=1):
        count = grid.count(_wanted(past.between(start, end)).xy)[area]
        there = np.flatnonzero(count)
        seen.append(densities(grid, area, past.before(start), start)[:, there])
        came.append(count[there])
        tell(done / len(spans))
    total = int(sum(count.sum() for count in came))
    weights = likeliest(np.hstack(seen), np.concatenate(came), guess) if total else guess
    return Weights(dict(zip(PARTS, weights.tolist(), strict=True)), total)


def periods(past: Events, day: int) -> list[tuple[int, int]]:
    """Return the periods, first and next day, on which the weights are found; none without past."""
    if not len(past):
        return []
    first = int(past.day.min())
    length = int(np.clip((day - first) * SHARE_BEFORE / ORIGINS, *PERIOD_D))
    starts = [day - length * k for k in range(ORIGINS, 0, -1)]
    return [(start, start + length) for start in starts if start - first >= length]


def forecast(
    grid: Grid,
    area: NDArray[np.bool_],
    events: Events,
    day: int,
    tell: Callable[[float], None] = lambda _: None,
) -> Surface:
    """Return the surface as it could be known at the beginning of a day.

    Parameters
    ----------
    grid : Grid
    area : ndarray of bool, shape (cells,)
        The study area; from the events before ``day`` if nothing later may leak.
    events : Events
        Those of later days are not looked at.
    day
        Days since 1970-01-01.
    tell : callable
        Hears of the share that is done.
    """
    past = events.before(day)
    weights = learn(grid, area, past, day, tell)
    used = [part for part, share in weights.share.items() if share > 0]
    rows = densities(grid, area, past, day, used)
    density = np.zeros(len(grid))
    density[area] = np.array([weights.share[part] for part in used]) @ rows
    return Surface(density, weights)


def _wanted(events: Events) -> Events:
    return events.where(events.wanted)
