import pytest

from data.domain.errors import NotFoundError
from data.domain.words import Status
from data.store.drilldown_device import device_id_of_slot, device_view
from tests.cast import build_cast, read_now


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


def test_slot_names_its_device(session):
    assert device_id_of_slot(session, "3") == "G1"


@pytest.mark.parametrize("slot", ["99", "-1", "x", "", "9" * 40])
def test_empty_slot_is_refused(session, slot):
    with pytest.raises(NotFoundError, match="slot"):
        device_id_of_slot(session, slot)


def test_unknown_device_is_refused(session):
    with pytest.raises(NotFoundError, match="'S9'"):
        device_view(session, "S9", read_now)
