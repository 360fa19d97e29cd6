import pytest

from data.domain.errors import NotFoundError
from data.domain.words import AlarmKind, DeviceKind, Outcome, Status
from data.store.drilldown_building import DEVICES_LISTED, building_view
from tests.cast import build_cast, device, read_now


@pytest.fixture
def view(database):
    build_cast(database)
    with database.reading() as session:
        return building_view(session, "B1", read_now)


def test_devices_are_worst_first_with_their_present(view):
    assert [(row.id, row.now and row.now.status) for row in view.devices] == [
        ("S1", Status.ALARM),
        ("C1", Status.NORMAL),
        ("E1", None),
    ]
    assert view.devices[0].now.values["smoke_pct"] == 17.3


def test_people_are_the_responsible_then_the_grids_officer_then_the_community(view):
    assert [(p.label, p.grid) for p in view.people] == [
        ("责任人 0001", None),
        ("网格员 03", "第三网格"),
        ("微站 01", None),
    ]


def test_only_open_alarms_are_shown(view):
    assert [(a.id, a.kind, a.device_name, a.acked_by) for a in view.alarms] == [
        (1, AlarmKind.FIRE, "烟感 01", None),
        (2, AlarmKind.PREALARM, "充电桩 01", "duty"),
    ]


def test_three_nearest_micro_stations_and_hydrants_within_reach(view):
    assert [near.id for near in view.micro_stations] == ["M1", "M2", "M3"]
    assert [(near.id, near.now and near.now.values) for near in view.hydrants] == [
        ("H1", {"pressure_mpa": 0.3}),
        ("H2", None),
    ]


def test_past_is_newest_first_and_bounded(view):
    assert [incident.id for incident in view.incidents] == list(range(1, 11))
    assert view.incidents[0].outcome is None
    assert view.incidents[1].outcome is Outcome.FALSE
    assert [hazard.id for hazard in view.hazards] == [1, 2]
    assert [visit.result for visit in view.inspections] == ["failed"]
    assert [fire.cause for fire in view.fires] == ["electrical"]


def test_facts_and_places(view):
    facts = view.facts
    assert (facts.ebike_charging_required, facts.ebike_charging_present) == (True, False)
    assert (facts.grid, view.community.name, view.work_point.id) == ("第三网格", "沙塘社区", "A")


def test_a_building_without_anything(database):
    build_cast(database)
    with database.reading() as session:
        view = building_view(session, "B3", read_now)
    assert (view.devices, view.alarms, view.people, view.hydrants) == ((), (), (), ())
    assert view.facts.grid is None


def test_many_devices_are_cut_but_counted(database):
    build_cast(database)
    with database.writing() as session:
        session.add_all(
            device(f"D{n}", 10 + n, DeviceKind.HEAT, f"感温 {n}") for n in range(DEVICES_LISTED)
        )
    with database.reading() as session:
        view = building_view(session, "B1", read_now)
    assert (len(view.devices), view.device_count) == (DEVICES_LISTED, DEVICES_LISTED + 3)
    assert view.devices[0].id == "S1"


def test_an_unknown_building_is_refused(database):
    build_cast(database)
    with database.reading() as session, pytest.raises(NotFoundError, match="'B9'"):
        building_view(session, "B9", read_now)
