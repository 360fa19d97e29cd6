from collections import Counter

import numpy as np
import pytest
import shapely
from sqlalchemy import select

from data.demo.devices import INTERVAL_S, PREFIX, SHARE, make_devices
from data.demo.plan import Plan
from data.domain.words import DeviceKind, FacilityKind
from data.store.database import Database
from data.store.models import Building, Device, Facility
from tests.conftest import TOWN_DEVICES, TOWN_SEED


@pytest.fixture(scope="module")
def rows(town: Database) -> list[Device]:
    with town.reading() as session:
        return list(session.scalars(select(Device).order_by(Device.slot)))


def test_there_are_exactly_as_many_as_wanted_in_dense_slots(rows: list[Device]) -> None:
    assert [row.slot for row in rows] == list(range(TOWN_DEVICES))
    assert len({row.id for row in rows}) == TOWN_DEVICES
    assert all(row.id.startswith(f"XT-{PREFIX[row.kind]}-") for row in rows)


def test_every_kind_has_its_share(rows: list[Device]) -> None:
    number = Counter(row.kind for row in rows)
    assert set(number) == set(DeviceKind)
    for kind, share in SHARE.items():
        assert abs(number[kind] - share * TOWN_DEVICES) <= 1


def test_devices_are_within_their_building(town: Database, rows: list[Device]) -> None:
    with town.reading() as session:
        footprints = {b.id: shapely.from_wkb(b.geometry) for b in session.scalars(select(Building))}
    for row in rows:
        if row.building_id is not None:
            assert footprints[row.building_id].contains(shapely.Point(row.lon, row.lat)), row.id
    outside = Counter(row.kind for row in rows if row.building_id is None)
    assert set(outside) == {DeviceKind.CAMERA, DeviceKind.PRESSURE}


def test_slots_follow_the_buildings(rows: list[Device]) -> None:
    buildings = [row.building_id for row in rows if row.building_id is not None]
    assert buildings == sorted(buildings)
    assert [row.building_id is None for row in rows] == sorted(
        row.building_id is None for row in rows
    )


def test_hydrants_are_watched_by_pressure_devices_beside_them(town: Database) -> None:
    query = select(Facility, Device).join(Device, Device.id == Facility.device_id)
    with town.reading() as session:
        pairs = [(row.Facility, row.Device) for row in session.execute(query)]
    assert pairs
    for facility, device in pairs:
        assert facility.kind is FacilityKind.HYDRANT
        assert device.kind is DeviceKind.PRESSURE
        assert (facility.lon, facility.lat) == (device.lon, device.lat)


@pytest.mark.parametrize("count", [6000, 60_000])
def test_the_whole_town_sends_about_fifty_messages_a_second(plan: Plan, count: int) -> None:
    devices = make_devices(
        count, plan.buildings, plan.facilities, plan.lands, plan.streets, TOWN_SEED
    )
    assert len(devices) == count
    assert 40 < np.sum(1 / devices.interval_s) < 60


def test_a_small_town_keeps_the_usual_intervals(rows: list[Device]) -> None:
    assert all(row.interval_s == INTERVAL_S[row.kind] for row in rows)
