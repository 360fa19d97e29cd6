"""红橙黄蓝 by fixed shares of the places, never by cut-offs on the score."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.risk.records import Level

#: The first 1 % are red, up to 5 % orange, up to 20 % yellow, the others blue.
SHARES: Final = {Level.RED: 0.01, Level.ORANGE: 0.05, Level.YELLOW: 0.20}


def levels(score: NDArray[np.floating]) -> NDArray[np.int8]:
    """Return the level of each place by its rank among all.

    Places of one score have one level: where a line runs through them, the lower one. So a town of
    which nothing is known is blue everywhere. Of few places the first is red all the same.

    Parameters
    ----------
    score : ndarray, shape (n,)
        NaN ranks last.
    """
    found = np.full(len(score), Level.BLUE, dtype=np.int8)
    values, place, count = np.unique(
        -np.nan_to_num(score, nan=-np.inf), return_inverse=True, return_counts=True
    )
    last = np.cumsum(count)  # how many places have this score or a higher one
    for level, share in sorted(SHARES.items()):
        reached = last <= max(1.0, share * len(score))
        found[reached[place.ravel()] & (score > 0)] = level
    return found if len(values) > 1 else np.full(len(score), Level.BLUE, dtype=np.int8)
