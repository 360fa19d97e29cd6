from datetime import timedelta

import pytest

from data.domain.drilldown import TrendSpan
from data.domain.errors import NotFoundError
from data.domain.rule_changes import Numbers, Override
from data.domain.words import DeviceKind
from data.store.drilldown_device import device_view
from data.store.models import ReadingHour
from data.store.rules import write_override
from data.store.trends import building_trends, device_trends, measuring
from tests.cast import NOW, build_cast, device, read_now

TOP = NOW.replace(minute=0, second=0)


@pytest.fixture
def session(database):
    build_cast(database)
    with database.writing() as session:
        session.add(device("S2", 50, DeviceKind.SMOKE, "烟感 02"))
        session.flush()
        hour = {"device_id": "S2", "hour": TOP, "value": "smoke_pct"}
        session.add(ReadingHour(**hour, count=1, total=90, low=88, high=92))
    with database.reading() as session:
        yield session


def test_a_day_by_hour_with_mean_and_band(session):
    by_value = {t.series.value: t.series for t in device_trends(session, "S1", TrendSpan.DAY, NOW)}
    smoke = by_value["smoke_pct"]
    assert len(smoke.points) == 24
    assert smoke.points[-1].at == TOP
    assert smoke.points[0].at == TOP - timedelta(hours=23)
    first = smoke.points[0]
    assert (first.mean, first.low, first.high) == (24.0, 1.0, 47.0)
    assert {rule.value for rule in smoke.rules} == {"smoke_pct"}
    assert set(by_value) == {"smoke_pct", "battery_pct"}


def test_a_month_loses_no_peak(session):
    (smoke,) = (
        t.series
        for t in device_trends(session, "S1", TrendSpan.MONTH, NOW)
        if t.series.value == "smoke_pct"
    )
    assert len(smoke.points) == 6
    assert {point.at.hour % 6 for point in smoke.points} == {0}
    assert max(point.high for point in smoke.points) == 1 + 2 * 29
    assert min(point.low for point in smoke.points) == 1


def test_a_building_joins_its_devices_of_a_kind(session):
    (smoke,) = (
        t
        for t in building_trends(session, "B1", TrendSpan.DAY, NOW)
        if t.series.value == "smoke_pct"
    )
    last = smoke.series.points[-1]
    assert (smoke.devices, last.low, last.high) == (2, 1.0, 92)
    assert last.mean == pytest.approx((4 * 1 + 90) / 5)


def test_silence_is_empty_and_the_unknown_refused(session):
    assert device_trends(session, "E1", TrendSpan.MONTH, NOW) == ()
    with pytest.raises(NotFoundError, match="'S9'"):
        device_trends(session, "S9", TrendSpan.DAY, NOW)
    with pytest.raises(NotFoundError, match="'B9'"):
        building_trends(session, "B9", TrendSpan.DAY, NOW)


def test_the_thresholds_drawn_are_those_in_force(session):
    write_override(session, Override(DeviceKind.SMOKE, "smoke_fire", Numbers(20, 10)))
    session.flush()
    trends = {t.series.value: t.series for t in device_trends(session, "S1", TrendSpan.DAY, NOW)}
    drawn = {rule.cause: rule.on for rule in trends["smoke_pct"].rules}
    told = {rule.cause: rule.on for rule in device_view(session, "S1", read_now).rules}
    assert (drawn["smoke_fire"], told["smoke_fire"]) == (20, 20)


def test_the_hour_that_runs_is_there_before_it_is_over(lane):
    lane.send("S0", smoke_pct=2)
    lane.send("S1", smoke_pct=6)
    lane.clock.tick(3600)
    lane.send("S0", smoke_pct=4)
    with lane.database.reading() as session:
        (smoke,) = building_trends(session, "B1", TrendSpan.DAY, lane.clock())
        (own,) = device_trends(session, "S0", TrendSpan.DAY, lane.clock())
        (month,) = building_trends(session, "B1", TrendSpan.MONTH, lane.clock())
        kinds = measuring(session, building_id="B1")
    assert smoke.devices == 2
    assert [(p.mean, p.low, p.high) for p in smoke.series.points] == [(4, 2, 6), (4, 4, 4)]
    assert [p.mean for p in own.series.points] == [2, 4]
    assert [(p.mean, p.low, p.high) for p in month.series.points] == [(4, 2, 6)]
    assert (len(kinds), kinds["S0"], kinds["P0"]) == (6, DeviceKind.SMOKE, DeviceKind.PRESSURE)


def test_the_hour_that_runs_joins_what_its_table_has_of_it(lane):
    """Late readings of two gateways, and rows from before the figures were kept at the device."""
    lane.send("S0", smoke_pct=2)
    with lane.database.writing() as session:
        hour = {"device_id": "S0", "hour": lane.clock(), "value": "smoke_pct"}
        session.add(ReadingHour(**hour, count=3, total=18, low=1, high=9))
    with lane.database.reading() as session:
        (smoke,) = device_trends(session, "S0", TrendSpan.DAY, lane.clock())
    (point,) = smoke.series.points
    assert (smoke.devices, point.mean, point.low, point.high) == (1, 5, 1, 9)
