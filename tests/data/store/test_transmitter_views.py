"""What the feeds page reads of transmitters, on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest

from data.domain.words import AlarmKind
from data.store.models import AlarmRow, DutyCheck, Transmitter, TransmitterPoint
from data.store.transmitter_views import (
    find_buildings,
    find_devices,
    registered,
    unregistered_points,
    unregistered_transmitters,
)
from tests.lane import T0, build
from tests.statements import statements
from tests.transmitters import ADDRESS, LANE_COMMUNITY, register

MANY = 30


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def known(request):
    """A lane with a registered transmitter and one that nobody registered."""
    database = request.getfixturevalue(request.param)
    build(database)
    register(database)
    with database.writing() as session:
        session.add(Transmitter(address=5, device_id=None, first_at=T0))
    return database


def point(number, **more):
    facts = {
        "system_type": 1,
        "system_address": 1,
        "part_address": number,
        "description": "走廊",
        "first_at": T0,
        "last_at": T0,
    }
    return TransmitterPoint(id=number, transmitter=ADDRESS, **(facts | more))


def alarm(number, point_id, closed_at=None):
    return AlarmRow(
        id=number,
        device_id="T1",
        building_id="B1",
        community_code=LANE_COMMUNITY,
        message_id=f"a{number}",
        kind=AlarmKind.FIRE,
        cause="reported_fire",
        raised_at=T0,
        received_at=T0,
        last_at=T0,
        closed_at=closed_at,
        point_id=point_id,
    )


def add(database, *rows):
    with database.writing() as session:
        for row in rows:
            session.add(row)
            session.flush()


def test_registered_transmitters_say_their_parts_and_the_last_duty_check(known):
    checks = [
        DutyCheck(transmitter=ADDRESS, asked_at=T0, asked_by="duty", minutes=10, outcome=outcome)
        for outcome in ("unanswered", None)
    ]
    add(known, point(300), point(301), *checks)
    with known.reading() as session:
        (row,) = registered(session)
        assert unregistered_transmitters(session) == (
            1,
            [{"address": 5, "first_at": round(T0.timestamp() * 1000)}],
        )
    assert (row["address"], row["device"], row["building_name"]) == (889, "T1", "沙塘 1 号出租屋")
    assert (row["parts"], row["unregistered"]) == (1, 2)
    assert (row["duty"]["outcome"], row["duty"]["asked_by"]) == (None, "duty")


def test_unregistered_parts_with_open_alarms_come_first(known):
    later = T0 + timedelta(hours=1)
    add(known, point(300), point(301, last_at=later), point(302, part_type=31, state=3))
    add(known, alarm(1, 302), alarm(2, 302), alarm(3, 300, closed_at=T0))
    with known.reading() as session:
        count, rows = unregistered_points(session)
    assert (count, [row["id"] for row in rows]) == (3, [302, 301, 300])
    first = rows[0]
    assert (first["alarms"], first["kind"], first["number"]) == (2, "heat", "1-1-302")
    assert (first["building_name"], first["description"]) == ("沙塘 1 号出租屋", "走廊")


def test_devices_to_choose_say_what_they_are_already(known):
    with known.reading() as session:
        parts = find_devices(session, "", transmitters=False)
        assert [row["id"] for row in find_devices(session, "s0 出租屋", transmitters=False)] == [
            "S0"
        ]
        (transmitter,) = find_devices(session, "", transmitters=True)
        assert find_devices(session, "100%", transmitters=False) == []
        assert [row["id"] for row in find_buildings(session, "沙塘一路")] == ["B1"]
    assert {row["id"]: row["taken"] for row in parts}["S0"] == ADDRESS
    assert parts[-1]["id"] == "S0"  # the free ones first
    assert not {"T1", "C0"} & {row["id"] for row in parts}
    assert (transmitter["id"], transmitter["taken"]) == ("T1", ADDRESS)


def test_thirty_rows_take_as_many_statements_as_one(known):
    def sent():
        with known.reading() as session, statements(known) as found:
            for ask in (registered, unregistered_transmitters, unregistered_points):
                ask(session)
        return [sql for sql, _ in found]

    add(known, point(300), alarm(1, 300))
    for_one = sent()
    add(known, *(point(400 + n) for n in range(MANY)))
    add(known, *(Transmitter(address=1000 + n, first_at=T0) for n in range(MANY)))
    for number in range(MANY):
        register(known, 2000 + number, f"T{2000 + number}")
    assert sent() == for_one
