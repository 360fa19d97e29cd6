"""Telemetry over HTTP at a steady rate, in a process of its own: ``python -m bench.flow``.

A few platforms post a batch each five times a second. Prints one JSON line at the end: what was
taken in which time, and how long the answers took.
"""

import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Final

import httpx
import typer
import uvloop

from bench.harness import reading, report, spread
from bench.http_in import connected, timed
from tests.faults.town import Town

PLATFORMS: Final = 4
BATCHES_S: Final = 5.0


@dataclass
class Flow:
    """What the platforms of one process have sent."""

    url: str
    key: str
    town: Town
    rate: float
    taken: int = 0
    refused: int = 0
    times_ms: list[float] = field(default_factory=list)

    async def run(self, seconds: float) -> None:
        """Send for some seconds."""
        until = time.monotonic() + seconds
        await asyncio.gather(*(self._platform(number, until) for number in range(PLATFORMS)))

    async def _platform(self, number: int, until: float) -> None:
        """Send on a connection of its own, which is never idle for long."""
        async with connected(self.url, self.key) as client:
            await self._send(client, number, until)

    async def _send(self, client: httpx.AsyncClient, number: int, until: float) -> None:
        chance = random.Random(number)
        size = round(self.rate / PLATFORMS / BATCHES_S)
        due = time.monotonic() + number / PLATFORMS / BATCHES_S
        for turn in itertools.count():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if time.monotonic() >= until:
                return
            due += 1 / BATCHES_S
            values = {"smoke_pct": round(chance.uniform(0, 2), 2), "temperature_c": 25.0}
            chosen = chance.sample(range(number, self.town.devices, PLATFORMS), size)
            body = [reading(self.town.device(n), f"t{number}-{turn}", values) for n in chosen]
            took, answer = await timed(client, body)
            self.times_ms.append(took)
            if answer.status_code == httpx.codes.OK:
                self.taken += answer.json()["accepted"]
            else:
                self.refused += 1


def main(url: str, key: str, devices: int, rate: float, seconds: float) -> None:
    """Send readings of a town's devices."""
    flow = Flow(url, key, Town(devices=devices), rate)
    began = time.monotonic()
    uvloop.run(flow.run(seconds))
    report(
        "telemetry",
        taken_per_s=round(flow.taken / (time.monotonic() - began)),
        refused=flow.refused,
        answered_ms=spread(flow.times_ms),
    )


if __name__ == "__main__":
    typer.run(main)
