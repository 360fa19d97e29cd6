from datetime import timedelta

import pytest

from data.domain.errors import NotFoundError
from data.domain.words import AlarmKind, DeviceKind
from data.store.cameras import cameras_near
from data.store.drilldown_building import building_view
from data.store.drilldown_incident import find_incident, incident_view
from data.store.drilldown_past import device_past
from data.store.models import AlarmRow, Incident, IncidentHistory, Person
from tests.cast import LAT, LON, NOW, SHATANG, build_cast, device, read_now


@pytest.fixture
def past(database):
    build_cast(database)
    with database.writing() as session:
        incident = session.get_one(Incident, 1)
        incident.confidence, incident.acked_at = "smoke+charger/30", NOW
        for number in (1, 2):
            session.get_one(AlarmRow, number).incident_id = 1
        steps = [("opened", "device", ""), ("alarm", "device", "1"), ("acknowledged", "duty", "")]
        session.add_all(
            IncidentHistory(
                incident_id=1, at=NOW + timedelta(seconds=n), action=a, actor=who, detail=what
            )
            for n, (a, who, what) in enumerate(steps)
        )
    return database


def test_an_incident_with_its_alarms_and_its_timeline(past):
    with past.reading() as session:
        view = incident_view(session, "1")
    assert view.building is not None
    assert (view.building.id, view.community.name, view.kind) == ("B1", "沙塘社区", AlarmKind.FIRE)
    assert [alarm.id for alarm in view.alarms] == [1, 2]
    assert [entry.action for entry in view.timeline] == ["opened", "alarm", "acknowledged"]
    assert (view.acked_by, view.closed_by) == ("duty", None)
    assert (view.alarm_count, view.entry_count) == (2, 3)


@pytest.mark.parametrize("key", ["99", "x", "", "-1", "9" * 30, "1 or 1=1"])
def test_an_unknown_incident_is_refused(past, key):
    with past.reading() as session, pytest.raises(NotFoundError, match="no incident"):
        incident_view(session, key)


@pytest.mark.parametrize("text", ["2", "#2", "警情 2", " incident 2 "])
def test_an_incident_is_found_by_its_number(past, text):
    with past.reading() as session:
        hit = find_incident(session, text)
    assert (hit.id, hit.place, hit.is_open) == (2, "学府路 12 号", False)


@pytest.mark.parametrize("text", ["999", "沙塘", "2 号", ""])
def test_nothing_else_is_an_incident(past, text):
    with past.reading() as session:
        assert find_incident(session, text) is None


def test_the_past_of_a_device_has_alarms_repairs_and_maintainers(past):
    with past.writing() as session:
        session.get_one(AlarmRow, 3).note = "更换电池"
        session.add(
            Person(id="P-W", role="maintainer", label="维保单位 01", community_code=SHATANG)
        )
    with past.reading() as session:
        found = device_past(session, "S1", SHATANG)
    assert [alarm.id for alarm in found.alarms] == [3, 1]
    assert found.alarm_count == 2
    assert [(repair.id, repair.note) for repair in found.repairs] == [(3, "更换电池")]
    assert [person.label for person in found.maintainers] == ["维保单位 01"]


def test_cameras_inside_come_first_then_the_nearest_that_can_see_it(past):
    with past.writing() as session:
        session.add_all(
            [
                device("IN", 60, DeviceKind.CAMERA, "内", lat=LAT + 0.0005),
                device("NEAR", 61, DeviceKind.CAMERA, "近", building_id=None, lat=LAT + 0.0003),
                # In the box around the circle, not in the circle.
                device(
                    "FAR",
                    62,
                    DeviceKind.CAMERA,
                    "远",
                    building_id=None,
                    lat=LAT + 0.0013,
                    lon=LON + 0.0014,
                ),
            ]
        )
    with past.reading() as session:
        facts = building_view(session, "B1", read_now).facts
        found = cameras_near(session, facts, read_now)
    assert [(near.device.id, near.inside) for near in found] == [
        ("IN", True),
        ("CAM1", False),
        ("NEAR", False),
    ]
    assert found[2].distance_m == pytest.approx(33, abs=1)
