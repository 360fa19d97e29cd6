"""The TCP server of GB/T 26875.3: connections in, one committer, confirmation after the commit."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from data.feeds import gb26875 as gb
from data.feeds.transmitters.aside import Aside
from data.feeds.transmitters.counters import Counters, forget_links
from data.feeds.transmitters.duty import Duty
from data.feeds.transmitters.intake import Intake, Verdict
from data.feeds.transmitters.link import READ_BYTES, Link, Patience
from data.feeds.transmitters.links import Links
from data.feeds.transmitters.translate import Message
from data.feeds.transmitters.waiting import Item, Waiting
from data.live.present import Present
from data.pipeline import Pipeline
from data.store.database import Database
from data.store.guard import AWAY

log = structlog.get_logger()

#: Messages of one transaction, except fires, which are taken first and by themselves.
BATCH: Final = 100
RETRY_S: Final = 0.5
#: After three attempts of ten seconds a transmitter has given up a frame or sent it again.
GIVE_UP_S: Final = 30.0
TIDY_EVERY_S: Final = 1.0
VOUCH_EVERY_S: Final = 30.0
MAX_CONNECTIONS: Final = 4000


class TransmitterServer:
    """Runs in one event loop; the database is talked to in threads."""

    def __init__(
        self,
        database: Database,
        present: Present,
        now: Callable[[], datetime],
        patience: Patience | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        pipeline = Pipeline(database, present, now)
        self.counters = Counters()
        self.now = now
        self._present = present
        self._patience = patience or Patience()
        self._max_connections = max_connections
        self._intake = Intake(database, pipeline, now)
        self._links = Links(database, self.counters, now)
        self._aside = Aside(database)
        self._duty = Duty(database, self._links, now)
        self._open: set[Link] = set()

    async def serve(self, listening: socket.socket, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; ends at once, for what is not confirmed is repeated."""
        self._waiting = Waiting()
        with contextlib.suppress(RedisError):
            await asyncio.to_thread(forget_links, self._present.redis)
        server = await asyncio.start_server(self._connected, sock=listening, limit=READ_BYTES)
        tasks = [asyncio.create_task(work()) for work in (self._commit_forever, self._tidy_forever)]
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.close()
            for task in (stopped, *tasks):
                task.cancel()
            await asyncio.gather(*(link.close() for link in self._open))
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ended:
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end

    def enqueue(self, item: Item) -> None:
        """Let a message wait for the database."""
        self._waiting.put(item)

    def set_aside(self, frame: gb.Frame, at: datetime, reason: str, error: str) -> None:
        """Keep a frame that can't be taken for a person to look at."""
        self._aside.put(frame, at, reason, error)

    def confirmed(self, link: Link, message: Message, at: datetime) -> None:
        """Learn that a transmitter's message is safe: its link is up."""
        self._links.heard(link, message, at)

    def denied(self, link: Link) -> None:
        """Learn that a frame of a connection was denied; its peer says why."""
        self._links.denied(link)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self, reader, writer, self._patience)
        if len(self._open) >= self._max_connections:
            self.counters.count("refused_connection")
            await link.close()
            return
        self._open.add(link)
        try:
            await link.run()
        finally:
            self._open.discard(link)
            self._links.lost(link)
            await link.close()

    async def _commit_forever(self) -> None:
        while True:
            items = await self._waiting.take(BATCH)
            if not await self._commit(items):
                self._waiting.put_back(items)
                await asyncio.sleep(RETRY_S)

    async def _commit(self, items: list[Item]) -> bool:
        """Commit and answer some messages; return False while the database is away."""
        try:
            taken = await asyncio.to_thread(self._intake.take, [item.received for item in items])
        except AWAY as error:
            log.warning("database is away, nothing is confirmed", error=str(error.__cause__))
            return False
        except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
            return await self._one_by_one(items, error)
        outcome = taken.outcome
        self.counters.count("reading", outcome.accepted)
        self.counters.count("duplicate", outcome.duplicates)
        self.counters.count("rejected", len(outcome.rejected))
        for rejected in outcome.rejected:
            log.warning("value of a transmitter refused", error=rejected.error)
        for item, verdict in zip(items, taken.verdicts, strict=True):
            item.answer(verdict)
        return True

    async def _one_by_one(self, items: list[Item], error: Exception) -> bool:
        """Find the message that can't be recorded; it alone is denied."""
        if len(items) == 1:
            message = items[0].received.message
            log.error("message can't be recorded", source=message.source, error=repr(error))
            items[0].answer(Verdict.FAIL)
            return True
        left = [item for item in items if not await self._commit([item])]
        self._waiting.put_back(left)
        return True

    async def _tidy_forever(self) -> None:
        loop = asyncio.get_running_loop()
        vouched = loop.time()
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            self._waiting.give_up(loop.time() - GIVE_UP_S)
            await self._tell()
            try:
                await self._aside.write()
                await self._links.write_events()
                await self._duty.step()
                if self._links.came or loop.time() - vouched >= VOUCH_EVERY_S:
                    vouched = loop.time()
                    self._links.came = False
                    await asyncio.to_thread(self._intake.vouch, self._links.addresses())
            except SQLAlchemyError as error:
                log.warning("transmitters: the database is away", error=str(error.__cause__))

    async def _tell(self) -> None:
        redis: Any = self._present.redis
        with contextlib.suppress(RedisError):  # told the next time
            numbers = len(self._waiting), len(self._open)
            await asyncio.to_thread(self.counters.tell, redis, *numbers, self.now())
