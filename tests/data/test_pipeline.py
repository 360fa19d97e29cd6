"""Readings in, rows and Redis out; on SQLite here, on PostgreSQL in test_pipeline_postgres."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from redis import Redis
from sqlalchemy import select

from data.domain.errors import Refusal
from data.domain.words import AlarmKind, Reported, Status
from data.live import keys
from data.pipeline import Rejected
from data.store.models import (
    AlarmHistory,
    AlarmRow,
    DeviceState,
    Incident,
    Outbox,
    ReadingHour,
    StatusChange,
)
from tests.lane import T0, Lane


def events(redis: Redis) -> list[tuple[str, dict[str, Any]]]:
    return [(f[b"e"].decode(), orjson.loads(f[b"d"])) for _, f in redis.xrange(keys.EVENTS)]


def test_a_fire_is_in_sql_redis_and_stream_after_one_call(lane: Lane) -> None:
    outcome = lane.send("S0", "m1", smoke_pct=40)

    assert (outcome.accepted, outcome.duplicates, outcome.rejected) == (1, 0, ())
    (alarm,) = lane.rows(AlarmRow)
    (incident,) = lane.rows(Incident)
    assert (alarm.cause, alarm.kind, alarm.incident_id) == (
        "smoke_fire",
        AlarmKind.FIRE,
        incident.id,
    )
    assert [(h.action, h.actor) for h in lane.rows(AlarmHistory)] == [("raised", "device")]
    assert [(c.before, c.after) for c in lane.rows(StatusChange)] == [(2, 5)]
    assert lane.present.statuses()[0] == Status.ALARM
    assert [name for name, _ in events(lane.redis)] == ["reset", "changes"]
    told = events(lane.redis)[1][1]
    assert [told_alarm["building_name"] for told_alarm in told["a"]] == ["沙塘 1 号出租屋"]
    assert told["c"] == [[0, 5]]


def test_good_items_pass_though_their_neighbours_are_bad(lane: Lane) -> None:
    batch = [
        lane.read("S0", "a", smoke_pct=1),
        lane.read("nobody", "b", smoke_pct=1),
        lane.read("S1", "c", smoke_pct=1e9),
        lane.read("S2", "d", smoke_pct=1),
    ]
    outcome = lane.pipeline.ingest(batch)

    assert outcome.accepted == 2
    assert outcome.rejected == (
        Rejected(1, "unknown device 'nobody'", Refusal.DEVICE),
        Rejected(2, "smoke_pct = 1000000000.0 is not within 0 … 100", Refusal.VALUE),
    )


def test_the_same_message_twice_has_one_effect(lane: Lane) -> None:
    first = lane.read("S0", "m1", smoke_pct=40)
    outcome = lane.pipeline.ingest([first, first])
    again = lane.pipeline.ingest([first])

    assert (outcome.accepted, outcome.duplicates) == (1, 1)
    assert (again.accepted, again.duplicates) == (0, 1)
    assert lane.count(AlarmRow) == 1
    assert lane.hours("S0") == {"smoke_pct": (1, 40.0, 40.0, 40.0)}


def test_a_message_forgotten_long_ago_cannot_raise_its_alarm_again(lane: Lane) -> None:
    fire = lane.read("S0", "m1", smoke_pct=40)
    lane.pipeline.ingest([fire])
    with lane.database.writing() as session:
        session.get_one(DeviceState, "S0").recent = b""
        row = session.scalars(select(AlarmRow)).one()
        row.closed_at = row.raised_at
    lane.pipeline.ingest([fire])
    assert lane.count(AlarmRow) == 1


def test_hourly_figures_add_up(lane: Lane) -> None:
    for value in (1.0, 4.0, 2.5):
        lane.clock.tick(60)
        lane.send("P0", pressure_mpa=value)
    assert lane.hours("P0") == {"pressure_mpa": (3, 7.5, 1.0, 4.0)}
    assert lane.count(ReadingHour) == 0  # it is not over


def test_an_hour_that_is_over_goes_to_its_table_and_what_comes_late_joins_it(lane: Lane) -> None:
    lane.send("P0", pressure_mpa=1.0)
    late = lane.read("P0", pressure_mpa=0.5)
    lane.clock.tick(3600)
    lane.send("P0", pressure_mpa=2.0)
    lane.pipeline.ingest([replace(late, received_at=lane.clock())])
    (hour,) = lane.rows(ReadingHour)
    assert (hour.hour, hour.value) == (T0, "pressure_mpa")
    assert (hour.count, hour.total, hour.low, hour.high) == (2, 1.5, 0.5, 1.0)
    assert lane.hours("P0") == {"pressure_mpa": (1, 2.0, 2.0, 2.0)}


def test_a_second_kind_of_sensor_joins_the_incident_and_says_why(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(90)
    lane.send("H0", temperature_c=80)
    (incident,) = lane.rows(Incident)
    assert incident.confidence == "smoke+heat/90"


def test_a_device_outside_any_building_opens_an_incident_of_its_own(lane: Lane) -> None:
    lane.send("C0", reported=Reported.FIRE)
    (incident,) = lane.rows(Incident)
    assert (incident.building_id, incident.community_code) == (None, "350582005001")


def test_recovery_clears_a_fault_and_leaves_a_fire_standing(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    lane.send("S1", smoke_pct=40)
    lane.clock.tick(60)
    lane.send("S0", battery_pct=90)
    lane.send("S1", smoke_pct=0)
    assert lane.present.statuses()[:2] == bytes([Status.NORMAL, Status.ALARM])
    fault, fire = lane.rows(AlarmRow)
    assert fault.cleared_at is not None
    assert fault.closed_at is None
    assert fire.closed_at is None


def test_faults_open_no_incident(lane: Lane) -> None:
    lane.dry()
    assert lane.count(Incident) == 0
    assert lane.present.statuses()[5] == Status.FAULT


def test_readings_are_safe_while_redis_is_away(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Lane(lane.database, Redis(host="127.0.0.1", port=1, retry=None), lane.clock)
    assert gone.send("S0", smoke_pct=40).accepted == 1
    assert lane.count(AlarmRow) == 1
    assert lane.count(Outbox) == 1

    lane.clock.tick(3)
    assert lane.worker.tell_outbox() == 1
    assert lane.present.statuses()[0] == Status.ALARM
    assert lane.count(Outbox) == 0


def test_a_message_that_comes_again_is_told_though_redis_missed_the_first(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.send("S0", smoke_pct=1)
    missed = lane.read("S0", "m1", smoke_pct=2)
    with monkeypatch.context() as away:
        away.setattr(lane.present, "tell_if_there", lambda _: False)
        assert not lane.pipeline.ingest([missed]).told
    assert lane.redis.hget(keys.device("S0"), "values") == b'{"smoke_pct":1}'
    assert lane.pipeline.ingest([missed]).told
    assert lane.redis.hget(keys.device("S0"), "values") == b'{"smoke_pct":2}'


def test_telling_twice_makes_no_second_event(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    before = events(lane.redis)
    lane.clock.tick(3)
    lane.worker.tell_outbox()
    assert events(lane.redis) == before


def test_a_fire_suppresses_the_prealarm_of_its_value_on_every_screen(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.send("S0", smoke_pct=40)
    high, fire = lane.present.snapshot()["alarms"]
    assert (high["cause"], high["suppressed_at"] is not None) == ("smoke_high", True)
    assert (fire["cause"], fire["suppressed_at"]) == ("smoke_fire", None)
    lane.send("S0", smoke_pct=6)
    assert lane.present.snapshot()["alarms"][0]["suppressed_at"] is None
    actions = [(h.alarm_id, h.action) for h in lane.rows(AlarmHistory)]
    assert actions == [
        (1, "raised"),
        (1, "suppressed"),
        (2, "raised"),
        (1, "released"),
        (2, "cleared"),
    ]
