"""What sources did lately, in a real Redis."""

from datetime import timedelta

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from data.domain.errors import Refusal
from data.domain.readings import Reading
from data.domain.words import Way
from data.feeds import sources
from data.feeds.sources import Source, Sources, forget_connections, read_sources
from data.live import keys
from data.pipeline import Outcome, Rejected
from tests.lane import T0, Clock


def reading(behind_s: float) -> Reading:
    return Reading("S0", "m", T0 - timedelta(seconds=behind_s), T0, values={"smoke_pct": 1})


NOWHERE = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
BAD = Outcome(1, 2, (Rejected(0, "unknown device 'X'", Refusal.DEVICE),))


def test_the_counts_of_processes_add_up(redis: Redis) -> None:
    clock = Clock()
    one, other = Sources(clock), Sources(clock)
    one.took(Way.HTTP, "water", [reading(60), reading(5)], BAD)
    one.tell(redis)
    one.tell(redis)
    clock.tick(1)
    other.took(Way.HTTP, "water", [reading(2)], Outcome(3, 0, ()))
    other.connected(Way.MQTT, "gw:1", up=True)
    other.tell(redis)
    assert read_sources(redis) == [
        Source(
            Way.HTTP,
            "water",
            received=7,
            accepted=4,
            duplicates=2,
            rejected=1,
            last_at=T0 + timedelta(seconds=1),
            lag_s=2.0,
            last_error="unknown device 'X'",
            last_error_at=T0,
        ),
        Source(Way.MQTT, "gw:1", connected=True),
    ]


def test_what_redis_could_not_be_told_is_told_later(redis: Redis) -> None:
    clock = Clock()
    mine = Sources(clock)
    mine.refused(Way.HTTP, "water", "no JSON")
    with pytest.raises(RedisError):
        mine.tell(NOWHERE)
    clock.tick(9)
    mine.took(Way.HTTP, "water", [], Outcome(1, 0, ()))
    mine.tell(redis)
    (source,) = read_sources(redis) or ()
    assert (source.received, source.rejected, source.last_error) == (2, 1, "no JSON")
    assert source.last_at == clock()
    assert source.last_error_at == T0
    assert read_sources(NOWHERE) is None


def test_connections_of_a_process_that_is_gone_are_forgotten(redis: Redis) -> None:
    mine = Sources(Clock())
    mine.connected(Way.MQTT, "a", up=True)
    mine.connected(Way.GB26875, "b", up=True)
    mine.took(Way.MQTT, "c", [], BAD)
    mine.tell(redis)
    forget_connections(redis, Way.MQTT)
    found = {source.name: source.connected for source in read_sources(redis) or ()}
    assert found == {"a": False, "b": True, "c": None}


def test_a_flood_of_names_is_bounded_and_old_ones_go(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_SOURCES", 3)
    clock = Clock()
    mine = Sources(clock)
    for number in range(9):
        mine.failed(Way.MQTT, f"{number}" * 200, "?")
    mine.tell(redis)
    clock.tick(1)
    mine.failed(Way.MQTT, "new", "?")
    mine.tell(redis)
    names = [source.name for source in read_sources(redis) or ()]
    assert names == ["1" * 128, "2" * 128, "new"]
    clock.tick(sources.KEPT_S + 2)
    mine.failed(Way.MQTT, "last", "?")
    mine.tell(redis)
    assert [source.name for source in read_sources(redis) or ()] == ["last"]
    assert 0 < redis.ttl(keys.source("mqtt:last")) <= sources.KEPT_S
