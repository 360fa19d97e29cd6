"""Alarms of one batch: joined in memory, written together, the same as one by one."""

from datetime import timedelta

import pytest

from data.domain.words import BuildingCategory, DeviceKind, Reported
from data.store.models import (
    AlarmHistory,
    AlarmRow,
    Building,
    BuildingNeighbour,
    Device,
    Incident,
    IncidentHistory,
)
from tests.lane import BOX, T0, Lane

#: Building, and a smoke detector in each: B2 touches B1 and B3, B4 stands alone.
PLACES = ("B2", "B3", "B4")
TOUCHING = (("B1", "B2"), ("B2", "B3"))


@pytest.fixture
def row(lane: Lane) -> Lane:
    with lane.database.writing() as session:
        for slot, place in enumerate(PLACES, 10):
            where = {"community_code": "350582005001", "lon": 118.59, "lat": 24.76}
            session.add(
                Building(
                    id=place,
                    name=place,
                    address="",
                    category=BuildingCategory.RENTAL,
                    storeys=1,
                    built_year=1990,
                    geometry=BOX,
                    **where,
                )
            )
            session.flush()
            kind = {"kind": DeviceKind.SMOKE, "name": place, "interval_s": 60}
            session.add(Device(id=f"D{place}", slot=slot, building_id=place, **kind, **where))
        session.flush()
        for one, other in TOUCHING:
            session.add(BuildingNeighbour(building_id=one, neighbour_id=other))
            session.add(BuildingNeighbour(building_id=other, neighbour_id=one))
    return lane


def burn(lane: Lane, *device_ids: str) -> None:
    readings = []
    for device_id in device_ids:
        lane.clock.tick(1)
        readings.append(lane.read(device_id, smoke_pct=40))
    lane.pipeline.ingest(readings)


def incidents_of(lane: Lane) -> dict[str, int | None]:
    return {alarm.device_id: alarm.incident_id for alarm in lane.rows(AlarmRow)}


@pytest.mark.parametrize("together", [True, False])
def test_a_fire_spreads_from_building_to_building_within_one_incident(
    row: Lane, together: bool
) -> None:
    order = ("S0", "DB2", "DB3", "DB4")
    for batch in (order,) if together else ((one,) for one in order):
        burn(row, *batch)
    # DB3 is beside DB2, where the incident burns by now, though not where it began.
    assert incidents_of(row) == {"S0": 1, "DB2": 1, "DB3": 1, "DB4": 2}
    first, second = row.rows(Incident)
    assert (first.building_id, first.confidence) == ("B1", "smoke+smoke+smoke/2")
    assert (first.opened_at, first.last_at) == (
        T0 + timedelta(seconds=1),
        T0 + timedelta(seconds=3),
    )
    assert (second.building_id, second.confidence) == ("B4", "")
    told = [(line.incident_id, line.action, line.detail) for line in row.rows(IncidentHistory)]
    assert told == [
        (1, "opened", ""),
        (1, "alarm", "1"),
        (1, "alarm", "2"),
        (1, "alarm", "3"),
        (2, "opened", ""),
        (2, "alarm", "4"),
    ]
    assert [(a.alarm_id, a.action) for a in row.rows(AlarmHistory)] == [
        (n, "raised") for n in range(1, 5)
    ]


def test_the_others_are_told_when_their_incident_becomes_more_believable(row: Lane) -> None:
    burn(row, "S0")
    burn(row, "S1", "DB2")
    views = {view["device"]: view for view in row.present.snapshot()["alarms"]}
    assert {view["confidence"] for view in views.values()} == {"smoke+smoke+smoke/2"}
    assert row.rows(Incident)[0].version == 1
    assert views["S0"]["version"] > 0


def test_an_incident_that_ends_within_the_batch_is_not_joined(row: Lane) -> None:
    """A pre-alarm that was acknowledged closes by itself when its value returns."""
    row.send("S0", smoke_pct=10)
    with row.database.writing() as session:
        alarm = session.get_one(AlarmRow, 1)
        alarm.acked_at, alarm.acked_by = row.clock(), "duty"
    row.clock.tick(5)
    row.pipeline.ingest(
        [
            row.read("S1", battery_pct=5),
            row.read("S0", smoke_pct=1),
            row.read("S2", smoke_pct=40),
        ]
    )
    assert incidents_of(row) == {"S0": 1, "S1": None, "S2": 2}
    assert [incident.closed_at is None for incident in row.rows(Incident)] == [False, True]


def test_numbers_go_on_where_others_left_them(row: Lane) -> None:
    burn(row, "S0", "S1")
    row.dry()
    burn(row, "S2")
    assert [alarm.id for alarm in row.rows(AlarmRow)] == [1, 2, 3, 4]
    assert row.rows(AlarmRow)[2].incident_id is None


def test_a_word_of_the_device_and_a_value_are_two_alarms_of_one_incident(row: Lane) -> None:
    row.send("S0", reported=Reported.FIRE, smoke_pct=40)
    assert [(a.cause, a.incident_id) for a in row.rows(AlarmRow)] == [
        ("smoke_fire", 1),
        ("reported_fire", 1),
    ]
    assert row.rows(Incident)[0].confidence == ""
