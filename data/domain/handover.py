"""What is handed over to 119 for a confirmed fire: what is known, in the order they ask.

What, where, who, devices, water, access. A pure function from records; values carry when they
were measured, and what is unknown is missing, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from data.domain.response import Response
from data.domain.views import BuildingView, DeviceNow, FacilityNear, PersonView
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind

#: Hazards that hold up people who flee, or those who come to help.
IN_THE_WAY: Final = frozenset(
    {"blocked_exit", "partition", "window_bars", "gas_cylinder", "indoor_charging"}
)
HYDRANTS_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class AlarmFact:
    """One alarm of the incident."""

    id: int
    device_id: str
    device_name: str
    device_kind: DeviceKind
    location: str
    building_name: str | None
    kind: AlarmKind
    cause: str
    value: float | None
    raised_at: datetime
    cleared_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """The incident and its alarms, oldest first."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    last_at: datetime
    confidence: str
    lon: float
    lat: float
    response: Response
    alarms: tuple[AlarmFact, ...]


@dataclass(frozen=True, slots=True)
class What:
    """What burns, since when, and how sure we are."""

    kind: AlarmKind
    causes: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    confidence: str
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class Where:
    """Where; coordinates in degrees (EPSG:4326)."""

    building: str | None
    address: str | None
    community: str | None
    community_en: str | None
    category: BuildingCategory | None
    storeys: int | None
    built_year: int | None
    lon: float
    lat: float
    also: tuple[str, ...]
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """Who may be inside, and whom to call."""

    residents: int | None
    to_call: tuple[PersonView, ...]


@dataclass(frozen=True, slots=True)
class Sensor:
    """A device of the incident, with what it says now."""

    device: str
    name: str
    kind: DeviceKind
    location: str
    causes: tuple[str, ...]
    first_at: datetime
    now: DeviceNow | None


@dataclass(frozen=True, slots=True)
class Water:
    """Hydrants within reach and the nearest micro fire stations, nearest first."""

    hydrants: tuple[FacilityNear, ...]
    stations: tuple[FacilityNear, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """What stands in the way, and what stands beside."""

    hazards: tuple[str, ...]
    ebike_charging: bool | None
    neighbours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """The whole record."""

    incident: int
    made_at: datetime
    what: What
    where: Where
    who: Who
    devices: tuple[Sensor, ...]
    water: Water
    access: Access
    response: Response
    #: Invented by the demo town: nobody may be sent there.
    demo: bool


def hand_over(
    incident: IncidentFacts,
    building: BuildingView | None,
    water: Water,
    neighbours: Sequence[str],
    now: datetime,
) -> HandOver:
    """Return the record; ``building`` is None where the alarm stands in the street."""
    values = {} if building is None else {row.id: row.now for row in building.devices}
    return HandOver(
        incident=incident.id,
        made_at=now,
        what=_what(incident),
        where=_where(incident, building),
        who=Who(
            None if building is None else building.facts.residents,
            () if building is None else building.people,
        ),
        devices=tuple(_sensors(incident, values)),
        water=Water(water.hydrants[:HYDRANTS_NAMED], water.stations),
        access=_access(building, neighbours),
        response=incident.response,
        demo=building is not None and building.facts.demo,
    )


def _what(incident: IncidentFacts) -> What:
    sure = [a for a in incident.alarms if a.confirmed_at is not None]
    first = min(sure, key=lambda a: (a.confirmed_at is None, a.confirmed_at), default=None)
    fires = [a for a in incident.alarms if a.kind is AlarmKind.FIRE]
    return What(
        kind=AlarmKind.FIRE if sure else incident.kind,
        causes=tuple(dict.fromkeys(a.cause for a in [*fires, *incident.alarms])),
        first_at=incident.opened_at,
        last_at=incident.last_at,
        confidence=incident.confidence,
        confirmed_at=None if first is None else first.confirmed_at,
        confirmed_by=None if first is None else first.confirmed_by,
    )


def _where(incident: IncidentFacts, building: BuildingView | None) -> Where:
    names = dict.fromkeys(a.building_name for a in incident.alarms if a.building_name)
    locations = tuple(dict.fromkeys(a.location for a in incident.alarms if a.location))
    if building is None:
        nothing = (None,) * 7
        return Where(*nothing, incident.lon, incident.lat, tuple(names), locations)
    facts = building.facts
    names.pop(facts.name, None)
    return Where(
        building=facts.name,
        address=facts.address,
        community=building.community.name,
        community_en=building.community.name_en,
        category=facts.category,
        storeys=facts.storeys,
        built_year=facts.built_year,
        lon=facts.lon,
        lat=facts.lat,
        also=tuple(names),
        locations=locations,
    )


def _sensors(incident: IncidentFacts, values: dict[str, DeviceNow | None]) -> list[Sensor]:
    by_device: dict[str, list[AlarmFact]] = {}
    for alarm in incident.alarms:
        by_device.setdefault(alarm.device_id, []).append(alarm)
    return [
        Sensor(
            device=device_id,
            name=alarms[0].device_name,
            kind=alarms[0].device_kind,
            location=alarms[0].location,
            causes=tuple(dict.fromkeys(a.cause for a in alarms)),
            first_at=min(a.raised_at for a in alarms),
            now=values.get(device_id),
        )
        for device_id, alarms in by_device.items()
    ]


def _access(building: BuildingView | None, neighbours: Sequence[str]) -> Access:
    if building is None:
        return Access((), None, tuple(neighbours))
    kinds = (hazard.kind for hazard in building.hazards)
    return Access(
        tuple(dict.fromkeys(kind for kind in kinds if kind in IN_THE_WAY)),
        building.facts.ebike_charging_present,
        tuple(neighbours),
    )
