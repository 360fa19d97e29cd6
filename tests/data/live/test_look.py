from datetime import UTC, datetime

import orjson
from redis import Redis

from data.domain.words import Status
from data.live import keys
from data.live.look import reader


def test_reader_knows_what_redis_knows(redis):
    redis.hset(
        keys.device("S1"),
        mapping={
            "status": 5,
            "since": 1000,
            "measured_at": 2000,
            "received_at": "",
            "values": orjson.dumps({"smoke_pct": 17.5}),
        },
    )
    known = reader(redis)(["S1", "S2"])
    assert list(known) == ["S1"]
    assert known["S1"].status is Status.ALARM
    assert known["S1"].measured_at == datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)
    assert known["S1"].received_at is None


def test_reader_knows_nothing_without_redis():
    assert reader(Redis(port=1, socket_connect_timeout=0.2))(["S1"]) == {}
