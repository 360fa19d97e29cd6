"""Figures of a week: what happened, how fast it was answered, how the alarm system behaved.

The rates follow ISA-18.2 / IEC 62682 (table 5): alarms per 10 minutes, share of periods above 10,
floods that begin above 10 and end below 5. Periods are aligned to the clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from data.domain.words import AlarmKind, Outcome, Verdict

T = TypeVar("T")

PERIOD_S: Final = 600
#: A period with more alarms than this begins a flood; one operator can't answer more.
FLOOD_ABOVE: Final = 10
#: A period with fewer than this ends it.
FLOOD_BELOW: Final = 5
#: Targets of ISA-18.2 for one operator.
RATE_TARGET: Final = 1.0
RATE_MANAGEABLE: Final = 2.0
BUSY_SHARE_TARGET: Final = 0.01
FLOOD_SHARE_TARGET: Final = 0.01
TOP_TEN_SHARE_TARGET: Final = 0.05
STALE_TARGET: Final = 5
#: An alarm that stands longer than this is stale.
STALE_AFTER_H: Final = 24
#: A cause raised this often at one device within the seconds below chatters: more than five
#: transitions (raised, cleared) in 5 minutes.
CHATTER_RAISES: Final = 3
CHATTER_WITHIN_S: Final = 300
#: Cleared faster than a person could have looked.
FLEETING_S: Final = 10


@dataclass(frozen=True, slots=True)
class Response:
    """How long alarms waited for a person, in seconds; None when none was answered."""

    answered: int = 0
    median_s: float | None = None
    p90_s: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in one span of time."""

    alarms: Mapping[AlarmKind, int] = field(default_factory=dict)
    #: Verdicts of the fire and pre-alarms of the span; None: no verdict yet.
    verdicts: Mapping[Verdict | None, int] = field(default_factory=dict)
    #: Incidents opened in the span by verdict; None: no verdict yet.
    incidents: Mapping[Outcome | None, int] = field(default_factory=dict)
    response: Response = field(default_factory=Response)
    fires: int = 0
    hazards_found: int = 0
    hazards_closed: int = 0
    inspections: int = 0
    #: Alarms of each day, Monday first; days that have not come are missing.
    daily: tuple[int, ...] = ()

    @property
    def alarm_count(self) -> int:
        """Alarms of all kinds."""
        return sum(self.alarms.values())

    @property
    def incident_count(self) -> int:
        """Incidents, judged or not."""
        return sum(self.incidents.values())

    @property
    def false_share(self) -> float | None:
        """Share of false ones among those judged real or false; tests and drills don't count."""
        return false_share(self.verdicts)


def of(figures: Figures | None, take: Callable[[Figures], T]) -> T | None:
    """Return one of the figures, None where nothing was recorded."""
    return None if figures is None else take(figures)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure against an earlier one; either may be unknown."""

    now: float | None
    before: float | None

    @property
    def difference(self) -> float | None:
        """Now minus before."""
        if self.now is None or self.before is None:
            return None
        return self.now - self.before

    @property
    def ratio(self) -> float | None:
        """Difference as a share of before; None when before is unknown or nothing."""
        if self.difference is None or not self.before:
            return None
        return self.difference / self.before


@dataclass(frozen=True, slots=True)
class Flood:
    """Neighbouring 10-minute periods from the first above 10 alarms to before the first below 5."""

    start_s: int
    periods: int
    alarms: int
    peak: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Load of one operator over a span; counts are alarms per 10-minute period."""

    periods: int
    mean: float
    peak: int
    #: Share of periods with more than 10 alarms.
    busy_share: float
    floods: tuple[Flood, ...]
    #: Share of the time spent in floods.
    flood_share: float


def false_share(verdicts: Mapping[Verdict | None, int]) -> float | None:
    """Return false / (real + false), None when nothing was judged so."""
    false = verdicts.get(Verdict.FALSE, 0)
    judged = false + verdicts.get(Verdict.REAL, 0)
    return false / judged if judged else None


def rates(counts: Mapping[int, int], start_s: int, end_s: int) -> Rates:
    """Return the load over a span.

    Parameters
    ----------
    counts
        Alarms by the Unix second at which their 10-minute period starts; empty periods missing.
    start_s, end_s
        The span in Unix seconds; a period that has only begun counts as a whole one.
    """
    starts = range(start_s, max(end_s, start_s), PERIOD_S)
    series = [counts.get(start, 0) for start in starts]
    if not series:
        return Rates(0, 0.0, 0, 0.0, (), 0.0)
    found = tuple(floods(series, start_s))
    return Rates(
        periods=len(series),
        mean=sum(series) / len(series),
        peak=max(series),
        busy_share=sum(count > FLOOD_ABOVE for count in series) / len(series),
        floods=found,
        flood_share=sum(flood.periods for flood in found) / len(series),
    )


def floods(series: Sequence[int], start_s: int) -> list[Flood]:
    """Return the floods in neighbouring 10-minute counts; one may still be running at the end."""
    found: list[Flood] = []
    begun: int | None = None
    for index, count in enumerate([*series, 0]):
        if begun is None and count > FLOOD_ABOVE:
            begun = index
        elif begun is not None and count < FLOOD_BELOW:
            inside = series[begun:index]
            start = start_s + begun * PERIOD_S
            found.append(Flood(start, len(inside), sum(inside), max(inside)))
            begun = None
    return found


def top_share(counts: Sequence[int], total: int) -> float:
    """Return which share of all alarms these sources raised; 0 when there was none."""
    return sum(counts) / total if total else 0.0
