from dataclasses import replace

import numpy as np

from data.demo.clock import Clock, local_hour
from data.demo.fires import make_fires, risk
from data.demo.plan import Plan
from data.domain.words import BuildingCategory


def test_risk_is_where_it_is_in_life(plan: Plan) -> None:
    buildings = plan.buildings
    weight = risk(buildings)
    rental = buildings.among(BuildingCategory.RENTAL)
    required = rental & buildings.charging_required
    bare = weight[required & ~buildings.charging_present].mean()
    assert bare > 2 * weight[required & buildings.charging_present].mean()
    workshops = weight[buildings.among(BuildingCategory.THREE_IN_ONE)].mean()
    assert workshops > 3 * weight[rental & buildings.charging_present].mean()


def test_fires_follow_the_risk(plan: Plan, clock: Clock) -> None:
    weight = risk(plan.buildings)
    burnt = [
        fire.building
        for seed in range(12)
        for fire in make_fires(plan.buildings, plan.devices, clock, seed)
    ]
    assert weight[burnt].mean() > 1.3 * weight.mean()


def test_some_burn_where_it_burnt_before(plan: Plan, clock: Clock) -> None:
    fires = make_fires(plan.buildings, plan.devices, clock, 3)
    lonlat = plan.buildings.lonlat[[fire.building for fire in fires]]
    gaps = np.hypot(*((lonlat[:, None] - lonlat) * (100_900, 110_800)).transpose(2, 0, 1))
    near = [(gaps[i, :i] < 200).any() for i in range(1, len(fires))]
    assert sum(near) >= 3


def test_only_installed_devices_see_a_fire(plan: Plan, clock: Clock) -> None:
    late = replace(plan.devices, installed=np.full(len(plan.devices), 10_000))
    assert not any(fire.devices for fire in make_fires(plan.buildings, late, clock, 1))


def test_nights_are_worst(plan: Plan, clock: Clock) -> None:
    hours = [
        float(local_hour(np.array([fire.at]))[0])
        for seed in range(20)
        for fire in make_fires(plan.buildings, plan.devices, clock, seed)
    ]
    night = sum(hour < 5 for hour in hours) / 5
    morning = sum(6 <= hour < 12 for hour in hours) / 6
    assert night > 1.5 * morning
