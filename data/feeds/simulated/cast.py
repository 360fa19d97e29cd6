"""Who plays a scenario: roles → devices of a town. Pure; the same seed chooses the same ones."""

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from data.domain.words import BuildingCategory, DeviceKind
from data.feeds.fleet import Fleet
from data.feeds.simulated import scenarios
from data.feeds.simulated.http import FeedError
from data.feeds.simulated.routes import NB_IOT
from data.feeds.simulated.scenario import Scenario
from data.feeds.simulated.town import House, Member, Town

#: Role → devices. A role that nobody in the town can play is missing, and its steps with it.
Cast = Mapping[str, tuple[str, ...]]

CROWD: Final = 30
WORST: Final = 6
SHAKY: Final = 2
MAINS: Final = 5


@dataclass(frozen=True, slots=True)
class Pool:
    """Whom to choose from.

    Attributes
    ----------
    talking
        The devices that send anything.
    healthy
        Those of them to which something may happen.
    """

    town: Town
    talking: tuple[Member, ...]
    healthy: tuple[Member, ...]


def choose(scenario: Scenario, pool: Pool, rng: random.Random) -> Cast:
    """Return the cast of a scenario.

    Raises
    ------
    FeedError
        If the town has nobody for it.
    """
    found = _CHOOSERS[scenario.name](pool, rng)
    return {role: tuple(m.id for m in theirs) for role, theirs in found.items() if theirs}


def pool_of(town: Town, fleet: Fleet) -> Pool:
    """Return whom a town has to choose from."""
    talking, healthy = (
        tuple(town.members[fleet.ids[slot]] for slot in slots)
        for slots in (fleet.talking, fleet.healthy)
    )
    return Pool(town, talking, healthy)


_Found = Mapping[str, Sequence[Member]]


def _fire(pool: Pool, rng: random.Random) -> _Found:
    inside: dict[str, list[Member]] = {}
    for member in pool.healthy:
        inside.setdefault(member.building or "", []).append(member)
    calm = [
        house
        for house in pool.town.houses.values()
        if not house.troubled and _of(inside.get(house.id, ()), DeviceKind.SMOKE)
    ]
    houses = [house for house in calm if house.category is BuildingCategory.THREE_IN_ONE]
    if not houses:
        raise _nobody("三合一场所里没有烟感", "a three-in-one building with a detector")

    def worth(house: House) -> tuple[bool, ...]:
        there = inside[house.id]
        kinds = (DeviceKind.TRANSMITTER, DeviceKind.HEAT, DeviceKind.ELECTRICAL)
        has = (bool(_of(there, kind)) for kind in kinds)
        return len(_of(there, DeviceKind.SMOKE)) > 1, *has

    best = max(worth(house) for house in houses)
    house = rng.choice([house for house in houses if worth(house) == best])
    there = inside[house.id]
    smoke = _of(there, DeviceKind.SMOKE)
    beside = _beside(house, calm)
    return {
        "first": smoke[:1],
        "upstairs": smoke[1:3],
        "heat": _of(there, DeviceKind.HEAT),
        "wiring": _of(there, DeviceKind.ELECTRICAL)[:1],
        "panel": _of(there, DeviceKind.TRANSMITTER)[:1],
        "neighbour": _of(inside[beside.id], DeviceKind.SMOKE)[:1] if beside else (),
    }


def _beside(house: House, others: Iterable[House]) -> House | None:
    """Return the building that touches one, or else the nearest."""
    away = [other for other in others if other is not house]
    touching = [other for other in away if other.id in house.neighbours]

    def distance(other: House) -> float:
        east = (other.lon - house.lon) * math.cos(math.radians(house.lat))
        return math.hypot(east, other.lat - house.lat)

    return min(touching or away, key=distance, default=None)


def _storm(pool: Pool, rng: random.Random) -> _Found:
    one_each = {
        member.building: member
        for member in _of(pool.healthy, DeviceKind.SMOKE)
        if member.building is not None and not pool.town.houses[member.building].troubled
    }
    chosen = list(one_each.values())
    rng.shuffle(chosen)
    if len(chosen) < CROWD // 2:
        raise _nobody("无报警的建筑太少", "more buildings without alarms")
    shaky, worst, crowd = chosen[:SHAKY], chosen[SHAKY : SHAKY + WORST], chosen[SHAKY + WORST :]
    return {"shaky": shaky, "worst": worst, "crowd": crowd[:CROWD]}


def _power_cut(pool: Pool, rng: random.Random) -> _Found:
    theirs = _smallest(pool.talking, DeviceKind.TRANSMITTER)
    panels = [m for m in _of(theirs, DeviceKind.TRANSMITTER) if m.id in pool.town.wiring.addresses]
    mains = _of(theirs, DeviceKind.ELECTRICAL)
    rng.shuffle(mains)
    return {"all": theirs, "panels": panels, "mains": mains[:MAINS]}


def _gateway_lost(pool: Pool, rng: random.Random) -> _Found:
    theirs = _smallest([m for m in pool.talking if m.kind in NB_IOT], DeviceKind.SMOKE)
    healthy = set(pool.healthy)
    calm = [
        m
        for m in _of(theirs, DeviceKind.SMOKE)
        if m in healthy and m.building is not None and not pool.town.houses[m.building].troubled
    ]
    if not calm:
        raise _nobody("社区里没有无报警的烟感", "a detector without alarms in the community")
    return {"behind": theirs, "witness": [rng.choice(calm)]}


def _quiet_day(pool: Pool, _rng: random.Random) -> _Found:
    parts = pool.town.wiring.parts
    behind_panels = {member.community for member in pool.healthy if member.id in parts}
    there = [m for m in pool.healthy if not behind_panels or m.community in behind_panels]
    return {"community": _smallest(there, DeviceKind.SMOKE)}


def _smallest(members: Iterable[Member], kind: DeviceKind) -> list[Member]:
    """Return the devices of the community with the fewest of them that has the kind."""
    by_community: dict[str, list[Member]] = {}
    for member in members:
        by_community.setdefault(member.community, []).append(member)
    fit = [theirs for theirs in by_community.values() if _of(theirs, kind)]
    if not fit:
        raise _nobody(f"没有 {kind} 设备", f"a device of kind {kind}")
    return min(fit, key=lambda theirs: (len(theirs), theirs[0].community))


def _of(members: Iterable[Member], kind: DeviceKind) -> list[Member]:
    return [member for member in members if member.kind is kind]


def _nobody(zh: str, en: str) -> FeedError:
    return FeedError(f"这个场景无法演示：{zh}。/ This scenario can't be played: it needs {en}.")


_CHOOSERS: Final[Mapping[str, Callable[[Pool, random.Random], _Found]]] = {
    scenarios.QUIET_DAY.name: _quiet_day,
    scenarios.FIRE.name: _fire,
    scenarios.STORM.name: _storm,
    scenarios.POWER_CUT.name: _power_cut,
    scenarios.GATEWAY_LOST.name: _gateway_lost,
}
