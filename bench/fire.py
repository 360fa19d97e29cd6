"""From a fire's frame on the TCP socket to its event on ``/live/events``: ``make bench-fire``.

Worker, web, feeds and transmitters are processes of their own on SQLite and Redis. Transmitters
report fires, each of another part, at random moments while platforms send telemetry over HTTP from
another process. A reader of the event stream in this process notes when each alarm arrives; so it
does with messages that are published in Redis in between, which are the floor: Redis, the web
process, HTTP and nothing else.
"""

import asyncio
import contextlib
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import orjson
import typer
import uvloop
from redis.asyncio import Redis

from bench.harness import quantile, report, spread
from bench.procs import cpu_seconds
from bench.readers import Count, Reader, Target, open_readers
from bench.ways_in import WaysIn, ways_in
from data.feeds import gb26875 as gb
from data.feeds.simulated.ledger import Ledger
from data.feeds.simulated.panel import FIRE_ALARM, Part
from data.feeds.simulated.transmitter import TransmitterClient
from data.live import keys
from tests.faults.town import Town
from tests.servers import ROOT

TOWN: Final = Town(devices=50_000, by_mqtt=0, transmitters=40, parts=25)
GOAL_P99_MS: Final = 100.0
#: Fires come so often, at random moments.
FIRES_S: Final = 5.0
WATCHED: Final = "B0000"
SMOKE: Final = 40
FIRE: Final = gb.PartFlag.FIRE | gb.PartFlag.NORMAL
#: For the telemetry to be in full flow before the first fire.
WARM_S: Final = 5.0
PATIENCE_S: Final = 15.0
EVENT: Final = re.compile(rb"event: (alarm|values)\ndata: (.*)")


@dataclass
class Arrivals:
    """When the reader heard of a device first."""

    at: dict[str, float] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def of(self, device: str) -> float | None:
        """Wait for a device; None if it does not come."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while device not in self.at:
                    self.came.clear()
                    await self.came.wait()
        return self.at.get(device)


def reader_of(arrivals: Arrivals) -> type[Reader]:
    """Return the reader that notes what arrives."""

    class FireReader(Reader):
        _rest = b""

        def text(self, data: bytes) -> None:
            now = time.perf_counter()
            *whole, self._rest = (self._rest + data).split(b"\n\n")
            for event in whole:
                if found := EVENT.search(event):
                    arrivals.at.setdefault(orjson.loads(found[2])["device"], now)
            arrivals.came.set()

    return FireReader


@dataclass
class Waits:
    """What was measured, in ms."""

    visible: list[float] = field(default_factory=list)
    confirmed: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    lost: int = 0


class Trial:
    """Fires and the messages of the floor, in turns."""

    def __init__(self, here: WaysIn, arrivals: Arrivals, redis: Redis) -> None:
        self._here, self._arrivals, self._redis = here, arrivals, redis
        self._chance = random.Random(7)
        self.waits = Waits()

    async def run(self, clients: Sequence[TransmitterClient], fires: int) -> None:
        """Report fires, and what comes between them; returns when everything has arrived."""
        parts = [(n, part) for n in range(len(clients)) for part in range(self._here.town.parts)]
        chosen = self._chance.sample(parts, fires)
        async with asyncio.TaskGroup() as group:
            for number, (n, part) in enumerate(chosen):
                await asyncio.sleep(self._pause())
                group.create_task(self._burn(clients[n], n, part))
                await asyncio.sleep(self._pause())
                group.create_task(self._publish(f"floor-{number}"))

    def _pause(self) -> float:
        return self._chance.uniform(0, 1 / FIRES_S)

    async def _burn(self, client: TransmitterClient, transmitter: int, part: int) -> None:
        device = self._here.town.part(transmitter, part)
        state = Part(FIRE_ALARM, 1, SMOKE, part, "2层 走廊").state(FIRE, client.clock())
        began = time.perf_counter()
        confirmed = await client.send(gb.Unit(gb.Kind.PART_STATE, (state,)))
        ended = time.perf_counter()
        arrived = await self._arrivals.of(device)
        if not confirmed or arrived is None:
            self.waits.lost += 1
            return
        self.waits.confirmed.append((ended - began) * 1000)
        self.waits.visible.append((arrived - began) * 1000)

    async def _publish(self, name: str) -> None:
        began = time.perf_counter()
        await self._redis.publish(keys.values_channel(WATCHED), orjson.dumps({"device": name}))
        arrived = await self._arrivals.of(name)
        if arrived is not None:
            self.waits.floor.append((arrived - began) * 1000)


@contextlib.contextmanager
def flowing(here: WaysIn, rate: int, seconds: float) -> Iterator[subprocess.Popen[bytes] | None]:
    """Send telemetry meanwhile."""
    if not rate:
        yield None
        return
    facts = [here.feeds_url, here.key, str(here.town.devices), str(rate), str(seconds)]
    command = [sys.executable, "-m", "bench.flow", *facts]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        time.sleep(WARM_S)
        yield process


@contextlib.asynccontextmanager
async def transmitters(here: WaysIn) -> AsyncIterator[list[TransmitterClient]]:
    """Connect the town's transmitters."""
    ledger, town = Ledger(keep=False), here.town
    async with contextlib.AsyncExitStack() as stack:
        where = ("127.0.0.1", here.gb_port)
        clients = [
            await stack.enter_async_context(TransmitterClient(where, town.address(n), ledger))
            for n in range(town.transmitters)
        ]
        await asyncio.gather(*(client.connected() for client in clients))
        yield clients


