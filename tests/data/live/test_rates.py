"""Buckets in a real Redis, shared by processes."""

from redis import Redis

from data.live import keys
from data.live.rates import BURST_S, BURST_WITH_FIRE_S, Rates


def test_a_burst_passes_then_the_rate_holds(redis: Redis) -> None:
    one, other = Rates(redis, 1000), Rates(redis, 1000)
    for rates in (one, other):
        assert rates.take(1, 10, round(5 * BURST_S) + 1, fire=False) == 0
    wait = one.take(1, 10, 1, fire=False)
    assert 0 < wait < 0.3
    assert one.take(2, 10, 1, fire=False) == 0
    redis.pexpire(keys.spent(1), round(BURST_S * 1000) - 50)
    assert other.take(1, 10, 1, fire=False) == 0


def test_a_whole_batch_passes_and_is_paid_for_afterwards(redis: Redis) -> None:
    rates = Rates(redis, 1000)
    assert rates.take(1, 10, 1000, fire=False) == 0
    assert 85 < rates.take(1, 10, 1, fire=False) <= 90


def test_a_fire_passes_where_telemetry_waits(redis: Redis) -> None:
    rates = Rates(redis, 1000)
    assert rates.take(1, 10, 300, fire=False) == 0
    assert rates.take(1, 10, 1, fire=False) > 0
    assert rates.take(1, 10, 400, fire=True) == 0
    assert rates.take(1, 10, 1, fire=True) > 0


def test_a_clock_that_was_set_back_closes_nothing_for_hours(redis: Redis) -> None:
    rates = Rates(redis, 1000)
    redis.set(keys.spent(1), "", px=4 * 3600 * 1000)
    wait = rates.take(1, 10, 10, fire=False)
    assert wait <= BURST_WITH_FIRE_S + 100 - BURST_S
