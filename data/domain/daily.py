"""The day on the wall: alarms by hour against what is usual, and the week so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from data.domain.kpis import Figures
from data.domain.weeks import SHANGHAI, Comparison, Span

HOURS: Final = 24
#: "Usual" is the median of as many earlier days of the same weekday: one flood does not move it.
USUAL_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class DayReport:
    """What the wall shows of today and of its week."""

    day: date
    at: datetime
    #: Alarms of each hour of the day in Asia/Shanghai that has begun.
    hours: tuple[int, ...]
    #: Median alarms of each of the 24 hours on the same weekday of the weeks before.
    usual: tuple[float, ...]
    spans: Comparison
    #: None: before the first record.
    this: Figures | None
    last: Figures | None
    year_ago: Figures | None
    #: Alarms of this week by community code.
    communities: Mapping[str, int]


def day_span(day: date) -> Span:
    """Return a calendar day of Asia/Shanghai."""
    start = datetime.combine(day, time(), SHANGHAI)
    return Span(start, start + timedelta(days=1))


def usual_days(day: date) -> list[date]:
    """Return the earlier days of the same weekday that say what is usual, newest first."""
    return [day - timedelta(weeks=weeks) for weeks in range(1, USUAL_DAYS + 1)]
