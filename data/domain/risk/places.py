"""Sums over communities, categories and other places: they add up from their buildings."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.domain.risk.levels import levels
from data.domain.risk.records import Level


@dataclass(frozen=True, slots=True)
class Place:
    """A community, category or other place.

    Attributes
    ----------
    key
    expected
        Events of 4 weeks at its buildings.
    buildings
        How many it has.
    level
        By its rank among the places.
    counts : tuple of int
        Its buildings by level: blue, yellow, orange, red.
    """

    key: str
    expected: float
    buildings: int
    level: Level
    counts: tuple[int, int, int, int]


def places(key: NDArray[Any], expected: NDArray[np.floating]) -> tuple[Place, ...]:
    """Return the places with buildings, the most expected first.

    Parameters
    ----------
    key : ndarray, shape (n,)
        In which place each building is.
    expected : ndarray, shape (n,)
    """
    if not len(key):
        return ()
    names, number = np.unique(key, return_inverse=True)
    sums = np.bincount(number, expected.astype(np.float64), len(names)).astype(np.float64)
    of_building, of_place = levels(expected), levels(sums)
    counts = np.zeros((len(names), len(Level)), dtype=np.int64)
    np.add.at(counts, (number, of_building), 1)
    found = [
        Place(str(name), float(sums[k]), int(counts[k].sum()), Level(of_place[k]), _four(counts[k]))
        for k, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda place: (-place.expected, place.key)))


def _four(counts: NDArray[np.int64]) -> tuple[int, int, int, int]:
    blue, yellow, orange, red = (int(one) for one in counts)
    return blue, yellow, orange, red
