"""Weeks as leaders count them: ISO 8601, Monday to Sunday, in Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from data.domain.errors import DomainError

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEK: Final = timedelta(days=7)
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
_PATTERN: Final = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class WeekError(DomainError):
    """A text or number that names no week."""


class NoRecordError(WeekError):
    """A week that was over before anything was recorded."""

    def __init__(self, week: "Week", since: datetime | None) -> None:
        super().__init__(f"nothing was recorded in {week}")
        self.since = since


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, ``start`` included and ``end`` not; both are UTC."""

    start: datetime
    end: datetime

    def is_recorded(self, since: datetime | None) -> bool:
        """Return whether it can be compared with, when the first record of all is of ``since``.

        What lies before is unknown, not zero; a quiet first day is still a whole span.
        """
        return since is not None and since < self.start + timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO week; ``str()`` gives ``2026-W47``."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise WeekError(f"weeks are known from {FIRST_YEAR} to {LAST_YEAR}, not {self.year}")
        if not 1 <= self.number <= weeks_in(self.year):
            raise WeekError(f"{self.year} has weeks 1 to {weeks_in(self.year)}, not {self.number}")

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def span(self) -> Span:
        """From Monday 00:00 to the next Monday 00:00 in Asia/Shanghai."""
        start = datetime.combine(self.monday, time(), SHANGHAI).astimezone(UTC)
        return Span(start, start + WEEK)

    def shifted(self, weeks: int) -> "Week":
        """Return the week that many weeks later (negative: earlier)."""
        return week_of_date(self.monday + weeks * WEEK)

    def year_before(self) -> "Week":
        """Return the week of the same number a year ago; week 53 becomes the last one there is."""
        return Week(self.year - 1, min(self.number, weeks_in(self.year - 1)))


def weeks_in(year: int) -> int:
    """Return how many ISO weeks a year has: 52 or 53."""
    return date(year, 12, 28).isocalendar().week


def week_of_date(day: date) -> Week:
    """Return the week that a calendar day lies in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


def week_at(moment: datetime) -> Week:
    """Return the week that is running in Asia/Shanghai at a moment (aware)."""
    return week_of_date(moment.astimezone(SHANGHAI).date())


def week_to_show(now: datetime) -> Week:
    """Return the week that a reader wants who names none.

    The one running; on a Monday the one just ended, which is then read.
    """
    week = week_at(now)
    return week.shifted(-1) if now < week.span.start + timedelta(days=1) else week


def parse_week(text: str) -> Week:
    """Read ``2026-W47``.

    Raises
    ------
    WeekError
        If the text has another form or the year has no such week.
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise WeekError(f"a week is written like 2026-W47, not {text[:20]!r}")
    return Week(int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The three stretches that a report sets against each other.

    While a week is running, the other two end after the same time, so that a Tuesday is compared
    with a Tuesday and not with a whole week.
    """

    week: Week
    this: Span
    last: Span
    year_ago: Span
    running: bool


def compare_spans(week: Week, now: datetime) -> Comparison:
    """Return a week's span up to ``now`` at most, and those of the week and the year before.

    Raises
    ------
    WeekError
        If the week has not begun at ``now``, or is too early to have a year before it.
    """
    whole = week.span
    if now <= whole.start:
        raise WeekError(f"{week} has not begun yet")
    length = min(now, whole.end) - whole.start
    starts = (week, week.shifted(-1), week.year_before())
    this, last, year_ago = (Span(w.span.start, w.span.start + length) for w in starts)
    return Comparison(week, this, last, year_ago, running=now < whole.end)


def recorded(spans: Comparison, since: datetime | None) -> tuple[bool, bool, bool]:
    """Return which of (this, last, year ago) can be told, when the first record is of ``since``.

    Of the week itself also a part can be told; the one that is running is being recorded.
    """
    begun = spans.running or (since is not None and since < spans.this.end)
    return begun, spans.last.is_recorded(since), spans.year_ago.is_recorded(since)
