from datetime import UTC, datetime

from redis import Redis

from data.embedded import EmbeddedRedis
from data.live import keys
from data.live.pulse import Pulse, database_answers, take_pulse


def test_pulse_of_an_empty_redis(redis):
    assert take_pulse(redis) == Pulse(redis=True)


def test_pulse_reads_the_signs_of_life(redis):
    redis.set(keys.EPOCH, "{}")
    redis.set(keys.WORKER, "now")
    redis.set(keys.LAST_RECEIVED, 1_795_000_000_000)
    newest = datetime.fromtimestamp(1_795_000_000, UTC)
    assert take_pulse(redis) == Pulse(True, True, True, newest)


def test_pulse_without_redis():
    with EmbeddedRedis() as server:
        client = Redis.from_url(server.url)
    assert take_pulse(client) == Pulse(redis=False)
    client.close()


def test_database_answers(database):
    assert database_answers(database)
