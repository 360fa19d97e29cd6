"""From a real mosquitto to SQL and Redis, and back to the acknowledgement."""

import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import text

from data.domain.words import Status, Way
from data.embedded import EmbeddedRedis
from data.feeds.mqtt.counters import read_counts
from data.feeds.mqtt.feed import Feed
from data.feeds.mqtt.mapping import MappingTable, load_mapping
from data.feeds.mqtt.waiting import MAX_WAITING, RECEIVE_MAXIMUM
from data.feeds.sources import read_sources
from data.live import keys
from data.store.database import Database
from data.store.models import AlarmHistory, AlarmRow, DeadLetter, DeviceState
from tests.brokers import Mosquitto, feeding, fire, publish, queue, reading_topic, until
from tests.lane import Lane, build

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_a_message_ends_in_sql_and_redis_and_is_acknowledged(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        publish(client, reading_topic("S0"), {"message_id": "a", "values": {"smoke_pct": 1.5}})
        publish(client, reading_topic("S1"), fire(1, lane))
        publish(client, reading_topic("S1"), fire(1, lane))
        until(lambda: running.total["acknowledged"] == 3)
        until(lambda: (read_counts(lane.redis) or {}).get("acknowledged") == 3)
        counts = read_counts(lane.redis)
    assert counts is not None
    assert (counts["reading"], counts["duplicate"], counts["links"]) == (2, 1, 1)
    (alarm,) = lane.rows(AlarmRow)
    assert (alarm.device_id, alarm.message_id, alarm.count) == ("S1", "f1", 1)
    states = {row.device_id: row for row in lane.rows(DeviceState)}
    assert states["S0"].values == {"smoke_pct": 1.5}
    assert lane.present.statuses()[1] == Status.ALARM
    (source,) = [s for s in read_sources(lane.redis) or () if s.name == "xintang"]
    assert (source.way, source.accepted, source.duplicates) == (Way.MQTT, 2, 1)
    (link,) = [s for s in read_sources(lane.redis) or () if s.name == "xintang-test-1"]
    assert link.connected is False  # it was stopped in good order


def test_while_sql_is_away_nothing_is_acknowledged_and_then_it_has_one_effect(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    there, lane.database = lane.database, Database(NOWHERE)
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        publish(client, reading_topic("S1"), {"status": "fire"})
        until(lambda: running.total["received"] == 1)
    assert running.total["acknowledged"] == 0
    lane.database.close()
    lane.database = there
    lane.clock.tick(300)
    with feeding(lane, mosquitto.broker()) as running:
        until(lambda: running.total["acknowledged"] == 1)
    assert running.total["redelivered"] == 1
    (alarm,) = lane.rows(AlarmRow)
    assert alarm.count == 1


def test_sql_that_comes_back_is_used_without_a_new_start(lane: Lane, mosquitto: Mosquitto) -> None:
    """A writer that holds the database only delays the acknowledgement."""
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        with lane.database.writing() as session:
            session.execute(text("UPDATE device SET name = name"))
            publish(client, reading_topic("S1"), fire(1, lane))
            until(lambda: running.total["received"] == 1)
            assert running.total["acknowledged"] == 0
        until(lambda: running.total["acknowledged"] == 1)
    assert lane.count(AlarmRow) == 1


def test_while_redis_is_away_it_is_recorded_but_not_acknowledged(
    database: Database, mosquitto: Mosquitto
) -> None:
    with EmbeddedRedis() as server, Redis.from_url(server.url) as redis:
        build(database)
        lane = Lane(database, redis)
        lane.worker.heal()
        with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
            assert server._process is not None
            server._process.kill()
            server._process.wait()
            publish(client, reading_topic("S1"), fire(1, lane))
            until(lambda: lane.count(AlarmRow) == 1)
            publish(client, reading_topic("S2"), fire(2, lane))
            until(lambda: lane.count(AlarmRow) == 2)
            assert running.total["acknowledged"] == 0
            server.start()
            until(lambda: running.total["acknowledged"] == 2)
        lane.worker.heal()
        assert lane.present.statuses()[1:3] == bytes([Status.ALARM, Status.ALARM])
        lane.database.close()


def test_what_redis_could_not_be_told_it_is_told_before_the_acknowledgement(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    """A value that is recorded would else stay old on the screens until the device's next one."""
    redis: Any = lane.redis
    lane.worker.heal()
    redis.config_set("min-replicas-to-write", 1)  # it answers, but takes nothing, as on a full disk
    try:
        with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
            publish(client, reading_topic("S1"), {"values": {"smoke_pct": 7}})
            until(lambda: running.total["reading"] == 1)
            assert running.total["acknowledged"] == 0
            redis.config_set("min-replicas-to-write", 0)
            until(lambda: running.total["acknowledged"] == 1)
    finally:
        redis.config_set("min-replicas-to-write", 0)
    (state,) = [one for one in lane.rows(DeviceState) if one.device_id == "S1"]
    assert int(redis.hget(keys.device("S1"), "version")) == state.version


def test_a_broker_that_was_killed_is_found_again_and_loses_nothing(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    there, lane.database = lane.database, Database(NOWHERE)
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        for number in range(20):
            publish(client, reading_topic(f"S{number % 4}"), fire(number, lane))
        until(lambda: running.total["received"] == 20)
    lane.database.close()
    lane.database = there
    mosquitto.saved()
    mosquitto.kill()
    mosquitto.start()
    with feeding(lane, mosquitto.broker()) as running:
        until(lambda: running.total["acknowledged"] == 20)
        mosquitto.kill()
        until(lambda: not running.feed.link.up)
        mosquitto.start()
        until(lambda: running.feed.link.up)
        with mosquitto.client() as client:
            publish(client, reading_topic("P0"), {"message_id": "p", "status": "fault"})
            until(lambda: lane.count(AlarmRow) == 5)
    assert running.total["connection_lost"] == 1
    # What the broker had not written down as acknowledged came again and had no effect.
    assert {a.device_id: a.count for a in lane.rows(AlarmRow)} == {
        **{f"S{number}": 5 for number in range(4)},
        "P0": 1,
    }


def test_what_cannot_be_taken_is_set_aside_and_holds_up_nothing(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    mapping = load_mapping(Path(__file__).parents[4] / "deploy" / "mqtt-mapping.toml")
    with feeding(lane, mosquitto.broker(), mapping) as running, mosquitto.client() as client:
        publish(client, reading_topic("S0"), b"\x00\xffgarbage")
        publish(client, reading_topic("NOBODY"), {"message_id": "n", "status": "fire"})
        publish(client, "gas/GW-0017/report", {"list": [{"addr": 9, "lel": 1}]})
        publish(client, "water/up", {"imei": "867700001234567", "press": 350})
        publish(client, reading_topic("S0"), {"message_id": "b", "values": {"smoke_pct": 1000}})
        publish(client, reading_topic("S1"), fire(1, lane))
        until(lambda: running.total["acknowledged"] == 6)
    letters = {row.source: row for row in lane.rows(DeadLetter)}
    assert len(letters) == 4
    assert running.total["set_aside"] == 5
    assert letters["xintang/v1/NOBODY/reading"].reason == "device"
    assert json.loads(letters["xintang/v1/NOBODY/reading"].raw) == {
        "message_id": "n",
        "status": "fire",
    }
    assert "GW-0017/9" in letters["gas/GW-0017/report"].error
    assert letters["water/up"].reason == "device"
    garbage = [r for r in lane.rows(DeadLetter) if r.source == reading_topic("S0")]
    assert [(row.reason, row.way) for row in garbage] == [
        ("format", Way.MQTT),
        ("value", Way.MQTT),
    ]
    assert garbage[0].raw == b"\x00\xffgarbage"
    assert [alarm.device_id for alarm in lane.rows(AlarmRow)] == ["S1"]
    failed = {s.name: s for s in read_sources(lane.redis) or ()}
    assert failed["xintang"].rejected == 3
    assert "not within" in failed["xintang"].last_error


@pytest.mark.postgres
def test_a_message_that_the_database_refuses_costs_only_itself(
    postgres_database: Database, redis: Redis, mosquitto: Mosquitto
) -> None:
    """On PostgreSQL; SQLite says of a missing table what it says when it is away."""
    build(postgres_database)
    lane = Lane(postgres_database, redis)
    with lane.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE reading_hour RENAME TO elsewhere"))
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        for number in range(4):
            queue(client, reading_topic("S0"), {"message_id": str(number), "status": "alive"})
        # Only what comes late is written into its hour at once.
        for message, hours in (("now", 0), ("late", 2)):
            at = (lane.clock() - timedelta(hours=hours)).isoformat()
            says = {"message_id": message, "measured_at": at, "values": {"smoke_pct": 1}}
            queue(client, reading_topic("S0"), says)
        until(lambda: running.total["acknowledged"] == 6)
    (letter,) = lane.rows(DeadLetter)
    assert json.loads(letter.raw)["message_id"] == "late"
    assert "the database refuses it" in letter.error
    assert running.total["reading"] == 5


def test_a_storm_waits_at_the_broker_and_is_taken_once(
    database: Database, redis: Redis, mosquitto: Mosquitto
) -> None:
    build(database)
    lane = Lane(database, redis)
    there, lane.database = lane.database, Database(NOWHERE)
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        sent = [
            queue(
                client,
                reading_topic(f"S{number % 4}"),
                {"message_id": f"t{number}", "values": {"smoke_pct": 1 + number % 5}},
            )
            for number in range(10_000)
        ]
        sent.append(queue(client, reading_topic("S3"), fire(1, lane)))
        sent[-1].wait_for_publish(60)
        until(lambda: running.total["received"] >= RECEIVE_MAXIMUM)
        assert len(running.feed.waiting) <= RECEIVE_MAXIMUM
        assert running.total["acknowledged"] == 0
    lane.database.close()
    lane.database = there
    with feeding(lane, mosquitto.broker()) as running:
        most = 0
        while running.total["acknowledged"] < 10_001:
            most = max(most, len(running.feed.waiting))
            until(lambda n=running.total["acknowledged"]: running.total["acknowledged"] > n, 30)
    # mosquitto 2.0.11 sends more than the receive maximum when a session goes on.
    assert most <= MAX_WAITING
    assert running.total["reading"] == 10_001
    assert [alarm.device_id for alarm in lane.rows(AlarmRow)] == ["S3"]


def test_a_fire_among_what_waits_is_committed_first(lane: Lane, mosquitto: Mosquitto) -> None:
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        with lane.database.writing() as session:
            session.execute(text("UPDATE device SET name = name"))
            for number in range(800):
                message = {"message_id": f"t{number}", "values": {"smoke_pct": 1}}
                queue(client, reading_topic("S0"), message)
            publish(client, reading_topic("S1"), fire(1, lane))
            until(lambda: running.total["received"] == 801)
        until(lambda: lane.count(AlarmRow) == 1)
        until(lambda: running.total["acknowledged"] == 801)
    assert lane.count(AlarmHistory) == 1


def test_a_topic_that_left_the_mapping_is_unsubscribed(
    lane: Lane, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(
        '[[source]]\nname = "a"\ntopic = "a/+"\ndevice = "topic[1]"\n'
        '[source.values]\nsmoke_pct = "item"\n',
        "utf-8",
    )
    with (
        feeding(lane, mosquitto.broker(), load_mapping(path)) as running,
        mosquitto.client() as client,
    ):
        publish(client, "a/S0", 2.5)
        until(lambda: running.total["acknowledged"] == 1)
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        publish(client, "a/S0", 3.5)
        publish(client, reading_topic("S0"), {"values": {"smoke_pct": 4.5}})
        until(lambda: running.total["acknowledged"] == 1)
    assert lane.count(DeadLetter) == 0
    assert {row.device_id: row.values for row in lane.rows(DeviceState)}["S0"] == {"smoke_pct": 4.5}


def test_what_came_before_a_clean_stop_is_committed(lane: Lane, mosquitto: Mosquitto) -> None:
    """Also what no broker would deliver again, as it was sent with QoS 0."""
    with (
        feeding(lane, mosquitto.broker()) as running,
        mosquitto.client() as client,
        lane.database.writing() as session,
    ):
        session.execute(text("UPDATE device SET name = name"))
        for number in range(4):
            publish(client, reading_topic(f"S{number}"), fire(number, lane), qos=0)
        until(lambda: running.total["received"] == 4)
        running.stop.set()
    assert lane.count(AlarmRow) == 4


def test_who_leaves_takes_what_waits_and_ends_its_session(lane: Lane, mosquitto: Mosquitto) -> None:
    with feeding(lane, mosquitto.broker()):
        pass
    with mosquitto.client() as client:
        for number in range(4):
            publish(client, reading_topic(f"S{number}"), fire(number, lane))
        feed = Feed(lane.database, lane.present, lane.clock, mosquitto.broker(), MappingTable())
        feed.leave(threading.Event())
        assert feed.counters.total["acknowledged"] == 4
        assert lane.count(AlarmRow) == 4
        publish(client, reading_topic("P0"), {"message_id": "p", "status": "fault"})
    with feeding(lane, mosquitto.broker()) as running:
        time.sleep(0.5)
        assert running.total["received"] == 0  # a new session: nothing waited in it


def test_who_asks_for_a_receipt_gets_it_after_the_commit(lane: Lane, mosquitto: Mosquitto) -> None:
    got: list[tuple[str, bytes, object]] = []
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        client.on_message = lambda _c, _d, message: got.append(
            (message.topic, message.properties.CorrelationData, json.loads(message.payload))
        )
        client.subscribe("xintang/v1/receipts/#", qos=1)
        where = "xintang/v1/receipts/GW-1"
        with lane.database.writing() as session:
            session.execute(text("UPDATE device SET name = name"))
            publish(client, reading_topic("S1"), fire(1, lane), reply_to=where, known_by=b"17")
            until(lambda: running.total["received"] == 1)
            assert got == []
        until(lambda: len(got) == 1)
        assert lane.count(AlarmRow) == 1
        assert got.pop() == (where, b"17", {"recorded": True})
        publish(client, reading_topic("NOBODY"), fire(2, lane), reply_to=where, known_by=b"18")
        until(lambda: len(got) == 1)
        error = "unknown device 'NOBODY'"
        assert got.pop() == (where, b"18", {"recorded": False, "error": error})
        elsewhere = "xintang/v1/S0/reading"
        publish(client, reading_topic("S2"), fire(3, lane), reply_to=elsewhere, known_by=b"19")
        until(lambda: running.total["acknowledged"] == 3)
        assert running.total["receipt"] == 2


def test_what_a_killed_broker_has_forgotten_is_recorded_all_the_same(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        mosquitto.saved()  # the session, without what comes next
        with lane.database.writing() as session:
            session.execute(text("UPDATE device SET name = name"))
            for number in range(4):
                queue(client, reading_topic(f"S{number}"), fire(number, lane))
            until(lambda: running.total["received"] == 4)
            mosquitto.kill()
            until(lambda: not running.feed.link.up)
            mosquitto.start()
            until(lambda: running.feed.link.up)
        until(lambda: lane.count(AlarmRow) == 4)
    assert all(alarm.count == 1 for alarm in lane.rows(AlarmRow))
