"""How good a surface was: hit rate, PAI, PEI, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Shares of the study area that are looked at.
SHARES: Final = (0.05, 0.10, 0.20)
DRAWS: Final = 2000
#: Of the draws, this much is left out on either side.
TAIL: Final = 0.025
#: Draws at a time: a thousand events make a block of a few megabytes.
BLOCK: Final = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """A surface against the events that came, by share of the area.

    Attributes
    ----------
    hit : dict of float to Interval
        Share of the events in the cells that the surface ranks first, up to that share of the area.
    pai : dict of float to Interval
        Prediction accuracy index: hit rate over share of area; 1 is no better than chance (Chainey,
        Tompson & Uhlig 2008, Security Journal 21).
    pei : dict of float to float
        Prediction efficiency index: PAI over the best that was possible (Hunt 2016).
    """

    hit: Mapping[float, Interval]
    pai: Mapping[float, Interval]
    pei: Mapping[float, float]


def chosen(score: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return how much of each cell is among the first ``share`` of the area.

    Cells of one score that the line runs through are taken in part, each alike: what a random
    order of them would give on average, without chance.

    Parameters
    ----------
    score : ndarray, shape (cells of the study area,)
    share
        Of the area, in (0, 1].

    Returns
    -------
    ndarray, shape (cells,)
        0 to 1; its sum is ``share * cells``.
    """
    wanted = share * len(score)
    value, cell, size = np.unique(-score, return_inverse=True, return_counts=True)
    before = np.concatenate([[0], np.cumsum(size)[:-1]])
    part = np.clip((wanted - before) / size, 0.0, 1.0)
    return np.asarray(part[cell.ravel()] if len(value) else part, dtype=np.float64)


def hits(
    score: NDArray[np.float64], event_cell: NDArray[np.int64], share: float
) -> NDArray[np.float64]:
    """Return how much each event was foreseen: 1 in a chosen cell, 0 elsewhere or outside.

    Parameters
    ----------
    score : ndarray, shape (cells of the study area,)
    event_cell : ndarray of int, shape (events,)
        Position of each event's cell in ``score``; -1 outside the study area.
    share
        Of the area that is chosen.
    """
    found = chosen(score, share)[event_cell]
    return np.where(event_cell >= 0, found, 0.0)


def assess(
    score: NDArray[np.float64],
    best: NDArray[np.float64],
    event_cell: NDArray[np.int64],
    seed: int = 0,
) -> Score:
    """Return how good a surface was; ``best`` is the surface of an oracle, for PEI."""
    hit, pai, pei = {}, {}, {}
    for share in SHARES:
        foreseen = hits(score, event_cell, share)
        hit[share] = with_interval(foreseen, seed)
        pai[share] = Interval(
            hit[share].value / share, hit[share].low / share, hit[share].high / share
        )
        possible = float(hits(best, event_cell, share).mean())
        pei[share] = hit[share].value / possible if possible > 0 else 0.0
    return Score(hit, pai, pei)


def with_interval(values: NDArray[np.float64], seed: int = 0) -> Interval:
    """Return the mean of one value an event, with its bootstrap interval over the events.

    Two surfaces are compared by the differences of their hits, event by event ("paired").
    """
    means = bootstrap_means(values, seed)
    low, high = np.quantile(means, [TAIL, 1 - TAIL])
    return Interval(float(values.mean()), float(low), float(high))


def bootstrap_means(values: NDArray[np.float64], seed: int = 0) -> NDArray[np.float64]:
    """Return the means of :data:`DRAWS` samples with replacement (Efron 1979)."""
    rng = np.random.default_rng(seed)
    n = len(values)
    blocks = [
        values[rng.integers(0, n, (min(BLOCK, DRAWS - at), n))].mean(axis=1)
        for at in range(0, DRAWS, BLOCK)
    ]
    return np.concatenate(blocks)
