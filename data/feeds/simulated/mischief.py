"""What goes wrong between devices and us: every sort can be switched, a seed makes it repeatable.

Alarms and faults are never left out here: a gap costs a reading, as a weak signal does.
"""

import heapq
import itertools
import random
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from data.domain.words import Reported
from data.feeds.simulated.messages import Message
from data.feeds.simulated.wire import Wire


class Fault(StrEnum):
    """A sort of trouble, by the word that switches it."""

    #: The same message twice, at once or a little later.
    DUPLICATES = "duplicates"
    #: Clocks that are off by up to two and a half minutes.
    DRIFT = "drift"
    #: Readings that never leave the device.
    GAPS = "gaps"
    #: Messages that come after later ones.
    LATE = "late"
    #: A device that says the same fifty times within a second.
    STORMS = "storms"
    #: A loose contact: a fault that comes and goes (``data.feeds.happenings``).
    FLAPPING = "flapping"
    #: Frames that arrive in pieces, with garbage between them.
    LINES = "lines"


ALL: Final = frozenset(Fault)
NONE: Final[frozenset[Fault]] = frozenset()

DUPLICATE_CHANCE: Final = 0.01
GAP_CHANCE: Final = 0.004
LATE_CHANCE: Final = 0.005
LATE_S: Final = (5.0, 90.0)
STORM_CHANCE: Final = 0.000_05
STORM_MESSAGES: Final = 50
DRIFTING_SHARE: Final = 0.05
DRIFT_S: Final = (10.0, 150.0)
BAD_LINES_SHARE: Final = 0.15
_QUIET: Final = frozenset({str(Reported.NORMAL), str(Reported.ALIVE)})


def parse_faults(text: str) -> frozenset[Fault]:
    """Return the sorts that a person named: ``all``, ``none`` or words with commas.

    Raises
    ------
    ValueError
        If a word is none of them.

    Examples
    --------
    >>> sorted(parse_faults("drift, gaps"))
    [<Fault.DRIFT: 'drift'>, <Fault.GAPS: 'gaps'>]
    >>> parse_faults("all") == ALL, parse_faults("none") == NONE
    (True, True)
    """
    if text == "all":
        return ALL
    if text == "none":
        return NONE
    return frozenset(Fault(word.strip()) for word in text.split(","))


class Mischief:
    """Stands between what devices want to say and what is sent.

    Parameters
    ----------
    worse
        How many times as often as usual messages fare badly: scenarios and tests are short.
    """

    def __init__(self, faults: Iterable[Fault], seed: int, *, worse: float = 1.0) -> None:
        self._faults = frozenset(faults)
        self._seed = seed
        self._worse = worse
        self._rng = random.Random(seed)  # noqa: S311 - no secret
        self._held: list[tuple[float, int, Message]] = []
        self._number = itertools.count()

    def pass_on(
        self, messages: Sequence[Message], now: float, *, vital: bool = False
    ) -> list[Message]:
        """Return what is sent now: some twice, some that were held back, some never.

        Of what is ``vital`` nothing is left out or held back.
        """
        sent = self.due(now)
        for message in messages:
            lost = self._happens(Fault.GAPS, GAP_CHANCE) and message["status"] in _QUIET
            if lost and not vital:
                continue
            if self._happens(Fault.LATE, LATE_CHANCE) and not vital:
                self._hold(message, now)
            else:
                sent.append(message)
            if self._happens(Fault.DUPLICATES, DUPLICATE_CHANCE):
                self._again(message, now, sent)
            if self._happens(Fault.STORMS, STORM_CHANCE):
                sent += _storm(message)
        return sent

    def by_its_clock(self, message: Message) -> Message:
        """Return a message with the time that the device's own clock shows."""
        drift = self.drift_of(message["device_id"])
        if not drift:
            return message
        shown = datetime.fromisoformat(message["measured_at"]) + drift
        return {**message, "measured_at": shown.isoformat(timespec="milliseconds")}

    def due(self, now: float = float("inf")) -> list[Message]:
        """Return what was held back until now; without a time all of it."""
        found = []
        while self._held and self._held[0][0] <= now:
            found.append(heapq.heappop(self._held)[2])
        return found

    def drift_of(self, name: str) -> timedelta:
        """Return how far the clock of a device is off; always the same for the same seed."""
        draw = zlib.crc32(f"{self._seed}~{name}".encode()) / 2.0**32
        if Fault.DRIFT not in self._faults or draw >= DRIFTING_SHARE:
            return timedelta(0)
        least, most = DRIFT_S
        seconds = least + (most - least) * draw / DRIFTING_SHARE
        behind = zlib.crc32(f"{self._seed}-{name}".encode()) % 2
        return timedelta(seconds=-seconds if behind else seconds)

    def wire_of(self, address: int) -> Wire:
        """Return the line of a transmitter."""
        draw = zlib.crc32(f"{self._seed}={address}".encode())
        if Fault.LINES not in self._faults or draw / 2.0**32 >= BAD_LINES_SHARE * self._worse:
            return Wire()
        return Wire(draw, cut=0.3, garbage=0.1)

    def _happens(self, fault: Fault, chance: float) -> bool:
        return fault in self._faults and self._rng.random() < chance * self._worse

    def _hold(self, message: Message, now: float) -> None:
        due = now + self._rng.uniform(*LATE_S)
        heapq.heappush(self._held, (due, next(self._number), message))

    def _again(self, message: Message, now: float, sent: list[Message]) -> None:
        if self._rng.random() < 0.5:  # noqa: PLR2004 - as often at once as later
            sent.append(message)
        else:
            self._hold(message, now)


def _storm(message: Message) -> list[Message]:
    """Return a message that is said again and again, each time as a new one."""
    first = datetime.fromisoformat(message["measured_at"])
    return [
        {
            **message,
            "message_id": f"{message['message_id']}-{number}",
            "measured_at": (first + timedelta(milliseconds=20 * number)).isoformat(
                timespec="milliseconds"
            ),
        }
        for number in range(1, STORM_MESSAGES + 1)
    ]
