"""The time of the demo town: whole milliseconds since the epoch, and the span of its history."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from data.demo.devices import HISTORY_DAYS
from data.demo.land import Array, Ints
from data.domain.weeks import SHANGHAI

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
#: A time that has not come.
NEVER: Final = -1


@dataclass(frozen=True, slots=True)
class Clock:
    """The span of the town's history and its present, in milliseconds since the epoch.

    ``start`` is a local midnight, ``end`` the full hour that history ends at. Shanghai has no
    summer time: a day has 24 hours.
    """

    start: int
    end: int
    now: int

    @property
    def first_day(self) -> date:
        """The local day on which history begins."""
        return moment(self.start).astimezone(SHANGHAI).date()

    def days(self) -> tuple[Ints, Array, Array]:
        """Return the start of each day (ms), its weekday (0 Monday) and its day of the year."""
        starts = np.arange(self.start, self.end, DAY)
        days = [self.first_day + timedelta(days=i) for i in range(len(starts))]
        weekday = np.array([day.weekday() for day in days], dtype=float)
        return starts, weekday, np.array([day.timetuple().tm_yday for day in days], dtype=float)

    def progress(self, at: Ints | int) -> Array:
        """Return how far into the history times are, 0 to 1."""
        return np.clip((np.asarray(at) - self.start) / (self.end - self.start), 0.0, 1.0)


def make_clock(now: datetime) -> Clock:
    """Return the clock of a town whose present is ``now`` (aware)."""
    hour = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    first = hour.replace(hour=0) - timedelta(days=HISTORY_DAYS)
    return Clock(_ms(first), _ms(hour), _ms(now.replace(microsecond=0)))


def _ms(at: datetime) -> int:
    return round(at.timestamp()) * SECOND


def moment(ms: int) -> datetime:
    """Return an aware UTC datetime."""
    return datetime.fromtimestamp(ms / SECOND, UTC)


def moment_or_none(ms: int) -> datetime | None:
    """Return an aware UTC datetime, None for what never came."""
    return None if ms == NEVER else datetime.fromtimestamp(ms / SECOND, UTC)


def local_hour(ms: Ints) -> Array:
    """Return the local hour of day with its fraction."""
    return np.asarray(((np.asarray(ms) + 8 * HOUR) % DAY) / HOUR)
