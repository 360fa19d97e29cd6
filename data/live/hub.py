"""Fan-out of the stream to the clients of one web process.

One reader takes each change from Redis and encodes it once; every client has a bounded queue. A
client that does not keep up loses its queue and is told to fetch a snapshot.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from data.live import keys
from data.live.wire import frame, to_json

log = structlog.get_logger()

QUEUE_FRAMES: Final = 2000
BEAT_S: Final = 1.0
BLOCK_MS: Final = 1000
BATCH: Final = 500
RETRY_S: Final = 0.2
RESET: Final = b"{}"


class Subscriber:
    """One client's bounded queue of frames."""

    def __init__(self, building: str | None) -> None:
        self.building = building
        self._frames: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.closed = False

    def put(self, data: bytes, reset: bytes) -> None:
        """Queue a frame; when the queue is full, everything is replaced by one ``reset``."""
        if len(self._frames) >= QUEUE_FRAMES:
            self._frames.clear()
            data = reset
        self._frames.append(data)
        self._wake.set()

    def close(self) -> None:
        """End the client's stream."""
        self.closed = True
        self._wake.set()

    async def next(self) -> bytes:
        """Wait for frames and return all that are there, joined; empty when closed."""
        await self._wake.wait()
        self._wake.clear()
        data = b"".join(self._frames)
        self._frames.clear()
        return data


