from datetime import timedelta

import pytest

from data.domain.errors import NotFoundError
from data.domain.words import Status
from data.store.drilldown_device import device_id_of_slot, device_trend, device_view
from tests.cast import NOW, build_cast, read_now


@pytest.fixture
def session(database):
    build_cast(database)
    with database.reading() as session:
        yield session


def test_device_has_values_rules_and_history(session):
    view = device_view(session, "S1", read_now)

    assert view.now is not None
    assert view.now.status is Status.ALARM
    assert (view.building_id, view.building_name) == ("B1", "学府路 12 号")
    assert "smoke_fire" in {rule.cause for rule in view.rules}
    assert [alarm.id for alarm in view.alarms] == [1]
    assert [(change.before, change.after) for change in view.history] == [
        (Status.NORMAL, Status.ALARM),
        (Status.STALE, Status.NORMAL),
        (Status.NORMAL, Status.STALE),
    ]


def test_device_in_the_street_without_present(session):
    view = device_view(session, "CAM1", read_now)
    assert (view.building_id, view.building_name, view.now) == (None, None, None)
    assert view.disabled


def test_trend_is_the_last_day_by_hour_with_mean_and_band(session):
    by_value = {series.value: series for series in device_trend(session, "S1", NOW)}

    smoke = by_value["smoke_pct"]
    assert len(smoke.points) == 24
    assert smoke.points[-1].at == NOW.replace(minute=0, second=0)
    assert smoke.points[0].at == smoke.points[-1].at - timedelta(hours=23)
    first = smoke.points[0]
    assert (first.mean, first.low, first.high) == (24.0, 1.0, 47.0)
    assert {rule.value for rule in smoke.rules} == {"smoke_pct"}
    assert set(by_value) == {"smoke_pct", "battery_pct"}


def test_trend_of_a_silent_device_is_empty(session):
    assert device_trend(session, "E1", NOW) == ()


def test_slot_names_its_device(session):
    assert device_id_of_slot(session, "3") == "G1"


@pytest.mark.parametrize("slot", ["99", "-1", "x", "", "9" * 40])
def test_empty_slot_is_refused(session, slot):
    with pytest.raises(NotFoundError, match="slot"):
        device_id_of_slot(session, slot)


def test_unknown_device_is_refused(session):
    with pytest.raises(NotFoundError, match="'S9'"):
        device_view(session, "S9", read_now)
    with pytest.raises(NotFoundError, match="'S9'"):
        device_trend(session, "S9", NOW)
