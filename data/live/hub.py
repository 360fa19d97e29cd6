"""Fan-out of the stream to the clients of one web process.

One reader takes each change from Redis and encodes it once a wire; every client has a bounded
queue. A client that does not keep up loses its queue and is told to fetch a snapshot.

The pages' frames are coalesced: what needs a person goes at once, everything else twice a
second. What is waiting goes along with what is urgent, so that the order of events stays.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from data.live import keys
from data.live.connection import connect_redis_async
from data.live.stream import NOWHERE, RESUME_MOST, Event, EventId, parse_entry, parse_id
from data.live.subscribers import Binary, Subscriber, Text, Wire

log = structlog.get_logger()

BEAT_S: Final = 1.0
BATCH_S: Final = 0.5
BLOCK_MS: Final = 1000
BATCH: Final = 500
RETRY_S: Final = 0.2
#: How long a client waits for the reader to come as far as its snapshot.
REACH_S: Final = 1.0


class Hub:
    """Reads the stream of one Redis for all clients of a process; the lifespan starts it."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._subscribers: set[Subscriber] = set()
        self._watchers: dict[str, set[Subscriber]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        #: The last event that was read, and the last that the pages have been sent.
        self._read = NOWHERE
        self._sent = NOWHERE
        self._waiting: list[Event] = []
        self._timer: asyncio.TimerHandle | None = None
        self._progress = asyncio.Event()
        self._redis: Redis | None = None
        self._values: Any = None
        self._running = False

    @property
    def clients(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)

    @property
    def sessions(self) -> set[str]:
        """Sessions whose streams are open."""
        return {subscriber.session for subscriber in self._subscribers} - {""}

    def streams_of(self, session: str) -> int:
        """Return how many streams of a session are open."""
        return sum(subscriber.session == session for subscriber in self._subscribers)

    async def start(self) -> None:
        """Start reading; returns once the position in the stream is known or Redis is away."""
        self._redis = connect_redis_async(self._url)
        self._values = self._redis.pubsub(ignore_subscribe_messages=True)
        with contextlib.suppress(RedisError, OSError):
            self._read = self._sent = await self._newest()
        self._running = True
        self._tasks = [
            asyncio.create_task(self._forever(work), name=name)
            for name, work in (
                ("hub-events", self._read_events),
                ("hub-beat", self._beat),
                ("hub-values", self._read_values),
            )
        ]

    async def stop(self) -> None:
        """End every stream and stop reading."""
        self.end_streams()
        self._running = False  # a cancel that arrives inside a redis call may be swallowed there
        if self._timer is not None:
            self._timer.cancel()
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

    def end_sessions(self, ended: set[str]) -> None:
        """End the streams of sessions that hold no more."""
        for subscriber in list(self._subscribers):
            if subscriber.session in ended:
                subscriber.close()

    async def events(
        self, after: str | None, building: str | None = None, session: str = ""
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events: first what came after ``after``, then everything new.

        ``after=None`` starts now. An id that is too old, or not one of ours, gets ``reset``.
        """
        async with self.subscribed(Text, after, session) as subscriber:
            await self.watch(subscriber, building)
            while not subscriber.closed:
                if waiting := await subscriber.next():
                    yield b"".join(waiting)

    @contextlib.asynccontextmanager
    async def subscribed(
        self, wire: type[Wire], after: str | None, session: str = ""
    ) -> AsyncIterator[Subscriber]:
        """Give a client's queue, filled with what came after the event ``after``."""
        subscriber = Subscriber(wire, session)
        try:
            await self._begin(subscriber, after)
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)
            await self.watch(subscriber, None)

    async def watch(self, subscriber: Subscriber, building: str | None) -> None:
        """Send a client the values of another building's devices, or of none."""
        if subscriber.building is not None:
            await self._unwatch(subscriber, subscriber.building)
        subscriber.building = building
        if building is None:
            return
        self._watchers.setdefault(building, set()).add(subscriber)
        with contextlib.suppress(RedisError, OSError):  # the reader subscribes when it is back
            await self._values.subscribe(keys.values_channel(building))

    async def _begin(self, subscriber: Subscriber, after: str | None) -> None:
        """Let the client take part from this moment on, and put what it missed before that."""
        wanted = None if after is None else (parse_id(after) or NOWHERE)
        if wanted is not None:
            await self._reach(wanted)
        self._flush()
        self._subscribers.add(subscriber)
        sent = self._sent
        missed = await self._missed(subscriber.wire, wanted, sent)
        subscriber.put_first([subscriber.wire.hello(sent if wanted is None else wanted), *missed])

    async def _reach(self, wanted: EventId) -> None:
        """Wait until the reader is as far as the client's snapshot: it never goes back in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REACH_S):
                while self._read.epoch == wanted.epoch and self._read < wanted:
                    self._progress.clear()
                    await self._progress.wait()

    async def _missed(self, wire: type[Wire], wanted: EventId | None, sent: EventId) -> list[bytes]:
        """Return what came after ``wanted`` and up to ``sent``, or the order to start again."""
        if wanted is None or wanted == sent:
            return []
        try:
            if await self._connection.get(keys.EPOCH) is None:
                return []  # nothing is live yet; the rebuild announces itself with a reset
            if wanted.epoch != sent.epoch or not 0 <= sent.number - wanted.number <= RESUME_MOST:
                return [wire.reset(sent)]
            entries = await self._connection.xrange(keys.EVENTS, f"({wanted}", str(sent))
        except (RedisError, OSError):
            return []  # the silence of the beat says it; the client comes back with its id
        events = [parse_entry(entry) for entry in entries]
        if len(events) != sent.number - wanted.number:  # some are gone already
            return [wire.reset(sent)]
        return [wire.changes(events)] if events else []

    async def _newest(self) -> EventId:
        last = await self._connection.xrevrange(keys.EVENTS, count=1)
        return (parse_id(last[0][0]) or NOWHERE) if last else NOWHERE

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
            {keys.EVENTS: str(self._read)}, count=BATCH, block=BLOCK_MS
        )
        if not answer:
            await self._notice_other_stream()
            return
        entries = answer[0][1]
        for event in map(parse_entry, entries):
            self._take(event)
        self._progress.set()

    async def _notice_other_stream(self) -> None:
        """After a wipe the ids may begin again below ours (a clock set back): start again there."""
        newest = await self._newest()
        if newest < self._read and newest != NOWHERE:
            self._start_again(newest)

    def _take(self, event: Event) -> None:
        """Take one event in; a gap or a new present means that every client starts again."""
        expected = self._read.next
        if event.reset or (event.id != expected and self._read != NOWHERE):
            if not event.reset:
                log.warning("events are missing", expected=str(expected), found=str(event.id))
            self._start_again(event.id)
            return
        self._read = event.id
        self._send(Text, [event])
        self._waiting.append(event)
        if event.alarms or event.incidents:  # a device's status turns bad together with its alarm
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_S, self._flush)

    def _flush(self) -> None:
        """Send the pages what is waiting for them."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._send(Binary, self._waiting)
            self._waiting = []
        self._sent = self._read

    def _start_again(self, last: EventId) -> None:
        self._waiting = []
        self._read = last
        self._flush()
        for wire in (Text, Binary):
            self._put(wire, wire.reset(last))

    def _send(self, wire: type[Wire], events: Iterable[Event]) -> None:
        if any(subscriber.wire is wire for subscriber in self._subscribers):
            self._put(wire, wire.changes(events))

    def _put(self, wire: type[Wire], data: bytes) -> None:
        reset = wire.reset(self._read)
        for subscriber in self._subscribers:
            if subscriber.wire is wire:
                subscriber.put(data, reset)

    async def _beat(self) -> None:
        started = time.monotonic()
        epoch, data = await self._connection.mget(keys.EPOCH, keys.LAST_RECEIVED)
        if epoch is not None and orjson.loads(epoch)["first"].startswith(f"{self._read.epoch}-"):
            now, newest = round(time.time() * 1000), int(data) if data else None
            for wire in (Text, Binary):
                self._put(wire, wire.beat(now, newest))
        await asyncio.sleep(max(0.0, BEAT_S - (time.monotonic() - started)))

    async def _unwatch(self, subscriber: Subscriber, building: str) -> None:
        watchers = self._watchers.get(building, set())
        watchers.discard(subscriber)
        if not watchers:
            self._watchers.pop(building, None)
            with contextlib.suppress(RedisError, OSError):
                await self._values.unsubscribe(keys.values_channel(building))

    async def _read_values(self) -> None:
        if not self._values.subscribed:
            await asyncio.sleep(RETRY_S)
            return
        message = await self._values.get_message(timeout=BLOCK_MS / 1000)
        if message is None:
            return
        building = message["channel"].decode().removeprefix(keys.values_channel(""))
        for subscriber in self._watchers.get(building, ()):
            data = subscriber.wire.values(message["data"])
            subscriber.put(data, data)