async def burn(here: WaysIn, fires: int) -> Waits:
    """Read the stream, connect the transmitters, report fires."""
    arrivals = Arrivals()
    address = urlsplit(here.web.url)
    with here.web.client() as client:
        after = client.get("/live/snapshot").json()["id"]
        cookie = client.cookies["xt_session"]
    host, port = str(address.hostname), int(address.port or 0)
    target = Target("sse", host, port, cookie, after, WATCHED)
    async with transmitters(here) as clients, Redis.from_url(here.redis_url) as redis:
        await open_readers(target, 1, Count(), reader_of(arrivals))
        trial = Trial(here, arrivals, redis)
        await trial.run(clients, fires)
        return trial.waits


def measure(here: WaysIn, rate: int, fires: int) -> None:
    """Report fires beside telemetry of some rate."""
    lasts = WARM_S + fires / FIRES_S + 3
    used, began = cpu_seconds(here.pids.values()), time.monotonic()
    with flowing(here, rate, lasts) as flow:
        waits = uvloop.run(burn(here, fires))
        said = flow.communicate()[0] if flow is not None else b"{}"
    took = time.monotonic() - began
    telemetry: dict[str, Any] = orjson.loads(said)
    p99 = quantile(waits.visible, 0.99)
    report(
        "fire: frame → event",
        telemetry_per_s=telemetry.get("taken_per_s", 0),
        visible_ms=spread(waits.visible),
        p99_ms=round(p99, 1),
        goal_p99_ms=GOAL_P99_MS,
        within=p99 <= GOAL_P99_MS and not waits.lost,
        lost=waits.lost,
        confirmed_ms=spread(waits.confirmed),
        floor_ms=spread(waits.floor),
        floor_p99_ms=round(quantile(waits.floor, 0.99), 1),
        times_floor_p99=round(p99 / quantile(waits.floor, 0.99), 1),
        telemetry_answered_ms=telemetry.get("answered_ms"),
        telemetry_refused=telemetry.get("refused", 0),
        cores=round((cpu_seconds(here.pids.values()) - used) / took, 2),
        load=round(os.getloadavg()[0], 1),
    )


def main(
    fires: Annotated[int, typer.Option(help="of each run")] = 400,
    rate: Annotated[int, typer.Option(help="readings a second beside them")] = 2000,
) -> None:
    """Measure fires alone, then beside telemetry."""
    for own in (0, rate):
        with ways_in(TOWN) as here:
            measure(here, own, fires)


if __name__ == "__main__":
    typer.run(main)
