"""Events as arrays: where, on which day, and whether they are of the kind to be forecast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.risk.errors import EventsError


@dataclass(frozen=True, slots=True)
class Events:
    """Some events.

    Attributes
    ----------
    xy : ndarray, shape (n, 2)
        Easting and northing in metres, in any equal-area or conformal projection of the city.
    day : ndarray of int, shape (n,)
        Days since 1970-01-01.
    wanted : ndarray of bool, shape (n,)
        Whether the event is of the kind that is forecast; the others only help to foresee it.
    """

    xy: NDArray[np.float64]
    day: NDArray[np.int64]
    wanted: NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = len(self.day)
        if self.xy.shape != (n, 2) or self.wanted.shape != (n,):
            raise EventsError(
                f"{n} days need ({n}, 2) coordinates and ({n},) kinds, "
                f"not {self.xy.shape} and {self.wanted.shape}"
            )
        if not np.isfinite(self.xy).all():
            raise EventsError("coordinates must be finite")

    def __len__(self) -> int:
        return len(self.day)

    def where(self, which: NDArray[np.bool_]) -> "Events":
        """Return some of them."""
        return Events(self.xy[which], self.day[which], self.wanted[which])

    def between(self, start: int, end: int) -> "Events":
        """Return those of the days from ``start`` to before ``end``."""
        return self.where((self.day >= start) & (self.day < end))

    def before(self, end: int) -> "Events":
        """Return those before a day."""
        return self.where(self.day < end)
