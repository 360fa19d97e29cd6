"""A 用户信息传输装置 as the centre meets it: one TCP connection, repeats, reconnects."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from data.feeds import gb26875 as gb
from tests.faults.ledger import Ledger, Message

CENTRE: Final = 88_888
#: A device that waits the standard's ten seconds would only make the runs longer.
ANSWER_WITHIN_S: Final = 3.0
ATTEMPTS: Final = 3
RECONNECT_S: Final = 0.2
HEARTBEAT_S: Final = 5.0
MOST_UNANSWERED: Final = 8
SMOKE: Final = 40


@dataclass
class _Waiting:
    message: Message | None
    frame: gb.Frame
    attempts: int = 0
    sent_at: float = 0.0


@dataclass
class Device:
    """One transmitter; ``alarms`` yields (message, part address, state) that are new."""

    address: int
    port: int
    ledger: Ledger
    alarms: Iterator[tuple[Message, int, gb.PartFlag]]
    readings: Iterator[tuple[Message, int]]
    alarms_s: float
    readings_s: float
    #: When the last frame that was confirmed had been sent.
    confirmed_at: float = 0.0
    _serials: Iterator[int] = field(default_factory=lambda: itertools.cycle(range(1, 0x10000)))
    _waiting: dict[int, _Waiting] = field(default_factory=dict)
    _writer: asyncio.StreamWriter | None = None

    async def run(self, ending: asyncio.Event) -> None:
        """Send until it is told to end and everything is confirmed."""
        making = asyncio.create_task(self._make(ending))
        try:
            while not ending.is_set() or self._waiting:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    self.ledger.answers["gb refused"] += 1
                else:
                    await self._talk(reader, writer, ending)
                await asyncio.sleep(RECONNECT_S)
        finally:
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    async def _make(self, ending: asyncio.Event) -> None:
        """Make what is due: while too much is unanswered nothing new is said."""
        began, alarms, readings, beat = time.monotonic(), 0, 0, 0.0
        while not ending.is_set():
            await asyncio.sleep(0.1)
            now = time.monotonic()
            if len(self._waiting) >= MOST_UNANSWERED:
                began += 0.1
                continue
            if (now - began) * self.alarms_s > alarms:
                alarms += 1
                self._say_alarm()
            if (now - began) * self.readings_s > readings:
                readings += 1
                self._say_reading(readings)
            if now - beat > HEARTBEAT_S:
                beat = now
                self._say(None, b"")

    def _say_alarm(self) -> None:
        for message, part, state in itertools.islice(self.alarms, 1):
            text = gb.Description.of("2层 走廊")
            record = gb.PartState(1, 1, SMOKE, part, state, text, gb.Moment.of(datetime.now(UTC)))
            self._say(message, gb.build_unit(gb.Unit(gb.Kind.PART_STATE, (record,))))

    def _say_reading(self, number: int) -> None:
        for message, part in itertools.islice(self.readings, 1):
            at = gb.Moment.of(datetime.now(UTC))
            value = 200 + number % 200  # two of one second must differ to be two
            kind = gb.AnalogueKind.TEMPERATURE
            record = gb.Analogue(1, 1, SMOKE, part, kind, value, at)
            self._say(message, gb.build_unit(gb.Unit(gb.Kind.ANALOGUE, (record,))))

    def _say(self, message: Message | None, data: bytes) -> None:
        at = gb.Moment.of(datetime.now(UTC))
        serial = next(self._serials)
        frame = gb.Frame(serial, at, self.address, CENTRE, gb.Command.SEND, data)
        self._waiting[serial] = _Waiting(message, frame)
        if message is not None:
            self.ledger.sent[message] += 1
        self._send(self._waiting[serial])

    def _send(self, waiting: _Waiting) -> None:
        if self._writer is not None and not self._writer.is_closing():
            waiting.attempts += 1
            waiting.sent_at = time.monotonic()
            self._writer.write(waiting.frame.encode())

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ending: asyncio.Event
    ) -> None:
        """Speak on one connection until it breaks, or nothing is answered any more."""
        self._writer = writer
        for waiting in self._waiting.values():
            waiting.attempts = 0
            self._send(waiting)
        reading = asyncio.create_task(self._listen(reader))
        try:
            while not reading.done() and not (ending.is_set() and not self._waiting):
                await asyncio.sleep(0.1)
                if self._repeat():
                    self.ledger.answers["gb unanswered"] += 1
                    break
        finally:
            self._writer = None
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            writer.close()
        self.ledger.answers["gb connections"] += 1

    def _repeat(self) -> bool:
        """Send again what waits for too long; return whether the connection is hopeless."""
        late = time.monotonic() - ANSWER_WITHIN_S
        for waiting in [one for one in self._waiting.values() if one.sent_at < late]:
            if waiting.attempts >= ATTEMPTS:
                return True
            self._send(waiting)
        return False

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        stream = gb.FrameStream()
        with contextlib.suppress(OSError):
            while chunk := await reader.read(4096):
                for found in stream.feed(chunk):
                    self._hear(found)

    def _hear(self, found: Any) -> None:
        assert isinstance(found, gb.Frame), "the centre sent a damaged frame"
        if found.command == gb.Command.CONTROL and self._writer is not None:
            self._writer.write(found.reply(gb.Command.CONFIRM, datetime.now(UTC)).encode())
        elif found.command == gb.Command.DENY:
            self.ledger.refused["a frame was denied"] += 1
        elif found.command == gb.Command.CONFIRM:
            answered = self._waiting.pop(found.serial, None)
            if answered is not None:
                self.confirmed_at = max(self.confirmed_at, answered.sent_at)
                if answered.message is not None:
                    self.ledger.confirmed[answered.message] += 1
