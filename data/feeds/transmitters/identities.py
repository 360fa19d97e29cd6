"""By which id a message is known again when the transmitter repeats it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from data.domain.readings import is_believable
from data.feeds.transmitters.received import Received
from data.feeds.transmitters.translate import Noted, Said

#: For how long a repetition of a message is expected, by a clock that only grows.
KEPT_S: Final = 120.0
MOST_KEPT: Final = 50_000


def message_id(one: Received, said: Said | Noted) -> str:
    """Return the same id for the same thing said again.

    What it is and when it happened tell one from another. Where the device's clock tells nothing,
    its serial number and our minute do.
    """
    name = f"gb-{one.message.source:x}-{said.identity}"
    if said.at is not None and is_believable(said.at, one.at):
        return name
    return f"{name}-{one.message.serial:x}-{int(one.at.timestamp()) // 60:x}"


class Identities:
    """The ids given lately: a repetition has that of the first, whatever our clock did meanwhile.

    Its minute may have passed, or somebody has set the clock, so that a time that was believable
    is so no more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given: OrderedDict[tuple[int, int, str], tuple[str, float]] = OrderedDict()

    def of(self, one: Received, said: Said | Noted) -> str:
        """Return the id of one thing that a message says."""
        now = self._clock()
        self._forget(now)
        key = (one.message.source, one.message.serial, said.identity)
        known = self._given.get(key)
        if known is not None:
            return known[0]
        made = message_id(one, said)
        self._given[key] = (made, now)
        return made

    def _forget(self, now: float) -> None:
        while self._given:
            _, at = next(iter(self._given.values()))
            if at > now - KEPT_S and len(self._given) < MOST_KEPT:
                return
            self._given.popitem(last=False)
