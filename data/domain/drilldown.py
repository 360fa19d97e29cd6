"""What the drill-down shows of incidents, cameras, trends and the past of a device."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.domain.figures import FINE_S, HOUR_S, start_of
from data.domain.response import Response, Stage
from data.domain.views import (
    BuildingFacts,
    DeviceRow,
    FacilityNear,
    PersonView,
    Place,
    TrendPoint,
    TrendSeries,
)
from data.domain.words import AlarmKind, DeviceKind, FalseCause, Outcome, Verdict


class TrendSpan(StrEnum):
    """How far back a trend reaches."""

    DAY = "day"
    MONTH = "month"

    @property
    def length(self) -> timedelta:
        """The time that it covers."""
        return timedelta(hours=24) if self is TrendSpan.DAY else timedelta(days=30)

    @property
    def bucket(self) -> timedelta:
        """The time that one point stands for.

        A month is 120 points of six hours, each with the lowest and the highest value of its
        hours: no peak is lost, however narrow the chart. Source: Jugel, Jerzak, Hackenbroich,
        Markl (2014), "M4: A Visualization-Oriented Time Series Data Aggregation", PVLDB 7(10),
        of which this keeps the minimum and the maximum of each column.
        """
        return timedelta(hours=1) if self is TrendSpan.DAY else timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class FineTrend:
    """The last 24 hours of a value by ten minutes, over some devices of a kind together."""

    kind: DeviceKind
    value: str
    devices: int
    points: tuple[TrendPoint, ...]


#: Reads the last 24 hours of some devices; what is not known at this grain is missing.
ReadFine = Callable[[Mapping[str, DeviceKind], datetime], Sequence[FineTrend]]


@dataclass(frozen=True, slots=True)
class KindTrend:
    """One value of all devices of a kind: of one device, or of a building together."""

    kind: DeviceKind
    devices: int
    series: TrendSeries


def finer(trends: Iterable[KindTrend], fine: Iterable[FineTrend]) -> tuple[KindTrend, ...]:
    """Return the trends of a day with ten minutes instead of hours, where those are known."""
    known = {(one.kind, one.value): one for one in fine}
    return tuple(_finer(trend, known.get((trend.kind, trend.series.value))) for trend in trends)


def _finer(trend: KindTrend, fine: FineTrend | None) -> KindTrend:
    """Leave out hours that are told by ten minutes, unless only their end is."""
    if fine is None:
        return trend
    first = fine.points[0].at
    told = {start_of(point.at, HOUR_S) for point in fine.points}
    if start_of(first, FINE_S) != start_of(first, HOUR_S):
        told.discard(start_of(first, HOUR_S))
    hours = [p for p in trend.series.points if start_of(p.at, HOUR_S) not in told]
    points = sorted([*hours, *fine.points], key=lambda point: point.at)
    series = replace(trend.series, points=tuple(points), fine_from=first)
    return replace(trend, series=series, devices=max(trend.devices, fine.devices))


@dataclass(frozen=True, slots=True)
class CameraNear:
    """A camera and its geodesic distance in a straight line; ``place`` is the building it is in."""

    device: DeviceRow
    place: str
    distance_m: float
    inside: bool


@dataclass(frozen=True, slots=True)
class PastAlarm:
    """An alarm of a device or an incident, open or closed."""

    id: int
    device_id: str
    device_name: str
    device_kind: DeviceKind
    location: str
    slot: int
    kind: AlarmKind
    cause: str
    value: float | None
    count: int
    raised_at: datetime
    acked_at: datetime | None
    acked_by: str | None
    cleared_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    verdict: Verdict | None
    false_cause: FalseCause | None
    note: str | None
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class DevicePast:
    """The past of a device: its last alarms, its last repaired faults, who maintains it."""

    alarms: tuple[PastAlarm, ...]
    alarm_count: int
    repairs: tuple[PastAlarm, ...]
    maintainers: tuple[PersonView, ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened in an incident; ``detail`` of an ``alarm`` is the alarm's id."""

    at: datetime
    action: str
    actor: str
    detail: str


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """One incident; ``alarms`` and ``timeline`` are the first ones, oldest first.

    ``building`` is None for a device in the open; ``confidence`` says why it is believed.
    """

    id: int
    kind: AlarmKind
    building: BuildingFacts | None
    community: Place
    work_point: Place
    opened_at: datetime
    last_at: datetime
    acked_at: datetime | None
    acked_by: str | None
    response: Response
    closed_at: datetime | None
    closed_by: str | None
    merged_into: int | None
    outcome: Outcome | None
    verdict_cause: str | None
    confidence: str
    demo: bool
    alarms: tuple[PastAlarm, ...]
    alarm_count: int
    timeline: tuple[TimelineEntry, ...]
    entry_count: int


@dataclass(frozen=True, slots=True)
class IncidentHit:
    """An incident that a search by its number found."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    place: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Check:
    """An item of an incident's checklist, and who did it first."""

    item: str
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class OpenNear:
    """Another open incident and its geodesic distance."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    place: str
    stage: Stage
    distance_m: float


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo by whom and when, and the incident at which it was taken: this, or one merged in."""

    id: int
    incident_id: int
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Handling:
    """What a person needs to work on an incident; ``reached`` is the first entry of each action."""

    reached: Mapping[str, TimelineEntry]
    checks: tuple[Check, ...]
    others: tuple[OpenNear, ...]
    photos: tuple[PhotoView, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """Whom to call, and the nearest stations and hydrants, nearest first."""

    people: tuple[PersonView, ...]
    micro_stations: tuple[FacilityNear, ...]
    hydrants: tuple[FacilityNear, ...]
