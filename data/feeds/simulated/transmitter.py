"""A 用户信息传输装置 over TCP: sends frames, repeats what is not confirmed, obeys the centre."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self

import structlog

from data.feeds import gb26875 as gb
from data.feeds.simulated import panel
from data.feeds.simulated.ledger import Entry, Ledger, Way
from data.feeds.simulated.wire import Wire

log = structlog.get_logger(__name__)

CENTRE: Final = 1
READ_BYTES: Final = 4096
#: Frames that may wait for their confirmation at once.
MAX_UNANSWERED: Final = 32
#: Between the pieces of a frame on a bad line.
PIECE_PAUSE_S: Final = 0.01
OPERATOR: Final = 1


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long a transmitter waits, and how often it tries (clause 6.5).

    ``duty_s`` is how long its operator takes for a duty check; nobody is there if None.
    """

    answer_s: float = 10.0
    attempts: int = 3
    heartbeat_s: float = 60.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    duty_s: float | None = 20.0


class DeviceClock:
    """The clock of a device, which may be off by ``drift``; the centre may set it."""

    def __init__(
        self,
        drift: timedelta = timedelta(0),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.drift = drift
        self.sets = 0
        self._now = now

    def __call__(self) -> datetime:
        """Return the time that it shows."""
        return self._now() + self.drift

    def set(self, at: datetime) -> None:
        """Let it show this time now."""
        self.drift = at - self._now()
        self.sets += 1


class TransmitterClient:
    """One transmitter; connects again by itself for as long as it is used as a context.

    >>> async def burn(ledger: Ledger, unit: gb.Unit) -> bool:
    ...     async with TransmitterClient(("127.0.0.1", 5000), 889, ledger) as client:
    ...         return await client.send(unit)
    """

    def __init__(
        self,
        where: tuple[str, int],
        address: int,
        ledger: Ledger,
        *,
        patience: Patience | None = None,
        wire: Wire | None = None,
        clock: DeviceClock | None = None,
    ) -> None:
        self.address = address
        self.ledger = ledger
        self.clock = clock or DeviceClock()
        self.duty_checks = 0
        self._where = where
        self._patience = patience or Patience()
        self._wire = wire or Wire()
        self._numbers = itertools.count(1)
        self._pending: dict[int, asyncio.Future[int | None]] = {}
        self._outbox: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writer: asyncio.StreamWriter | None = None
        #: A connection that is dead on this side only.
        self._ghost: asyncio.StreamWriter | None = None
        self._up = asyncio.Event()
        self._there = asyncio.Event()
        self._room = asyncio.Semaphore(MAX_UNANSWERED)

    async def __aenter__(self) -> Self:
        """Begin to connect; returns at once."""
        self._bury()
        for work in (self._connect_forever(), self._write_forever(), self._beat_forever()):
            self._start(work)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the connection; what is to be kept waits for the next one."""
        self.hang_up()
        self._bury()
        await self._rest()

    async def vanish(self) -> None:
        """Fall silent as in a power cut: nobody tells the centre that the connection is dead."""
        self._ghost, self._writer = self._writer, None
        self._lost()
        await self._rest()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._up.is_set()

    async def connected(self) -> None:
        """Wait for a connection."""
        await self._up.wait()

    async def send(self, unit: gb.Unit, *, keep: bool = True) -> bool:
        """Send a data unit; return whether the centre confirmed it.

        Three times without an answer is no link: with ``keep`` it connects anew and goes on until
        somebody answers, as it does with alarms, faults and operations; otherwise it gives up.
        """
        number = next(self._numbers)
        frame = self._frame(number, gb.build_unit(unit))
        entry = self.ledger.open(Way.GB26875, str(self.address), str(number), frame)
        async with self._room:
            while keep or self.is_connected:
                answer = await self._attempts(frame, entry)
                if answer == gb.Command.CONFIRM:
                    self.ledger.confirm(entry)
                    return True
                if answer == gb.Command.DENY:
                    self.ledger.refuse(entry, "denied")
                    return False
                self.hang_up()
        self.ledger.refuse(entry, "no link")
        return False

    def hang_up(self) -> None:
        """End the connection as a broken line does; a new one is tried by itself."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._lost()

    def _bury(self) -> None:
        if self._ghost is not None:
            self._ghost.transport.abort()
            self._ghost = None

    async def _rest(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _attempts(self, frame: gb.Frame, entry: Entry | None) -> int | None:
        """Send a frame until it is confirmed, as often as one should; return the last answer."""
        answer: int | None = None
        for _ in range(self._patience.attempts):
            await self._up.wait()
            waiting: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
            self._pending[frame.serial] = waiting
            if entry is not None:
                self.ledger.sent(entry)
            self._write(frame)
            try:
                async with asyncio.timeout(self._patience.answer_s):
                    answer = await waiting
            except TimeoutError:
                answer = None
            finally:
                self._pending.pop(frame.serial, None)
            if answer == gb.Command.CONFIRM:
                return answer
        return answer

    async def _connect_forever(self) -> None:
        wait = self._patience.first_wait_s
        while True:
            try:
                reader, writer = await asyncio.open_connection(*self._where)
            except OSError:
                await asyncio.sleep(wait)
                wait = min(2 * wait, self._patience.longest_wait_s)
                continue
            # Pieces of a frame shall travel as pieces.
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wait = self._patience.first_wait_s
            self._writer = writer
            self._up.set()
            try:
                await self._listen(reader)
            finally:
                self._lost()
                if writer is not self._ghost:
                    writer.close()
            await asyncio.sleep(wait)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        stream = gb.FrameStream()
        with contextlib.suppress(ConnectionError, OSError):
            while chunk := await reader.read(READ_BYTES):
                for one in stream.feed(chunk):
                    if isinstance(one, gb.Frame):
                        self._on_frame(one)

    def _lost(self) -> None:
        """Let everybody who waits for an answer know that none comes on this connection."""
        self._writer = None
        self._up.clear()
        self._outbox.clear()
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_result(None)

    def _on_frame(self, frame: gb.Frame) -> None:
        if frame.command in {gb.Command.CONFIRM, gb.Command.DENY}:
            waiting = self._pending.get(frame.serial)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame.command)
        elif frame.command == gb.Command.CONTROL:
            known = self._obey(frame)
            answer = gb.Command.CONFIRM if known else gb.Command.DENY
            self._write(frame.reply(answer, self.clock()))

    def _obey(self, frame: gb.Frame) -> bool:
        """Do what the centre says; return whether it can be done."""
        try:
            unit = gb.parse_unit(frame.data)
        except gb.CodecError:
            return False
        match unit.objects if unit is not None else ():
            case (gb.TransmitterTime(at=at),) if at.utc is not None:
                self.clock.set(at.utc)
            case (gb.DutyCheck(),):
                self.duty_checks += 1
                self._start(self._answer_duty())
            case _:
                return False
        return True

    async def _answer_duty(self) -> None:
        if self._patience.duty_s is not None:
            await asyncio.sleep(self._patience.duty_s)
            await self.send(panel.pressed(gb.OperationFlag.ANSWERED, OPERATOR, self.clock()))

    async def _beat_forever(self) -> None:
        while True:
            await self._up.wait()
            heartbeat = self._frame(next(self._numbers), b"")
            if await self._attempts(heartbeat, None) is None:
                self.hang_up()
            await asyncio.sleep(self._patience.heartbeat_s)

    async def _write_forever(self) -> None:
        """Write what has gathered, on a bad line in pieces."""
        while True:
            await self._there.wait()
            self._there.clear()
            frames, self._outbox = self._outbox, []
            pieces = self._wire.chunks(frames) if frames else []
            for number, piece in enumerate(pieces):
                writer = self._writer
                if writer is None:
                    break
                if number:
                    await asyncio.sleep(PIECE_PAUSE_S)
                writer.write(piece)
                with contextlib.suppress(ConnectionError, OSError):
                    await writer.drain()

    def _write(self, frame: gb.Frame) -> None:
        self._outbox.append(frame.encode())
        self._there.set()

    def _frame(self, number: int, data: bytes) -> gb.Frame:
        serial = number % 0x10000
        at = gb.Moment.of(self.clock())
        return gb.Frame(serial, at, self.address, CENTRE, gb.Command.SEND, data)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
