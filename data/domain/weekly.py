"""The leaders' week as one record, and the facts that its first sentence tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from data.domain.devices import online_share
from data.domain.kpis import Change, Figures, Rates
from data.domain.risk.verify import Week as Scored
from data.domain.weeks import Comparison
from data.domain.words import BuildingCategory, DeviceKind, Platform, Status

#: A change smaller than this is called "about the same".
SAME_WITHIN: Final = 0.05

#: Lines of a polygon's outer ring: (longitude, latitude) in degrees, EPSG:4326.
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CommunityWeek:
    """Alarms of one community in the three spans; None where nothing was recorded yet."""

    code: str
    name: str
    name_en: str
    lon: float
    lat: float
    outlines: tuple[Outline, ...]
    this: int
    last: int | None
    year_ago: int | None
    open_hazards: int
    schematic: bool = True

    @property
    def change(self) -> int | None:
        """Alarms more than in the last week, None when that is unknown."""
        return None if self.last is None else self.this - self.last


@dataclass(frozen=True, slots=True)
class Source:
    """A device among those that raised most alarms."""

    device_id: str
    name: str
    kind: DeviceKind
    place: str
    place_en: str
    alarms: int


@dataclass(frozen=True, slots=True)
class Chatter:
    """A device that raised and cleared the same cause again and again."""

    device_id: str
    name: str
    cause: str
    raises: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the alarm system behaved in the week."""

    rates: Rates
    rates_last: Rates
    top: tuple[Source, ...]
    top_share: float
    chattering: tuple[Chatter, ...]
    fleeting: int
    #: Alarms that stood longer than 24 h at the end of the span.
    stale: int


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    """Devices of one kind by status, now."""

    kind: DeviceKind
    platform: Platform
    by_status: Mapping[Status, int]

    @property
    def total(self) -> int:
        """All devices of the kind that are in service or out of it."""
        return sum(self.by_status.values())

    @property
    def stale(self) -> int:
        """Devices that have been silent too long."""
        return self.by_status.get(Status.STALE, 0)

    @property
    def online_share(self) -> float | None:
        """Share of the devices in service that report."""
        return online_share(self.by_status)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Buildings of one category: how many are watched, and their e-bike charging."""

    category: BuildingCategory
    buildings: int
    watched: int
    charging_required: int
    charging_present: int


@dataclass(frozen=True, slots=True)
class PastFire:
    """A fire of the week."""

    at: datetime
    place: str
    place_en: str
    building: str | None
    cause: str
    severity: int
    monitored: bool


@dataclass(frozen=True, slots=True)
class Unforeseen:
    """An event that came where the risk map had not foreseen it; ``place`` is empty if unknown."""

    at: datetime
    place: str
    place_en: str
    building: str | None


@dataclass(frozen=True, slots=True)
class RiskWeek:
    """The forecast of the week; without ``made_at`` it was changed after it was written."""

    made_at: datetime | None
    frozen: bool = False
    sufficient: bool = False
    #: What came; None while the week is not over.
    score: Scored | None = None
    unforeseen: tuple[Unforeseen, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the three-year programme."""

    name: str
    unit: str
    due: date
    progress_pct: int
    done_on: date | None

    def late(self, today: date) -> bool:
        """Whether it should have been done by now and is not."""
        return self.done_on is None and self.due < today


@dataclass(frozen=True, slots=True)
class WeekReport:
    """Everything that the page of one week shows."""

    spans: Comparison
    #: When the figures were read.
    at: datetime
    demo: bool
    this: Figures
    #: None: before the first record.
    last: Figures | None
    year_ago: Figures | None
    communities: tuple[CommunityWeek, ...]
    behaviour: Behaviour
    devices: tuple[DeviceFigures, ...]
    coverage: tuple[Coverage, ...]
    hazards_open: int
    hazards_overdue: int
    fires: tuple[PastFire, ...]
    tasks: tuple[Task, ...] = field(default_factory=tuple)
    #: None: the week has no forecast.
    risk: RiskWeek | None = None


class Trend(StrEnum):
    """How a figure moved."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Headline:
    """The facts of the week's one sentence, in the order in which they are told."""

    fires: int
    alarms: int
    alarms_change: Change
    #: The community with the largest rise, when there is one.
    risen: CommunityWeek | None
    floods: int
    hazards_overdue: int
    running: bool


def trend(change: Change) -> Trend:
    """Return how a figure moved; within 5 % it is the same."""
    if change.difference is None:
        return Trend.UNKNOWN
    if change.difference == 0 or (change.ratio is not None and abs(change.ratio) < SAME_WITHIN):
        return Trend.SAME
    return Trend.UP if change.difference > 0 else Trend.DOWN


def headline(report: WeekReport) -> Headline:
    """Return what the week's one sentence has to say."""
    rises = [(row.change, row) for row in report.communities if row.change and row.change > 0]
    before = None if report.last is None else report.last.alarm_count
    return Headline(
        fires=report.this.fires,
        alarms=report.this.alarm_count,
        alarms_change=Change(report.this.alarm_count, before),
        risen=max(rises, key=lambda rise: rise[0], default=(0, None))[1],
        floods=len(report.behaviour.rates.floods),
        hazards_overdue=report.hazards_overdue,
        running=report.spans.running,
    )
