"""How frames get onto a TCP connection: as they are, or as bad lines and modems treat them."""

import random
from collections.abc import Sequence
from typing import Final

#: Bytes of garbage between two frames at most.
MAX_GARBAGE: Final = 40
MAX_CUTS: Final = 4


class Wire:
    """Glues frames that are sent together; with chances above 0 also cuts them and adds garbage.

    Parameters
    ----------
    cut
        Chance that what is written together arrives in pieces.
    garbage
        Chance of random bytes before a frame.
    """

    def __init__(self, seed: int = 0, *, cut: float = 0.0, garbage: float = 0.0) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - no secret
        self._cut = cut
        self._garbage = garbage

    def chunks(self, frames: Sequence[bytes]) -> list[bytes]:
        """Return the pieces in which some frames are written, one after the other."""
        glued = b"".join(self._noise() + frame for frame in frames)
        if len(glued) <= MAX_CUTS or self._rng.random() >= self._cut:
            return [glued]
        number = self._rng.randint(1, MAX_CUTS)
        cuts = sorted(self._rng.sample(range(1, len(glued)), number))
        return [glued[a:b] for a, b in zip([0, *cuts], [*cuts, len(glued)], strict=True)]

    def _noise(self) -> bytes:
        if self._rng.random() >= self._garbage:
            return b""
        return self._rng.randbytes(self._rng.randint(1, MAX_GARBAGE))
