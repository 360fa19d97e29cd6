"""Rings on a real Redis, written by the pipeline and read for the trends."""

from datetime import timedelta
from typing import Any

import pytest
from redis import Redis

from data.domain.drilldown import FineTrend
from data.domain.figures import FINE_S, Tally
from data.domain.readings import VALUE_RANGES
from data.domain.words import DeviceKind
from data.live import keys
from data.live.rebuild import rebuild
from data.live.rings import SLOTS, VALUES, fine_trends, reader, slot_written
from tests.lane import T0, Lane


def trends(lane: Lane, **devices: DeviceKind) -> dict[str, FineTrend]:
    return {one.value: one for one in fine_trends(lane.redis, devices, lane.clock())}


def test_a_reading_is_on_its_ring_at_once(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1.5, temperature_c=25.25)
    lane.clock.tick(60)
    lane.send("S0", smoke_pct=4.5, temperature_c=25.25)
    (point,) = trends(lane, S0=DeviceKind.SMOKE)["smoke_pct"].points
    assert (point.at, point.mean, point.low, point.high) == (T0, 3.0, 1.5, 4.5)
    assert set(trends(lane, S0=DeviceKind.SMOKE)) == {"smoke_pct", "temperature_c"}


def test_every_ring_of_a_kind_has_one_size_from_the_first_reading_on(lane: Lane) -> None:
    lane.clock.tick(7 * 3600)
    lane.send("S0", smoke_pct=1)
    lane.send("P0", pressure_mpa=0.3)
    assert lane.redis.strlen(keys.ring("S0")) == SLOTS * 13
    assert lane.redis.strlen(keys.ring("P0")) == SLOTS * 7
    assert [len(one.points) for one in trends(lane, S0=DeviceKind.SMOKE).values()] == [1]


def test_a_day_later_the_slots_of_yesterday_are_not_taken_for_todays(lane: Lane) -> None:
    for _ in range(SLOTS + 20):
        lane.send("S0", smoke_pct=1)
        lane.clock.tick(FINE_S)
    points = trends(lane, S0=DeviceKind.SMOKE)["smoke_pct"].points
    assert len(points) == SLOTS - 1  # nothing is in the newest yet
    assert [p.at for p in points] == sorted(p.at for p in points)
    lane.clock.tick(20 * 3600)
    lane.send("S0", smoke_pct=9)
    left = trends(lane, S0=DeviceKind.SMOKE)["smoke_pct"].points
    assert left[0].at > lane.clock() - timedelta(days=1)
    assert (left[-1].at, left[-1].mean) == (lane.clock(), 9)
    assert len(left) == 24


def test_many_devices_are_one_curve_with_the_peaks_of_all(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    lane.send("S1", smoke_pct=7)
    smoke = trends(lane, S0=DeviceKind.SMOKE, S1=DeviceKind.SMOKE, S2=DeviceKind.SMOKE)["smoke_pct"]
    (point,) = smoke.points
    assert (smoke.devices, point.mean, point.low, point.high) == (2, 4, 1, 7)


def test_the_hours_before_stay_when_the_present_is_rebuilt(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    lane.redis.set(keys.ring("gone"), b"x")
    rebuild(lane.database, lane.present, lane.clock(), lambda: None)
    assert lane.redis.exists(keys.ring("gone")) == 0
    assert len(trends(lane, S0=DeviceKind.SMOKE)["smoke_pct"].points) == 1


def test_a_wiped_ring_begins_anew_with_the_ten_minutes_that_run(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    lane.redis.flushall()
    lane.worker.heal()
    (point,) = trends(lane, S0=DeviceKind.SMOKE)["smoke_pct"].points
    assert point.mean == 1


def test_an_older_writer_does_not_touch_the_ring(lane: Lane) -> None:
    lane.send("S0", smoke_pct=3)
    before = lane.redis.get(keys.ring("S0"))
    lane.redis.hset(keys.device("S0"), "version", 99)
    lane.send("S0", smoke_pct=9)
    assert lane.redis.get(keys.ring("S0")) == before


def test_a_ring_of_another_layout_is_replaced(lane: Lane) -> None:
    lane.redis.set(keys.ring("S0"), b"\x01" * 5000)
    assert trends(lane, S0=DeviceKind.SMOKE) == {}
    lane.send("S0", smoke_pct=3)
    assert lane.redis.strlen(keys.ring("S0")) == SLOTS * 13
    assert len(trends(lane, S0=DeviceKind.SMOKE)["smoke_pct"].points) == 1


def test_nothing_is_known_while_redis_is_away() -> None:
    gone = Redis(host="127.0.0.1", port=1, retry=None)
    assert reader(gone)({"S0": DeviceKind.SMOKE}, T0) == []


@pytest.mark.parametrize("name", sorted({name for values in VALUES.values() for name in values}))
@pytest.mark.parametrize("end", [0, 1])
def test_the_ends_of_every_range_fit(redis: Redis, name: str, end: int) -> None:
    kind = next(kind for kind, values in VALUES.items() if name in values)
    value = VALUE_RANGES[name][end]
    written: Any = slot_written(kind, Tally(0, {name: (2, 2 * value, value, value)}))
    offset, packed, size = written
    redis.set(keys.ring("D"), b"\xff" * size)
    redis.setrange(keys.ring("D"), offset, packed)
    (trend,) = fine_trends(redis, {"D": kind}, T0.fromtimestamp(60, T0.tzinfo))
    assert trend.points[0].high == pytest.approx(value, rel=1e-3)


def test_what_a_kind_has_no_place_for_is_left_out() -> None:
    assert slot_written(DeviceKind.CAMERA, Tally(0, {"battery_pct": (1, 1, 1, 1)})) is None
    assert slot_written(DeviceKind.SMOKE, Tally(0, {"battery_pct": (1, 1, 1, 1)})) is None
    assert set(VALUES) == set(DeviceKind)
