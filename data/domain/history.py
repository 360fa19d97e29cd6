"""The history: what may be asked of past alarms and incidents, and what the answers look like.

A question is read from the query string of an address and written back into it, so that a view
can be sent to a colleague; a word that nobody knows is left out, it never fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from data.domain.text import printable
from data.domain.views import Place
from data.domain.weeks import SHANGHAI
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, Outcome, Verdict

MAX_TEXT: Final = 60
MAX_CODE: Final = 24
#: Who may take lists out of the house; a display shows and nothing else.

E = TypeVar("E", bound=StrEnum)


class Tab(StrEnum):
    """What is listed."""

    ALARMS = "alarms"
    INCIDENTS = "incidents"


class Judged(StrEnum):
    """How something ended, or that nobody has judged it yet: it is still open.

    ``RECOVERED``: it went back to normal by itself. ``MERGED``: an incident became part of another.
    """

    REAL = Verdict.REAL.value
    FALSE = Verdict.FALSE.value
    TEST = Verdict.TEST.value
    DRILL = Verdict.DRILL.value
    RECOVERED = Outcome.RECOVERED.value
    MERGED = Outcome.MERGED.value
    NONE = "none"


class SortKey(StrEnum):
    """By what a list can be sorted; equal ones follow each other by time."""

    TIME = "time"
    KIND = "kind"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: the newest first by itself; time goes the way of the rest."""

    key: SortKey = SortKey.TIME
    descending: bool = True

    @property
    def word(self) -> str:
        """The order in an address: ``kind`` or ``-kind``."""
        return f"-{self.key}" if self.descending else str(self.key)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which rows; None and the empty text leave everything in.

    ``since`` and ``until`` are days in Asia/Shanghai, both of them included.
    """

    kind: AlarmKind | None = None
    community: str | None = None
    category: BuildingCategory | None = None
    device_kind: DeviceKind | None = None
    verdict: Judged | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""

    @property
    def begins(self) -> datetime | None:
        """The first moment, if there is one."""
        return None if self.since is None else _midnight(self.since)

    @property
    def ends(self) -> datetime | None:
        """The first moment after the last day, if there is one."""
        return None if self.until is None else _midnight(self.until + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is listed, which of it, in which order."""

    tab: Tab = Tab.ALARMS
    filter: HistoryFilter = HistoryFilter()
    order: Order = Order()


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """One alarm of the history with the names that it is shown with."""

    id: int
    kind: AlarmKind
    cause: str
    value: float | None
    count: int
    raised_at: datetime
    device_id: str
    device_name: str
    device_kind: DeviceKind
    location: str
    building_id: str | None
    building_name: str | None
    category: BuildingCategory | None
    community: Place
    acked_at: datetime | None
    acked_by: str | None
    cleared_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    verdict: Verdict | None
    note: str | None
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """One incident of the history; ``alarms`` counts its alarms."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    building_id: str | None
    building_name: str | None
    category: BuildingCategory | None
    community: Place
    alarms: int
    confidence: str
    acked_at: datetime | None
    arrived_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: Outcome | None
    verdict_cause: str | None


def parse_query(fields: Mapping[str, str]) -> HistoryQuery:
    """Return the question in the fields of a query string.

    Examples
    --------
    >>> parse_query({"tab": "incidents", "kind": "fire", "sort": "-kind"}).order.word
    '-kind'
    >>> parse_query({"kind": "flood", "since": "yesterday"}) == HistoryQuery()
    True
    """
    since, until = _day(fields.get("since")), _day(fields.get("until"))
    wanted = HistoryFilter(
        kind=_member(AlarmKind, fields.get("kind")),
        community=printable(fields.get("community", ""))[:MAX_CODE] or None,
        category=_member(BuildingCategory, fields.get("category")),
        device_kind=_member(DeviceKind, fields.get("device_kind")),
        verdict=_member(Judged, fields.get("verdict")),
        since=since,
        until=until,
        text=printable(" ".join(fields.get("q", "").split()))[:MAX_TEXT].strip(),
    )
    if since is not None and until is not None and until < since:
        wanted = replace(wanted, since=until, until=since)
    tab = _member(Tab, fields.get("tab")) or Tab.ALARMS
    return HistoryQuery(tab, wanted, parse_order(fields.get("sort", "")))


def parse_order(word: str) -> Order:
    """Return the order that a word such as ``-kind`` means; the newest first for any other."""
    key = _member(SortKey, word.removeprefix("-"))
    return Order() if key is None else Order(key, word.startswith("-"))


def to_fields(query: HistoryQuery) -> dict[str, str]:
    """Return the fields of the question; what is as usual is left out."""
    wanted = query.filter
    values = {
        "tab": query.tab if query.tab is not Tab.ALARMS else None,
        "kind": wanted.kind,
        "community": wanted.community,
        "category": wanted.category,
        "device_kind": wanted.device_kind,
        "verdict": wanted.verdict,
        "since": wanted.since,
        "until": wanted.until,
        "q": wanted.text or None,
        "sort": query.order.word if query.order != Order() else None,
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _member(vocabulary: type[E], word: str | None) -> E | None:
    return vocabulary(word) if word in {str(member) for member in vocabulary} else None


def _day(word: str | None) -> date | None:
    """Return the day; the calendar's first and last years are left out: a day more must exist."""
    try:
        day = date.fromisoformat(word or "")
    except ValueError:
        return None
    # Other ways to write a day are left out too: the form could not show them.
    usual = day.isoformat() == word
    return day if usual and date.min.year < day.year < date.max.year else None
