"""The stream's fan-out on a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson
import pytest
from redis import Redis

from data.domain.intake import DeviceMemory
from data.domain.words import DeviceKind, Status
from data.live import keys
from data.live.hub import BATCH_S, Hub
from data.live.present import Changes, DeviceUpdate, Present
from data.live.stream import RESUME_MOST
from data.live.subscribers import QUEUE_BYTES, Binary, Subscriber, Text
from tests.lane import T0
from tests.live import alarm_view, decoded, frames_of

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def present(redis: Redis) -> Present:
    """A present that exists, with one event on the stream."""
    present = Present(redis)
    present.begin("g")
    return present


def say(present: Present, alarm_id: int) -> str:
    """Tell of an alarm; the id of the event."""
    assert present.tell(Changes(alarms=(alarm_view(id=alarm_id),))) == 1
    return newest(present)


def change(present: Present, slot: int, status: Status, version: int = 1) -> None:
    """Tell of a device's status."""
    memory = DeviceMemory(status, T0, version=version)
    update = DeviceUpdate(f"D{slot}", slot, "B1", 60, memory, DeviceKind.SMOKE)
    assert present.tell(Changes(devices=(update,))) == 1


def newest(present: Present) -> str:
    return present.redis.xrevrange(keys.EVENTS, count=1)[0][0].decode()


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
        streams = [hub.events(None) for _ in range(3)]
        for stream in streams:
            await anext(stream)
        event_id = say(present, 5)
        for stream in streams:
            data = await until(stream, b"alarm")
            assert f'id: {event_id}\nevent: alarm\ndata: {{"id":5,'.encode() in data


async def test_who_comes_back_misses_nothing(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        seen = say(present, 1)
        say(present, 2)
        say(present, 3)
        data = await until(hub.events(seen), b'{"id":3,')
        assert b'{"id":2,' in data
        assert b'{"id":1,' not in data


async def test_of_one_commit_only_the_last_event_has_the_id(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        stream = hub.events(None)
        await anext(stream)
        memory = DeviceMemory(Status.ALARM, T0, version=1)
        device = DeviceUpdate("D7", 7, "B1", 60, memory, DeviceKind.SMOKE)
        present.tell(Changes((device,), (alarm_view(id=1), alarm_view(id=2))))
        data = await until(stream, b"status")
        assert data.count(b"id: ") == 1
        assert f'id: {newest(present)}\nevent: status\ndata: {{"at":'.encode() in data
        assert b'"c":[[7,5]]' in data


async def test_work_on_an_incident_is_an_event_of_its_own_and_goes_at_once(
    redis_url: str, present: Present
) -> None:
    mark = {"id": 9, "version": 1, "buildings": ["B1"]}
    async with running(redis_url) as hub, hub.subscribed(Binary, None) as page:
        stream = hub.events(None)
        await anext(stream)
        assert present.tell(Changes(incidents=(mark,))) == 1
        event_id = newest(present)
        ((work,), said) = await frames_of(page, "work"), await until(stream, b"incident")
        assert (work["events"], work["alarms"], work["statuses"]) == (1, [], {})
        assert work["incidents"] == [{"id": 9, "buildings": ["B1"]}]
        text = f'id: {event_id}\nevent: incident\ndata: {{"id":9,"version":1,"buildings":["B1"]}}'
        assert text.encode() in said
        assert present.tell(Changes(incidents=(mark,))) == 0  # the worker repeats it
        assert newest(present) == event_id
        assert present.tell(Changes(incidents=({**mark, "version": 2},))) == 1


@pytest.mark.parametrize("after", ["0-1", "99999999999999-0", "nonsense", "-1", ""])
async def test_an_id_that_cannot_be_resumed_gets_a_reset(
    redis_url: str, present: Present, after: str
) -> None:
    async with running(redis_url) as hub:
        assert b"event: reset" in await anext(hub.events(after))
        async with hub.subscribed(Binary, after) as page:
            assert [kind for kind, _ in decoded(await page.next())] == ["hello", "reset"]


async def test_an_id_from_before_a_wipe_gets_a_reset(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        old = say(present, 1)
        present.redis.flushall()
        await asyncio.sleep(0.01)
        present.begin("g")
        await until(hub.events(None), b"beat")
        assert b"event: reset" in await anext(hub.events(old))


async def test_while_the_present_is_missing_nothing_looks_alive(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        await until(hub.events(None), b"beat")
        old = say(present, 1)
        present.redis.flushall()
        stream = hub.events(old)
        assert await anext(stream) == b"retry: 1000\n\n"
        await asyncio.sleep(0.01)
        present.begin("g")
        await until(stream, b"event: reset")


async def test_an_id_that_was_trimmed_gets_a_reset(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        old = say(present, 1)
        say(present, 2)
        say(present, 3)
        present.redis.xtrim(keys.EVENTS, maxlen=1, approximate=False)
        assert b"event: reset" in await anext(hub.events(old))


async def test_who_missed_very_much_gets_a_reset(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        old = newest(present)
        number = old.partition("-")[0]
        pipe = present.redis.pipeline()
        for _ in range(RESUME_MOST + 1):
            entry = {"e": "changes", "d": '{"at":0,"a":[],"c":[]}'}
            pipe.xadd(keys.EVENTS, entry, id=f"{number}-*")
        pipe.execute()
        await anext(hub.events(newest(present)))  # waits until the hub has read them all
        assert b"event: reset" in await anext(hub.events(old))


async def test_open_streams_go_on_after_a_wipe(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        stream = hub.events(None)
        await anext(stream)
        present.redis.flushall()
        present.begin("g")
        await until(stream, b"event: reset")
        say(present, 7)
        await until(stream, b'{"id":7,')


async def test_a_missing_event_is_noticed_and_healed(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)) as page:
        assert decoded(await page.next())[0][0] == "hello"
        epoch, _, number = newest(present).partition("-")
        entry = {"e": "changes", "d": '{"at":0,"a":[],"c":[[1,3]]}'}
        present.redis.xadd(keys.EVENTS, entry, id=f"{epoch}-{int(number) + 2}")
        assert await frames_of(page, "reset")
        say(present, 8)  # and goes on from there
        (changes,) = await frames_of(page, "changes")
        assert changes["alarms"][0]["id"] == 8


@pytest.mark.parametrize("data", ["{", '{"at":0}', "[]"])
async def test_an_entry_that_is_not_ours_makes_the_clients_start_again(
    redis_url: str, present: Present, data: str
) -> None:
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)) as page:
        number = newest(present).partition("-")[0]
        present.redis.xadd(keys.EVENTS, {"e": "changes", "d": data}, id=f"{number}-*")
        assert await frames_of(page, "reset")
        say(present, 8)
        assert await frames_of(page, "changes")


async def test_changes_of_a_moment_are_one_frame(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)) as page:
        change(present, 9, Status.FAULT)
        change(present, 3, Status.STALE)
        change(present, 9, Status.NORMAL, version=2)
        (changes,) = await frames_of(page, "changes")
        assert changes["statuses"] == {3: Status.STALE, 9: Status.NORMAL}
        assert changes["events"] == 3


async def test_an_alarm_goes_at_once_and_takes_along_what_was_waiting(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)) as page:
        started = asyncio.get_running_loop().time()
        change(present, 3, Status.STALE)
        say(present, 4)
        told = []
        while not told or not told[-1]["alarms"]:
            told += await frames_of(page, "changes")
        assert asyncio.get_running_loop().time() - started < BATCH_S
        assert {3: Status.STALE} in [frame["statuses"] for frame in told]
        assert sum(frame["events"] for frame in told) == 2


async def test_a_page_whose_snapshot_is_ahead_never_goes_back_in_time(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)):
        change(present, 3, Status.STALE)  # waits in the hub
        change(present, 3, Status.NORMAL, version=2)
        ahead = newest(present)
        async with hub.subscribed(Binary, ahead) as page:
            change(present, 5, Status.FAULT)
            (changes,) = await frames_of(page, "changes")
            assert changes["statuses"] == {5: Status.FAULT}


async def test_values_go_only_to_those_who_watch_the_building(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        watching, other = hub.events(None, "B1"), hub.events(None)
        await anext(watching)
        await anext(other)
        await asyncio.sleep(0.3)
        present.redis.publish(keys.values_channel("B1"), b'{"slot":3}')
        assert b'event: values\ndata: {"slot":3}' in await until(watching, b"values")
        say(present, 1)
        assert b"values" not in await until(other, b"alarm")


async def test_a_page_may_watch_another_building(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)) as page:
        await hub.watch(page, "B1")
        await hub.watch(page, "B2")
        await asyncio.sleep(0.3)
        present.redis.publish(keys.values_channel("B1"), b'{"slot":1}')
        present.redis.publish(keys.values_channel("B2"), b'{"slot":2}')
        assert await frames_of(page, "values") == [{"slot": 2}]


async def test_the_beat_stops_when_the_present_is_gone(redis_url: str, present: Present) -> None:
    async with running(redis_url) as hub:
        stream = hub.events(None)
        await until(stream, b"event: beat")
        present.redis.flushall()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.2):
                await until(stream, b"event: beat")


