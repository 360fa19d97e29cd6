"""One TCP connection: bytes → frames → messages in the queue, and the answers back."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

import structlog

from data.feeds import gb26875 as gb
from data.feeds.transmitters.counters import Counters
from data.feeds.transmitters.intake import Verdict
from data.feeds.transmitters.received import Received
from data.feeds.transmitters.translate import Message, translate
from data.feeds.transmitters.waiting import Item

log = structlog.get_logger()

READ_BYTES: Final = 4096
#: Frames of one connection that may wait; further ones wait in the transmitter.
MAX_UNANSWERED: Final = 64
#: Bytes that belong to no frame, in a row, before the connection is closed.
MAX_GARBAGE: Final = 64 * 1024
#: Answers that a transmitter does not read.
MAX_UNREAD: Final = 64 * 1024
#: Transmitters that one connection may speak for (a concentrator does).
MAX_ADDRESSES: Final = 256
#: The standard's time-out and number of attempts (clause 6.5).
ANSWER_WITHIN_S: Final = 10.0
ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may say nothing: before its first frame, and afterwards."""

    first_s: float = 30.0
    idle_s: float = 600.0


class Hall(Protocol):
    """What a connection needs of the server."""

    counters: Counters

    def now(self) -> datetime:
        """Return the time in UTC."""

    def enqueue(self, item: Item) -> None:
        """Let a message wait for the database."""

    def set_aside(self, frame: gb.Frame, at: datetime, reason: str, error: str) -> None:
        """Keep a frame that can't be taken for a person to look at."""

    def confirmed(self, link: "Link", message: Message, at: datetime) -> None:
        """Learn that a transmitter's message is safe."""

    def denied(self, link: "Link") -> None:
        """Learn that a frame of a connection was denied; its peer says why."""


@dataclass(slots=True)
class Peer:
    """What is known of the connection."""

    address: str
    since: datetime
    last_at: datetime
    frames: int = 0
    denied: int = 0
    error: str = ""
    error_at: datetime | None = None
    speaks_for: set[int] = field(default_factory=set)
    #: What the transmitter calls us.
    centre: int = 0


class Link:
    """One connection, from its first byte to its last."""

    def __init__(
        self,
        hall: Hall,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        patience: Patience,
    ) -> None:
        self._hall = hall
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._stream = gb.FrameStream()
        self._slots = asyncio.Semaphore(MAX_UNANSWERED)
        self._replies: dict[int, asyncio.Future[bool | None]] = {}
        self._serial = 0
        self._heard = asyncio.get_running_loop().time()
        now = hall.now()
        host = writer.get_extra_info("peername") or ("?",)
        self.peer = Peer(str(host[0]), now, now)

    async def run(self) -> None:
        """Read until the other side ends, says nothing for too long, or talks nonsense."""
        garbage_before = 0
        while True:
            chunk = await self._read()
            if not chunk:
                return
            found = self._stream.feed(chunk)
            for one in found:
                await self._on_frame(one)
            if found:
                garbage_before = self._stream.garbage
            if self._stream.garbage - garbage_before > MAX_GARBAGE:
                self._hall.counters.count("closed_garbage")
                return
            if self._writer.transport.get_write_buffer_size() > MAX_UNREAD:
                self._hall.counters.count("closed_slow")
                return

    async def _read(self) -> bytes:
        patience = self._patience.idle_s if self.peer.frames else self._patience.first_s
        try:
            async with asyncio.timeout_at(self._heard + patience):
                return await self._reader.read(READ_BYTES)
        except TimeoutError:
            self._hall.counters.count("closed_idle")
        except (ConnectionError, OSError):
            pass  # a link that breaks is the everyday end of a link
        return b""

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer learns that none comes."""
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_result(None)
        self._writer.close()
        with contextlib.suppress(ConnectionError, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    async def command(
        self, destination: int, unit: gb.Unit, attempts: int = ATTEMPTS
    ) -> bool | None:
        """Send a control command (clause 6.2).

        Returns whether the transmitter confirmed it or denied it; None without an answer.
        """
        self._serial = self._serial % 0xFFFF + 1
        serial = self._serial
        at = gb.Moment.of(self._hall.now())
        data = gb.build_unit(unit)
        source = self.peer.centre
        frame = gb.Frame(serial, at, source, destination, gb.Command.CONTROL, data)
        self._replies[serial] = waiting = asyncio.get_running_loop().create_future()
        try:
            for _ in range(attempts):
                self._write(frame)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ANSWER_WITHIN_S):
                        return await asyncio.shield(waiting)
            return None
        finally:
            del self._replies[serial]

    async def _on_frame(self, found: gb.Frame | gb.Damaged) -> None:
        self.peer.last_at = self._hall.now()
        self._heard = asyncio.get_running_loop().time()
        self._hall.counters.count("received")
        if isinstance(found, gb.Damaged):
            if found.frame.command == gb.Command.SEND:
                self._deny(found.frame, "checksum", "the sum of a frame is wrong")
            return
        self.peer.frames += 1
        if found.command in {gb.Command.CONFIRM, gb.Command.DENY}:
            waiting = self._replies.get(found.serial)
            if waiting is not None and not waiting.done():
                waiting.set_result(found.command == gb.Command.CONFIRM)
        elif found.command in {gb.Command.SEND, gb.Command.ANSWER}:
            await self._on_message(found)
        else:
            self._deny(found, "content", f"the centre takes no command {found.command}")

    async def _on_message(self, frame: gb.Frame) -> None:
        try:
            message = translate(frame)
        except gb.CodecError as error:
            self._deny(frame, "content", str(error))
            self._hall.set_aside(frame, self._hall.now(), "content", str(error))
            return
        self.peer.centre = frame.destination
        if not frame.data:
            self._hall.counters.count("heartbeat")
        if message.source not in self.peer.speaks_for and (
            len(self.peer.speaks_for) >= MAX_ADDRESSES
        ):
            self._deny(frame, "content", "one connection speaks for too many transmitters")
            return
        await self._slots.acquire()
        received = Received(message, self._hall.now())
        since = asyncio.get_running_loop().time()
        self._hall.enqueue(Item(received, self._answer_to(frame, received), since))

    def _answer_to(self, frame: gb.Frame, received: Received) -> Callable[[Verdict | None], None]:
        def answer(verdict: Verdict | None) -> None:
            self._slots.release()
            if verdict is Verdict.CONFIRM:
                self._hall.confirmed(self, received.message, received.at)
                self._hall.counters.count("confirmed")
                if frame.command == gb.Command.SEND:
                    self._write(frame.reply(gb.Command.CONFIRM, self._hall.now()))
            elif verdict is Verdict.DENY:
                self._deny(frame, "unregistered", "nobody registered this transmitter")
            elif verdict is Verdict.FAIL:
                self._deny(frame, "failed", "it could not be recorded")
                self._hall.set_aside(frame, received.at, "failed", "it could not be recorded")
            else:
                self._hall.counters.count("unanswered")

        return answer

    def _deny(self, frame: gb.Frame, reason: str, error: str) -> None:
        self.peer.denied += 1
        if reason != "unregistered":  # a stranger on the connection of others is no fault of theirs
            self.peer.error, self.peer.error_at = error, self._hall.now()
        self._hall.counters.count(f"denied_{reason}")
        self._hall.denied(self)
        log.warning("frame denied", peer=self.peer.address, source=frame.source, error=error)
        self._write(frame.reply(gb.Command.DENY, self._hall.now()))

    def _write(self, frame: gb.Frame) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame.encode())
