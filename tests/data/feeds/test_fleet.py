from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from data.domain.readings import check_reading
from data.domain.rules import judge
from data.domain.words import DeviceKind, Reported
from data.feeds.decode import decode_item
from data.feeds.fleet import Fleet, Telemetry, load_fleet
from data.feeds.happenings import Happening
from data.feeds.physics import Condition, Excursion
from data.store.database import Database
from data.store.models import Device, DeviceState

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def fleet(town_database: Database) -> Fleet:
    return load_fleet(town_database)


def _telemetry(fleet: Fleet, started: datetime = NOW) -> Telemetry:
    return Telemetry(fleet, started, np.random.default_rng(1))


def test_the_silent_devices_are_those_that_the_town_says_are_silent(
    town_database: Database, fleet: Fleet
) -> None:
    silent = np.flatnonzero((fleet.condition == int(Condition.SILENT)) & ~fleet.disabled)
    with town_database.reading() as session:
        stale = session.scalars(select(DeviceState.device_id).where(DeviceState.stale)).all()
        slots = session.scalars(select(Device.id).order_by(Device.slot)).all()
    assert {fleet.ids[i] for i in silent} == set(stale)
    assert fleet.ids == tuple(slots)
    assert not set(silent.tolist()) & set(fleet.talking.tolist())
    assert set(fleet.healthy.tolist()) < set(fleet.talking.tolist())


def test_every_message_is_one_that_the_way_in_takes(fleet: Fleet) -> None:
    devices = fleet.talking.tolist()
    messages = _telemetry(fleet).messages(devices, NOW, {})
    assert [message["device_id"] for message in messages] == [fleet.ids[i] for i in devices]
    for message in messages:
        reading = check_reading(decode_item(message, NOW + timedelta(seconds=1)))
        assert reading.measured_at == NOW


def test_quiet_devices_raise_nothing_and_worn_ones_what_is_wrong_with_them(fleet: Fleet) -> None:
    devices = fleet.talking.tolist()
    for device, message in zip(devices, _telemetry(fleet).messages(devices, NOW, {}), strict=True):
        found = judge(
            fleet.kinds[device], message["values"], Reported(message["status"]), frozenset()
        )
        healthy = fleet.condition[device] == int(Condition.HEALTHY)
        assert any(f.on for f in found) != healthy, fleet.ids[device]


def test_message_ids_are_never_used_twice_also_after_a_new_start(fleet: Fleet) -> None:
    devices = fleet.talking.tolist()[:50]
    seen = set()
    for started in (NOW, NOW + timedelta(seconds=1)):
        telemetry = _telemetry(fleet, started)
        for _ in range(3):
            seen |= {m["message_id"] for m in telemetry.messages(devices, NOW, {})}
    assert len(seen) == 2 * 3 * 50
    assert max(map(len, seen)) <= 64


def test_what_happens_shows_in_the_messages(fleet: Fleet) -> None:
    smoke, camera = (
        next(i for i in fleet.healthy.tolist() if fleet.kinds[i] is kind)
        for kind in (DeviceKind.SMOKE, DeviceKind.CAMERA)
    )
    start = NOW.timestamp() - 100
    happening = {
        smoke: Happening((Excursion("smoke_pct", 20.0, start, 60.0, 60.0, 30.0),)),
        camera: Happening((), NOW.timestamp() + 60),
    }
    burning, broken = _telemetry(fleet).messages([smoke, camera], NOW, happening)
    assert burning["values"]["smoke_pct"] > 19
    assert (burning["status"], broken["status"], broken["values"]) == ("normal", "fault", {})


def test_values_drift_slowly(fleet: Fleet) -> None:
    kind = DeviceKind.ELECTRICAL
    device = next(i for i in fleet.healthy.tolist() if fleet.kinds[i] is kind)
    telemetry = _telemetry(fleet)
    series = [
        telemetry.messages([device], NOW + timedelta(minutes=m), {})[0]["values"]["temperature_c"]
        for m in range(0, 60, 2)
    ]
    assert np.ptp(series) < 4
    assert np.abs(np.diff(series)).max() < 1.5