async def test_the_beat_tells_the_age_of_the_data(redis_url: str, present: Present) -> None:
    memory = DeviceMemory(Status.NORMAL, T0, received_at=T0 + timedelta(seconds=5), version=1)
    present.tell(Changes(devices=(DeviceUpdate("D1", 1, None, 60, memory, DeviceKind.SMOKE),)))
    async with running(redis_url) as hub, hub.subscribed(Binary, newest(present)) as page:
        (beat, *_) = await frames_of(page, "beat")
        assert beat["now"] - beat["age"] == round(memory.received_at.timestamp() * 1000)


@pytest.mark.parametrize("wire", [Text, Binary])
async def test_a_client_that_does_not_read_is_told_to_start_again(wire: type) -> None:
    slow = Subscriber(wire)
    for _ in range(QUEUE_BYTES // 1000 + 1):
        slow.put(b"x" * 1000, b"RESET")
    assert await slow.next() == [b"RESET"]


async def test_an_ended_session_ends_its_streams_alone(redis_url: str, present: Present) -> None:
    async with (
        running(redis_url) as hub,
        hub.subscribed(Binary, None, "one") as one,
        hub.subscribed(Binary, None, "two") as two,
    ):
        assert hub.sessions == {"one", "two"}
        hub.end_sessions({"one"})
        assert (one.closed, two.closed) == (True, False)


async def test_stopping_ends_the_streams_and_forgets_the_clients(
    redis_url: str, present: Present
) -> None:
    async with running(redis_url) as hub:
        stream = hub.events(None, "B1")
        await anext(stream)
        assert hub.clients == 1
        await hub.stop()
        assert [part async for part in stream if b"beat" not in part] == []
        assert hub.clients == 0


def test_the_stream_keeps_only_its_newest_part(present: Present) -> None:
    assert orjson.loads(present.redis.get(keys.EPOCH))["geometry"] == "g"
    first = newest(present)
    again = present.begin("g")
    assert again > first
    assert again.endswith("-1")
