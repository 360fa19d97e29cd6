"""A 用户信息传输装置 of the simulator that says what is never said twice, until it is confirmed."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from data.feeds import gb26875 as gb
from data.feeds.simulated import ledger as simulated
from data.feeds.simulated.panel import FIRE_ALARM, Part
from data.feeds.simulated.transmitter import Patience, TransmitterClient
from tests.faults.ledger import Ledger, Message
from tests.faults.pace import Pace

#: A device that waits the standard's ten seconds would only make the runs longer.
PATIENCE: Final = Patience(
    answer_s=3.0, heartbeat_s=5.0, first_wait_s=0.2, longest_wait_s=0.2, duty_s=None
)
EVERY_S: Final = 0.1
DENIED_WAIT_S: Final = 3.0
MOST_UNANSWERED: Final = 8
SMOKE: Final = 40


class _Said(simulated.Ledger):
    """Knows when the last frame that was confirmed had been sent."""

    def __init__(self) -> None:
        super().__init__(keep=False)
        self.confirmed_at = 0.0
        self._sent_at: dict[str, float] = {}

    def sent(self, entry: simulated.Entry) -> None:
        super().sent(entry)
        self._sent_at[entry.number] = time.monotonic()

    def confirm(self, entry: simulated.Entry) -> None:
        super().confirm(entry)
        self.confirmed_at = max(self.confirmed_at, self._sent_at.pop(entry.number))


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
    _said: _Said = field(default_factory=_Said)
    _unanswered: int = 0
    #: Two readings of one second must differ to be two.
    _values: Iterator[int] = field(default_factory=lambda: itertools.cycle(range(200, 400)))

    @property
    def confirmed_at(self) -> float:
        """When the last frame that was confirmed had been sent."""
        return self._said.confirmed_at

    async def run(self, ending: asyncio.Event) -> None:
        """Send until it is told to end and everything is confirmed."""
        pace, where = Pace(self.alarms_s, self.readings_s), ("127.0.0.1", self.port)
        async with (
            TransmitterClient(where, self.address, self._said, patience=PATIENCE) as client,
            asyncio.TaskGroup() as sending,
        ):
            while not ending.is_set():
                await asyncio.sleep(EVERY_S)
                held = self._unanswered >= MOST_UNANSWERED
                for message, unit in self._made(*pace.due(held=held)):
                    self._unanswered += 1
                    self.ledger.sent[message] += 1
                    sending.create_task(self._deliver(client, message, unit))
        total = self._said.total(simulated.Way.GB26875)
        self.ledger.answers["gb repeated"] += total.sends - total.messages

    def _made(self, alarms: int, readings: int) -> Iterator[tuple[Message, gb.Unit]]:
        at = datetime.now(UTC)
        for message, address, flags in itertools.islice(self.alarms, alarms):
            part = Part(FIRE_ALARM, 1, SMOKE, address, "2层 走廊")
            yield message, gb.Unit(gb.Kind.PART_STATE, (part.state(flags, at),))
        for message, address in itertools.islice(self.readings, readings):
            values = {"temperature_c": next(self._values) / 10}
            measured = Part(FIRE_ALARM, 1, SMOKE, address).analogues(values, at)
            yield message, gb.Unit(gb.Kind.ANALOGUE, tuple(measured))

    async def _deliver(self, client: TransmitterClient, message: Message, unit: gb.Unit) -> None:
        """Send until it is confirmed; what is denied is sent anew."""
        while not await client.send(unit):
            self.ledger.refused["a frame was denied"] += 1
            await asyncio.sleep(DENIED_WAIT_S)
        self._unanswered -= 1
        self.ledger.confirmed[message] += 1
