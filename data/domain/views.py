"""What the drill-down and the search show: frozen records, filled by ``data.store``.

Names of places come in both languages, because they are data; every other word is translated by
the layouts. Times are UTC, coordinates EPSG:4326 in degrees.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from data.domain.rules import Rule
from data.domain.words import (
    AlarmKind,
    BuildingCategory,
    DeviceKind,
    FacilityKind,
    Outcome,
    PersonRole,
    Status,
)

#: Metres a person walks in a minute, for "how far is the next micro station".
WALK_M_PER_MIN: Final = 80.0


@dataclass(frozen=True, slots=True)
class DeviceNow:
    """The live state of one device; both times are None before its first message."""

    status: Status
    since: datetime | None = None
    measured_at: datetime | None = None
    received_at: datetime | None = None
    values: Mapping[str, float] = field(default_factory=dict)


#: Reads the live state of some devices; those that are not known there are missing in the answer.
ReadNow = Callable[[Sequence[str]], Mapping[str, DeviceNow]]


@dataclass(frozen=True, slots=True)
class Place:
    """A work point or community with its names."""

    id: str
    name: str
    name_en: str

    def called(self, lang: str) -> str:
        """Return the name in a language."""
        return self.name_en if lang == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A work point or community in a list, with what is in it."""

    place: Place
    work_point_id: str
    population: int
    households: int
    buildings: int
    devices: int


@dataclass(frozen=True, slots=True)
class SubdistrictView:
    """The whole sub-district."""

    work_points: tuple[AreaRow, ...]
    communities: tuple[AreaRow, ...]
    figures_assumed: bool

    @property
    def buildings(self) -> int:
        """Monitored buildings of all communities."""
        return sum(row.buildings for row in self.communities)

    @property
    def devices(self) -> int:
        """Devices of all communities."""
        return sum(row.devices for row in self.communities)

    @property
    def population(self) -> int:
        """Residents of all communities."""
        return sum(row.population for row in self.communities)


@dataclass(frozen=True, slots=True)
class WorkPointView:
    """One work point and its communities; ``assumed``: the grouping is ours."""

    place: Place
    assumed: bool
    communities: tuple[AreaRow, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody to call, by role and number."""

    id: str
    role: PersonRole
    label: str
    phone: str | None
    grid: str | None = None


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """A building in a list."""

    id: str
    name: str
    category: BuildingCategory
    address: str
    devices: int
    residents: int


@dataclass(frozen=True, slots=True)
class CommunityView:
    """One community; ``rows`` are its first buildings, ``buildings`` counts all of them."""

    place: Place
    work_point: Place
    population: int
    households: int
    figures_assumed: bool
    schematic: bool
    buildings: int
    devices: int
    open_hazards: int
    categories: Mapping[BuildingCategory, int]
    officers: tuple[PersonView, ...]
    rows: tuple[BuildingRow, ...]


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device in a list; ``now`` is None while the present does not know it."""

    id: str
    slot: int
    kind: DeviceKind
    name: str
    location: str
    now: DeviceNow | None


@dataclass(frozen=True, slots=True)
class OpenAlarmView:
    """An open alarm of the shown building or device."""

    id: int
    device_id: str
    device_name: str
    slot: int
    kind: AlarmKind
    cause: str
    value: float | None
    count: int
    raised_at: datetime
    cleared_at: datetime | None
    acked_at: datetime | None
    acked_by: str | None
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class FacilityNear:
    """A hydrant or micro fire station near a building.

    ``distance_m`` is geodesic, in a straight line; ``slot`` and ``now`` are of the pressure device
    that watches a hydrant, if there is one.
    """

    id: str
    kind: FacilityKind
    name: str
    distance_m: float
    device_id: str | None = None
    slot: int | None = None
    now: DeviceNow | None = None

    @property
    def walk_min(self) -> float:
        """Minutes on foot along the straight line, at 80 m/min."""
        return self.distance_m / WALK_M_PER_MIN


@dataclass(frozen=True, slots=True)
class HazardView:
    """An open hazard; ``level`` 1 general, 2 serious."""

    id: int
    kind: str
    level: int
    found_at: datetime
    due_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class InspectionView:
    """One visit."""

    at: datetime
    inspector: str
    result: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A past or open incident of a building."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    verdict_cause: str | None


@dataclass(frozen=True, slots=True)
class FireView:
    """A past fire of a building."""

    at: datetime
    cause: str
    severity: int
    note: str


@dataclass(frozen=True, slots=True)
class BuildingFacts:
    """What a building is; it does not change from minute to minute."""

    id: str
    name: str
    address: str
    category: BuildingCategory
    sector: str
    storeys: int
    residents: int
    built_year: int | None
    ebike_charging_required: bool
    ebike_charging_present: bool
    small_unit: bool
    demo: bool
    lon: float
    lat: float
    grid: str | None


@dataclass(frozen=True, slots=True)
class BuildingView:
    """One building with everything a duty officer asks about it.

    ``devices`` are the first ones, worst first; ``device_count`` counts all of them.
    """

    facts: BuildingFacts
    community: Place
    work_point: Place
    people: tuple[PersonView, ...]
    devices: tuple[DeviceRow, ...]
    device_count: int
    alarms: tuple[OpenAlarmView, ...]
    micro_stations: tuple[FacilityNear, ...]
    hydrants: tuple[FacilityNear, ...]
    hazards: tuple[HazardView, ...]
    inspections: tuple[InspectionView, ...]
    incidents: tuple[IncidentView, ...]
    fires: tuple[FireView, ...]


@dataclass(frozen=True, slots=True)
class StatusChangeView:
    """One change of a device's status."""

    at: datetime
    before: Status
    after: Status
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device; ``building_id`` is None for one that stands in the open."""

    id: str
    slot: int
    kind: DeviceKind
    name: str
    location: str
    interval_s: int
    installed_at: str | None
    disabled: bool
    demo: bool
    community: Place
    work_point: Place
    building_id: str | None
    building_name: str | None
    now: DeviceNow | None
    rules: tuple[Rule, ...]
    alarms: tuple[OpenAlarmView, ...]
    history: tuple[StatusChangeView, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One value over an hour, or the span that one point stands for, which begins at ``at``."""

    at: datetime
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """One value of one device or many, oldest first, with the rules that watch it.

    ``fine_from``: from when on a point stands for ten minutes; None if none does.
    """

    value: str
    points: tuple[TrendPoint, ...]
    rules: tuple[Rule, ...]
    fine_from: datetime | None = None


class HitKind(StrEnum):
    """What a search found, in the order in which equally good hits are listed."""

    COMMUNITY = "community"
    WORK_POINT = "work_point"
    BUILDING = "building"
    FACILITY = "facility"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One result of a search.

    ``word`` is the member of the vocabulary that says what it is (category, device or facility
    kind), empty for places; ``opens`` is what the drill-down shows when it is chosen, as a pair
    such as ``("building", "B00012")``; ``rank`` is smaller for a better match.
    """

    kind: HitKind
    id: str
    name: str
    name_en: str
    word: str
    detail: str
    opens: tuple[str, str]
    rank: int
    slot: int | None = None
