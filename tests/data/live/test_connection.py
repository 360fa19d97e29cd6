import asyncio
import socket
import time
from collections.abc import Iterator

import pytest
from redis.exceptions import TimeoutError as RedisTimeoutError

from data.live import connection


@pytest.fixture
def swallowing(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that is reached and never says a word."""
    monkeypatch.setattr(connection, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_nobody_waits_for_long_for_a_redis_that_hangs(swallowing: str) -> None:
    started = time.monotonic()
    with connection.connect_redis(swallowing) as client, pytest.raises(RedisTimeoutError):
        client.get("anything")
    assert time.monotonic() - started < 2


async def test_nor_in_an_event_loop(swallowing: str) -> None:
    async with asyncio.timeout(2), connection.connect_redis_async(swallowing) as client:
        with pytest.raises(RedisTimeoutError):
            await client.get("anything")
