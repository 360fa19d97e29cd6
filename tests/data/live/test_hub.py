"""The stream's fan-out on a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from redis import Redis

from data.live import keys
from data.live.hub import QUEUE_FRAMES, Hub, Subscriber
from data.live.present import Present

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def present(redis: Redis) -> Present:
    """A present that exists, with one event on the stream."""
    present = Present(redis)
    begin(present)
    return present


def begin(present: Present) -> None:
    first = present.announce("reset", {})
    present.redis.set(keys.EPOCH, orjson.dumps({"id": "x", "first": first, "geometry": "g"}))


@asynccontextmanager
async def running(url: str) -> AsyncIterator[Hub]:
    hub = Hub(url)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def until(stream: AsyncIterator[bytes], text: bytes) -> bytes:
    """Read until a text appears; everything read."""
    data = b""
    async with asyncio.timeout(5):
        async for part in stream:
            data += part
            if text in data:
                return data
    raise AssertionError(data)


async def test_a_change_reaches_every_client(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        streams = [hub.subscribe(None) for _ in range(3)]
        for stream in streams:
            await anext(stream)
        event_id = present.announce("alarm", {"id": 5})
        for stream in streams:
            data = await until(stream, b"alarm")
            assert f'id: {event_id}\nevent: alarm\ndata: {{"id":5}}\n\n'.encode() in data


async def test_who_comes_back_misses_nothing(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        seen = present.announce("alarm", {"id": 1})
        present.announce("alarm", {"id": 2})
        present.announce("alarm", {"id": 3})
        data = await until(hub.subscribe(seen), b'{"id":3}')
        assert b'{"id":2}' in data
        assert b'{"id":1}' not in data


@pytest.mark.parametrize("after", ["0-1", "99999999999999-0", "nonsense", "-1"])
async def test_an_id_that_cannot_be_resumed_gets_a_reset(
    redis_url: str, present: Present, after: str
) -> None:
    async with running(redis_url) as hub:
        assert b"event: reset" in await anext(hub.subscribe(after))


async def test_an_id_from_before_a_wipe_gets_a_reset(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        old = present.announce("alarm", {"id": 1})
        present.redis.flushall()
        await asyncio.sleep(0.01)
        begin(present)
        assert b"event: reset" in await anext(hub.subscribe(old))


async def test_while_the_present_is_missing_nothing_looks_alive(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        old = present.announce("alarm", {"id": 1})
        present.redis.flushall()
        stream = hub.subscribe(old)
        assert await anext(stream) == b"retry: 1000\n\n"
        await asyncio.sleep(0.01)
        begin(present)
        await until(stream, b"event: reset")


async def test_an_id_that_was_trimmed_gets_a_reset(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        old = present.announce("alarm", {"id": 1})
        present.announce("alarm", {"id": 2})
        present.announce("alarm", {"id": 3})
        present.redis.xtrim(keys.EVENTS, maxlen=1, approximate=False)
        assert b"event: reset" in await anext(hub.subscribe(old))


async def test_open_streams_go_on_after_a_wipe(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        stream = hub.subscribe(None)
        await anext(stream)
        present.redis.flushall()
        begin(present)
        await until(stream, b"event: reset")
        present.announce("alarm", {"id": 7})
        await until(stream, b'{"id":7}')


async def test_values_go_only_to_those_who_watch_the_building(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        watching, other = hub.subscribe(None, "B1"), hub.subscribe(None)
        await anext(watching)
        await anext(other)
        await asyncio.sleep(0.3)
        present.redis.publish(keys.values_channel("B1"), b'{"slot":3}')
        assert b'event: values\ndata: {"slot":3}' in await until(watching, b"values")
        present.announce("alarm", {"id": 1})
        assert b"values" not in await until(other, b"alarm")


async def test_the_beat_stops_when_the_present_is_gone(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        stream = hub.subscribe(None)
        await until(stream, b"event: beat")
        present.redis.flushall()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.2):
                await until(stream, b"event: beat")


async def test_a_client_that_does_not_read_is_told_to_start_again() -> None:
    slow = Subscriber(None)
    for _ in range(QUEUE_FRAMES + 1):
        slow.put(b"x", b"RESET")
    assert await slow.next() == b"RESET"


async def test_stopping_ends_the_streams_and_forgets_the_clients(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        stream = hub.subscribe(None, "B1")
        await anext(stream)
        assert hub.clients == 1
        await hub.stop()
        assert [part async for part in stream if b"beat" not in part] == []
        assert hub.clients == 0