class Hub:
    """Reads the stream of one Redis for all clients of a process; the lifespan starts it."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._subscribers: set[Subscriber] = set()
        self._watchers: dict[str, set[Subscriber]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._last = "$"
        self._redis: Redis | None = None
        self._values: Any = None
        self._running = False

    @property
    def clients(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)

    async def start(self) -> None:
        """Start reading; returns once the position in the stream is known or Redis is away."""
        self._redis = Redis.from_url(self._url)
        self._values = self._redis.pubsub(ignore_subscribe_messages=True)
        with contextlib.suppress(RedisError, OSError):
            self._last = await self._newest()
        self._running = True
        self._tasks = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("hub-events", self._forever(self._read_events)),
                ("hub-beat", self._forever(self._beat)),
                ("hub-values", self._forever(self._read_values)),
            )
        ]

    async def stop(self) -> None:
        """End every stream and stop reading."""
        self.end_streams()
        self._running = False  # a cancel that arrives inside a redis call may be swallowed there
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._redis is not None:
            await self._values.aclose()
            await self._redis.aclose()

    def end_streams(self) -> None:
        """End every client's stream, before the server stops; a client comes back by itself."""
        for subscriber in list(self._subscribers):
            subscriber.close()

    async def subscribe(
        self, after: str | None, building: str | None = None
    ) -> AsyncIterator[bytes]:
        """Yield frames: first what came after the event ``after``, then everything new.

        ``after=None`` starts now. An id that is too old, or not one of ours, gets ``reset``.
        """
        subscriber = Subscriber(building)
        self._subscribers.add(subscriber)
        try:
            await self._watch(subscriber)
            yield await self._missed(after)
            while not subscriber.closed:
                data = await subscriber.next()
                if data:
                    yield data
        finally:
            self._subscribers.discard(subscriber)
            await self._unwatch(subscriber)

    async def _missed(self, after: str | None) -> bytes:
        hello = b"retry: 1000\n\n"
        if after is None:
            return hello
        try:
            epoch = await self._connection.get(keys.EPOCH)
            if epoch is None:
                return hello  # nothing is live yet; the rebuild announces itself with a reset
            if not await self._can_resume(after, epoch):
                return hello + frame("reset", RESET, await self._newest())
            entries = await self._connection.xrange(keys.EVENTS, min=f"({after}")
        except (RedisError, OSError):
            return hello  # the silence of the beat says it; the client comes back with its id
        return hello + b"".join(_encode(entry) for entry in entries)

    async def _can_resume(self, after: str, epoch: bytes) -> bool:
        wanted = parse_id(after)
        if wanted is None:
            return False
        info = await self._connection.xinfo_stream(keys.EVENTS)
        if not info["length"]:
            return False
        kept = parse_id(_text(info["first-entry"][0])) or (0, 0)
        newest = parse_id(_text(info["last-generated-id"])) or (0, 0)
        first = parse_id(orjson.loads(epoch)["first"]) or (0, 0)
        return max(first, kept) <= wanted <= newest

    async def _newest(self) -> str:
        last = await self._connection.xrevrange(keys.EVENTS, count=1)
        return _text(last[0][0]) if last else "0-0"

    @property
    def _connection(self) -> Any:
        if self._redis is None:
            raise RuntimeError("the hub is not started")
        return self._redis

    async def _forever(self, work: Any) -> None:
        """Repeat a piece of work; while Redis is away try again and again."""
        away = False
        while self._running:
            try:
                await work()
                away = False
            except (RedisError, OSError) as error:
                if not away:
                    log.warning("redis is away", work=work.__name__, error=str(error))
                away = True
                await asyncio.sleep(RETRY_S)

    async def _read_events(self) -> None:
        answer = await self._connection.xread(
            {keys.EVENTS: self._last}, count=BATCH, block=BLOCK_MS
        )
        entries = answer[0][1] if answer else []
        if not entries:
            await self._notice_older_clock()
            return
        self._last = _text(entries[-1][0])
        data = b"".join(_encode(entry) for entry in entries)
        reset = frame("reset", RESET, self._last)
        for subscriber in self._subscribers:
            subscriber.put(data, reset)

    async def _notice_older_clock(self) -> None:
        """After a wipe with the clock set back new ids are smaller than ours: start again there."""
        newest = await self._newest()
        if newest != "0-0" and (parse_id(newest) or (0, 0)) < (parse_id(self._last) or (0, 0)):
            self._last = "0-0"

    async def _beat(self) -> None:
        started = time.monotonic()
        epoch, data = await self._connection.mget(keys.EPOCH, keys.LAST_RECEIVED)
        if epoch is not None:
            now = {"now": round(time.time() * 1000), "data": int(data) if data else None}
            beat = frame("beat", to_json(now))
            for subscriber in self._subscribers:
                subscriber.put(beat, beat)
        await asyncio.sleep(max(0.0, BEAT_S - (time.monotonic() - started)))

    async def _watch(self, subscriber: Subscriber) -> None:
        if subscriber.building is None:
            return
        watchers = self._watchers.setdefault(subscriber.building, set())
        watchers.add(subscriber)
        with contextlib.suppress(
            RedisError, OSError
        ):  # the reader subscribes again when it is back
            await self._values.subscribe(keys.values_channel(subscriber.building))

    async def _unwatch(self, subscriber: Subscriber) -> None:
        if subscriber.building is None:
            return
        watchers = self._watchers.get(subscriber.building, set())
        watchers.discard(subscriber)
        if not watchers:
            self._watchers.pop(subscriber.building, None)
            with contextlib.suppress(RedisError, OSError):
                await self._values.unsubscribe(keys.values_channel(subscriber.building))

    async def _read_values(self) -> None:
        if not self._values.subscribed:
            await asyncio.sleep(RETRY_S)
            return
        message = await self._values.get_message(timeout=BLOCK_MS / 1000)
        if message is None:
            return
        building = _text(message["channel"]).removeprefix(keys.values_channel(""))
        data = frame("values", message["data"])
        for subscriber in self._watchers.get(building, ()):
            subscriber.put(data, data)


def parse_id(event_id: str) -> tuple[int, int] | None:
    """Return the two numbers of a stream id, None if it is not one.

    Examples
    --------
    >>> parse_id("1700000000000-3"), parse_id("nonsense")
    ((1700000000000, 3), None)
    """
    head, _, tail = event_id.partition("-")
    if not (head.isascii() and head.isdigit() and tail.isascii() and tail.isdigit()):
        return None
    return int(head), int(tail)


def _encode(entry: tuple[bytes, dict[bytes, bytes]]) -> bytes:
    event_id, fields = entry
    return frame(_text(fields[b"e"]), fields[b"d"], _text(event_id))


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
