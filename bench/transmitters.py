"""Thousands of transmitters with their heartbeats: ``make bench-transmitters``.

The stage of ``bench.ways_in``; its transmitters connect over TCP in this process, some more at each
step, and each sends a heartbeat every ten seconds at a moment of its own. Each frame is followed to
its confirmation. What the process of the transmitters costs stands beside what it costs with nobody
connected, and the waits beside those of ten transmitters.
"""

import asyncio
import os
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
import uvloop

from bench.harness import quantile, report, spread
from bench.procs import cpu_seconds, private_mb, resident_mb
from bench.ways_in import WaysIn, ways_in
from data.feeds import gb26875 as gb
from data.feeds.transmitters.process import allow_connections
from data.feeds.transmitters.server import MAX_CONNECTIONS
from tests.faults.town import Town

CENTRE: Final = 1
HEARTBEAT_S: Final = 10.0
#: The standard's time-out: what is not confirmed by then is repeated.
ANSWER_WITHIN_S: Final = 10.0
GOAL_MB: Final = 300
CONNECTS_AT_ONCE: Final = 50
FEW: Final = 10


@dataclass
class Tally:
    """What became of the heartbeats of all."""

    sent: int = 0
    waits_ms: list[float] = field(default_factory=list)
    denied: int = 0
    lost_links: int = 0

    @property
    def unconfirmed(self) -> int:
        """How many have no confirmation."""
        return self.sent - len(self.waits_ms)


class Pulse(asyncio.Protocol):
    """A transmitter that has nothing to report."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.tally = Tally()
        self._stream = gb.FrameStream()
        self._sent: dict[int, float] = {}
        self._serial = 0
        self._transport: Any = None  # uvloop's is no asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello, which is no more than a heartbeat."""
        self._transport = transport
        self.send()

    def data_received(self, data: bytes) -> None:
        """Note what is confirmed; do as the centre says."""
        now = time.perf_counter()
        for found in self._stream.feed(data):
            if not isinstance(found, gb.Frame):
                raise TypeError("the centre sent a damaged frame")
            if found.command == gb.Command.CONFIRM:
                self.tally.waits_ms.append((now - self._sent.pop(found.serial)) * 1000)
            elif found.command == gb.Command.DENY:
                self.tally.denied += 1
            else:
                reply = found.reply(gb.Command.CONFIRM, datetime.now(UTC))
                self._transport.write(reply.encode())

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that it was not we who ended it."""
        self.tally.lost_links += 1

    def beat(self, first_s: float, until: float) -> None:
        """Send heartbeats from a moment on, until another."""

        def send() -> None:
            if time.monotonic() < until:
                self.send()
                asyncio.get_running_loop().call_later(HEARTBEAT_S, send)

        asyncio.get_running_loop().call_later(first_s, send)

    def send(self) -> None:
        """Send a heartbeat."""
        self._serial += 1
        at = gb.Moment.of(datetime.now(UTC))
        frame = gb.Frame(self._serial, at, self.address, CENTRE, gb.Command.SEND, b"")
        self.tally.sent += 1
        self._sent[self._serial] = time.perf_counter()
        self._transport.write(frame.encode())


async def connect(here: WaysIn, pulses: list[Pulse], number: int) -> float:
    """Connect transmitters until there are so many; return how many seconds that took."""
    loop, gate, began = asyncio.get_running_loop(), asyncio.Semaphore(CONNECTS_AT_ONCE), time.time()

    async def one(pulse: Pulse) -> None:
        async with gate:
            await loop.create_connection(lambda: pulse, "127.0.0.1", here.gb_port)
            async with asyncio.timeout(60):
                while not pulse.tally.waits_ms:
                    await asyncio.sleep(0.01)

    new = [Pulse(here.town.address(n)) for n in range(len(pulses), number)]
    await asyncio.gather(*(one(pulse) for pulse in new))
    pulses += new
    return time.time() - began


async def beat(pulses: list[Pulse], seconds: float) -> Tally:
    """Let all send their heartbeats for a while; return what became of them."""
    chance, until = random.Random(len(pulses)), time.monotonic() + seconds
    before = [(one.tally.sent, len(one.tally.waits_ms)) for one in pulses]
    for pulse in pulses:
        pulse.beat(chance.uniform(0, HEARTBEAT_S), until)
    await asyncio.sleep(seconds)
    end = time.monotonic() + ANSWER_WITHIN_S
    while any(one.tally.unconfirmed for one in pulses) and time.monotonic() < end:
        await asyncio.sleep(0.1)
    found = Tally()
    for one, (sent, waits) in zip(pulses, before, strict=True):
        found.sent += one.tally.sent - sent
        found.waits_ms += one.tally.waits_ms[waits:]
        found.denied += one.tally.denied
        found.lost_links += one.tally.lost_links
    return found


async def measure(here: WaysIn, steps: list[int], seconds: float) -> None:
    """Report the process with nobody, and after each step."""
    pid = here.pids["transmitters"]
    empty, pulses = resident_mb(pid), list[Pulse]()
    report("nobody connected", rss_mb=round(empty), private_mb=round(private_mb(pid)))
    few: list[float] = []
    for number in [FEW, *steps]:
        took = await connect(here, pulses, number)
        used, began = cpu_seconds([pid]), time.monotonic()
        tally = await beat(pulses, seconds)
        cores = (cpu_seconds([pid]) - used) / (time.monotonic() - began)
        few = few or tally.waits_ms
        rss, p99 = resident_mb(pid), quantile(tally.waits_ms, 0.99)
        report(
            "transmitters",
            connected=number,
            connected_after_s=round(took, 1),
            rss_mb=round(rss),
            times_empty=round(rss / empty, 2),
            kb_a_connection=round((rss - empty) * 1024 / number, 1),
            private_mb=round(private_mb(pid)),
            goal_mb=GOAL_MB,
            heartbeats=tally.sent,
            unconfirmed=tally.unconfirmed,
            denied=tally.denied,
            lost_links=tally.lost_links,
            within=rss <= GOAL_MB and not (tally.unconfirmed or tally.denied or tally.lost_links),
            confirmed_ms=spread(tally.waits_ms),
            p99_ms=round(p99, 1),
            times_few_p99=round(p99 / quantile(few, 0.99), 1),
            cores=round(cores, 2),
            load=round(os.getloadavg()[0], 1),
        )


def main(
    connected: Annotated[list[int] | None, typer.Option(help="transmitters of each step")] = None,
    seconds: Annotated[float, typer.Option(help="of heartbeats at each step")] = 30.0,
) -> None:
    """Measure 1,000 and as many as the process takes, or other numbers, in rising order."""
    steps = sorted(connected or [1000, MAX_CONNECTIONS])
    allow_connections(steps[-1])
    town = Town(devices=1, by_mqtt=0, transmitters=steps[-1], parts=1)
    with ways_in(town) as here:
        uvloop.run(measure(here, steps, seconds))


if __name__ == "__main__":
    typer.run(main)
