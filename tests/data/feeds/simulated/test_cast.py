import random
from dataclasses import replace

import pytest

from data.domain.words import BuildingCategory, DeviceKind
from data.feeds.simulated import scenarios
from data.feeds.simulated.cast import Cast, Pool, choose
from data.feeds.simulated.http import FeedError
from data.feeds.simulated.scenarios import SCENARIOS


def cast_of(name: str, pool: Pool, seed: int = 1) -> Cast:
    return choose(SCENARIOS[name], pool, random.Random(seed))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_role_of_a_scenario_is_played_by_devices_of_the_town(name: str, pool: Pool) -> None:
    cast = cast_of(name, pool)
    assert set(cast) >= SCENARIOS[name].roles
    talking = {member.id for member in pool.talking}
    assert all(device_id in talking for theirs in cast.values() for device_id in theirs)
    assert cast_of(name, pool) == cast


def test_a_fire_begins_in_a_calm_three_in_one_building_and_goes_next_door(pool: Pool) -> None:
    cast = cast_of("fire-in-sanheyi", pool)
    town = pool.town
    inside = {
        town.members[device_id].building
        for role in ("first", "upstairs", "heat", "wiring", "panel")
        for device_id in cast[role]
    }
    assert len(inside) == 1
    house = town.houses[inside.pop() or ""]
    assert house.category is BuildingCategory.THREE_IN_ONE
    assert not house.troubled
    assert town.members[cast["neighbour"][0]].building != house.id
    assert set(cast["heat"]) <= town.wiring.parts.keys()
    assert cast["panel"][0] in town.wiring.addresses


def test_a_storm_comes_from_many_calm_buildings(pool: Pool) -> None:
    cast = cast_of("false-alarm-storm", pool)
    buildings = [pool.town.members[d].building for theirs in cast.values() for d in theirs]
    assert len(buildings) == len(set(buildings)) == 38
    assert not any(pool.town.houses[building or ""].troubled for building in buildings)


def test_a_power_cut_takes_a_whole_community(pool: Pool) -> None:
    cast = cast_of("power-cut", pool)
    (community,) = {pool.town.members[device_id].community for device_id in cast["all"]}
    everybody = {member.id for member in pool.talking if member.community == community}
    assert set(cast["all"]) == everybody
    assert {*cast["panels"], *cast["mains"]} <= everybody


def test_another_seed_is_another_cast(pool: Pool) -> None:
    casts = {str(cast_of("false-alarm-storm", pool, seed)) for seed in range(3)}
    assert len(casts) == 3


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_town_without_anybody_says_so(name: str, pool: Pool) -> None:
    cameras = tuple(m for m in pool.talking if m.kind is DeviceKind.CAMERA)
    with pytest.raises(FeedError, match="can't be played"):
        cast_of(name, replace(pool, talking=cameras, healthy=cameras))


def test_a_role_that_nobody_can_play_is_left_out(pool: Pool) -> None:
    smoke = tuple(m for m in pool.healthy if m.kind is DeviceKind.SMOKE)
    cast = choose(scenarios.FIRE, replace(pool, healthy=smoke), random.Random(1))
    assert set(cast) == {"first", "upstairs", "neighbour"}
