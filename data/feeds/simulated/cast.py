"""Who plays a scenario: roles → devices of a town. Pure; the same seed chooses the same ones."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from data.domain.words import BuildingCategory, DeviceKind
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


def choose(scenario: Scenario, town: Town, able: Collection[str], rng: random.Random) -> Cast:
    """Return the cast of a scenario.

    Parameters
    ----------
    able
        The devices that work and to which something may happen.

    Raises
    ------
    FeedError
        If the town has nobody for it.
    """
    members = [town.members[device_id] for device_id in sorted(able)]
    found = _CHOOSERS[scenario.name](town, members, rng)
    return {role: tuple(m.id for m in theirs) for role, theirs in found.items() if theirs}


_Found = Mapping[str, Sequence[Member]]


def _fire(town: Town, members: Sequence[Member], rng: random.Random) -> _Found:
    inside: dict[str, list[Member]] = {}
    for member in members:
        inside.setdefault(member.building or "", []).append(member)
    houses = [
        house
        for house in town.houses.values()
        if house.category is BuildingCategory.THREE_IN_ONE
        and not house.troubled
        and len(_of(inside.get(house.id, ()), DeviceKind.SMOKE)) > 1
    ]
    if not houses:
        raise _nobody("三合一场所至少要有两个烟感", "a three-in-one building with two detectors")

    def neighbours(house: House) -> list[Member]:
        near = [town.houses[other] for other in house.neighbours if other in town.houses]
        calm = [other for other in near if not other.troubled]
        return [m for other in calm for m in _of(inside.get(other.id, ()), DeviceKind.SMOKE)]

    def worth(house: House) -> tuple[bool, bool, bool]:
        there = inside[house.id]
        heat = _of(there, DeviceKind.HEAT)
        return bool(_of(there, DeviceKind.TRANSMITTER)), bool(neighbours(house)), bool(heat)

    best = max(worth(house) for house in houses)
    house = rng.choice([house for house in houses if worth(house) == best])
    there = inside[house.id]
    smoke = _of(there, DeviceKind.SMOKE)
    return {
        "first": smoke[:1],
        "upstairs": smoke[1:3],
        "heat": _of(there, DeviceKind.HEAT),
        "wiring": _of(there, DeviceKind.ELECTRICAL)[:1],
        "panel": _of(there, DeviceKind.TRANSMITTER)[:1],
        "neighbour": neighbours(house)[:1],
    }


def _storm(town: Town, members: Sequence[Member], rng: random.Random) -> _Found:
    one_each = {
        member.building: member
        for member in _of(members, DeviceKind.SMOKE)
        if member.building is not None and not town.houses[member.building].troubled
    }
    chosen = list(one_each.values())
    rng.shuffle(chosen)
    if len(chosen) < CROWD // 2:
        raise _nobody("无报警的建筑太少", "more buildings without alarms")
    shaky, worst, crowd = chosen[:SHAKY], chosen[SHAKY : SHAKY + WORST], chosen[SHAKY + WORST :]
    return {"shaky": shaky, "worst": worst, "crowd": crowd[:CROWD]}


def _power_cut(town: Town, members: Sequence[Member], rng: random.Random) -> _Found:
    theirs = _smallest(members, DeviceKind.TRANSMITTER)
    panels = [m for m in _of(theirs, DeviceKind.TRANSMITTER) if m.id in town.wiring.addresses]
    mains = _of(theirs, DeviceKind.ELECTRICAL)
    rng.shuffle(mains)
    return {"all": theirs, "panels": panels, "mains": mains[:MAINS]}


def _gateway_lost(town: Town, members: Sequence[Member], rng: random.Random) -> _Found:
    theirs = _smallest([member for member in members if member.kind in NB_IOT], DeviceKind.SMOKE)
    calm = [
        m
        for m in _of(theirs, DeviceKind.SMOKE)
        if m.building is not None and not town.houses[m.building].troubled
    ]
    if not calm:
        raise _nobody("社区里没有无报警的烟感", "a detector without alarms in the community")
    return {"behind": theirs, "witness": [rng.choice(calm)]}


def _quiet_day(_town: Town, members: Sequence[Member], _rng: random.Random) -> _Found:
    return {"community": _smallest(members, DeviceKind.SMOKE)}


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


_CHOOSERS: Final[Mapping[str, Callable[[Town, Sequence[Member], random.Random], _Found]]] = {
    scenarios.QUIET_DAY.name: _quiet_day,
    scenarios.FIRE.name: _fire,
    scenarios.STORM.name: _storm,
    scenarios.POWER_CUT.name: _power_cut,
    scenarios.GATEWAY_LOST.name: _gateway_lost,
}
