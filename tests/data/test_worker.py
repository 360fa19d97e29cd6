import contextlib
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from redis import Redis
from redis.exceptions import RedisError

from data.children import start_child
from data.domain.words import Status
from data.embedded import find_redis_server
from data.live import keys
from data.live.rebuild import reconcile
from data.store import outbox
from data.store.models import DeviceState, Meta, Outbox, StatusChange
from tests.lane import Lane
from tests.servers import wait_for


def test_a_silent_device_becomes_stale_by_itself_and_speaks_again(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    lane.clock.tick(179)
    assert lane.worker.mark_stale() == 0
    lane.clock.tick(2)
    assert lane.worker.mark_stale() == 1
    assert lane.present.statuses()[0] == Status.STALE
    assert lane.rows(DeviceState)[0].stale

    lane.send("S0", smoke_pct=1)
    assert lane.present.statuses()[0] == Status.NORMAL
    changes = [(c.before, c.after, c.reason) for c in lane.rows(StatusChange)]
    assert changes == [(2, 0, "m0"), (0, 2, "silent"), (2, 0, "m1")]


def test_a_burning_device_that_falls_silent_stays_an_alarm(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(999)
    lane.worker.mark_stale()
    assert lane.present.statuses()[0] == Status.ALARM


def test_a_wrong_deadline_in_redis_makes_nobody_stale(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    lane.redis.zadd(keys.DEADLINES, {"S0": 1, "nobody": 1})
    lane.worker.mark_stale()
    assert lane.present.statuses()[0] == Status.NORMAL
    assert lane.redis.zrangebyscore(keys.DEADLINES, "-inf", lane.clock().timestamp()) == []


def test_a_wiped_redis_is_rebuilt_with_everything(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=2)
    before = lane.present.snapshot()
    lane.redis.flushall()
    assert lane.worker.heal()

    after = lane.present.snapshot()
    assert {k: after[k] for k in ("status", "alarms", "data", "geometry")} == {
        k: before[k] for k in ("status", "alarms", "data", "geometry")
    }
    assert lane.redis.hget(keys.device("S1"), "values") == b'{"smoke_pct":2}'
    assert lane.redis.xrange(keys.EVENTS)[0][1][b"e"] == b"reset"


def test_new_geometry_rebuilds_and_is_announced(lane: Lane) -> None:
    with lane.database.writing() as session:
        session.get_one(Meta, "geometry_version").value = "newer"
    assert lane.worker.heal()
    assert lane.present.snapshot()["geometry"] == "newer"
    last = lane.redis.xrevrange(keys.EVENTS, count=1)[0][1]
    assert last[b"e"] == b"reset"
    assert not lane.worker.heal()


def test_one_rebuild_at_a_time(lane: Lane) -> None:
    lane.redis.delete(keys.EPOCH)
    lane.redis.set(keys.REBUILD_LOCK, "1")
    assert not lane.worker.heal()


def test_a_rebuild_whose_worker_died_is_begun_anew_within_seconds(lane: Lane) -> None:
    lane.redis.delete(keys.EPOCH)
    held = []

    def remember(*_: object) -> None:
        held.append(lane.redis.pttl(keys.REBUILD_LOCK))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lane.present, "begin", remember)
        assert lane.worker.heal()
    assert 0 < held[0] <= 10_000


def test_a_redis_that_comes_back_with_an_old_picture_is_not_trusted(
    lane: Lane, tmp_path: Path
) -> None:
    place = tmp_path / "redis.sock"
    command = [find_redis_server(), "--port", "0", "--unixsocket", str(place)]
    command += ["--dir", str(tmp_path), "--save", "3600 1"]
    with Redis(unix_socket_path=str(place)) as client:
        own = Lane(lane.database, client, lane.clock)
        with running(command, client):
            assert own.worker.heal()
            client.save()
            own.send("S0", smoke_pct=40)
            assert not own.worker.heal()
        with running(command, client):
            assert own.present.snapshot()["alarms"] == []  # what it saved knows of no fire
            assert own.worker.heal()
            assert [alarm["device"] for alarm in own.present.snapshot()["alarms"]] == ["S0"]
            assert not own.worker.heal()


@contextlib.contextmanager
def running(command: list[str], client: Redis) -> Iterator[None]:
    """A redis-server from its start to its sudden death."""
    server = start_child(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(client))
        yield
    finally:
        server.kill()
        server.wait()


def answers(client: Redis) -> bool:
    with contextlib.suppress(RedisError):
        return bool(client.ping())
    return False


def test_a_clock_that_was_set_back_hides_nobodys_silence(lane: Lane) -> None:
    lane.clock.tick(3600)
    lane.send("S0", smoke_pct=1)
    lane.clock.tick(-3600)
    assert lane.worker.correct_future() == 1
    assert lane.worker.correct_future() == 0
    lane.clock.tick(3)
    assert lane.worker.tell_outbox() == 2  # the first one is of the future
    lane.clock.tick(181)
    assert lane.worker.mark_stale() == 1
    assert lane.present.statuses()[0] == Status.STALE


def test_what_was_noted_before_the_clock_was_set_back_is_told_at_once(lane: Lane) -> None:
    with lane.database.writing() as session:
        outbox.add(session, lane.clock() + timedelta(hours=1), ["S0"], [])
    assert lane.worker.tell_outbox() == 1
    assert lane.count(Outbox) == 0


def test_reconcile_corrects_what_differs(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.redis.setrange(keys.STATUS, 0, b"\x00")
    lane.redis.hdel(keys.ALARMS, "1")
    ghost = {**lane.present.snapshot(), "id": 99}
    lane.redis.hset(keys.ALARMS, "99", orjson.dumps({"version": 0, "id": 99, "ghost": ghost["id"]}))

    assert reconcile(lane.database, lane.present, lane.clock()) >= 2
    assert lane.present.statuses()[0] == Status.ALARM
    assert lane.redis.hexists(keys.ALARMS, "1")
    assert not lane.redis.hexists(keys.ALARMS, "99")


def test_the_worker_outlives_a_redis_that_is_away(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Lane(lane.database, Redis(host="127.0.0.1", port=1, retry=None), lane.clock)
    stop = threading.Event()
    steps = []
    step = gone.worker.step

    def counted() -> None:
        steps.append(1)
        if len(steps) == 2:
            stop.set()
        step()

    monkeypatch.setattr(gone.worker, "step", counted)
    gone.worker.run(stop)
    assert len(steps) == 2
