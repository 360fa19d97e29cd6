"""The HTTP way in: batches, many small requests, and a fire in the middle of a flood.

``python -m bench.http_in`` starts an application of its own. Telemetry comes in batches of 500 on
eight connections, and as single readings on sixteen; in both a fire is sent every 200 ms on a
connection of its own and its answer awaited. A fire that is answered is committed and on the
stream.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import typer

from bench.harness import application, healthy_devices, reading, report, spread
from tests.servers import Application

SECONDS: Final = 15.0
FIRE_EVERY_S: Final = 0.2
DEVICES: Final = 6000
BATCH: Final = 500
PATH: Final = "/api/v1/readings"


@dataclass
class Flood:
    """Telemetry on some connections; in a process of its own, so that fires don't wait for it."""

    url: str
    key: str
    ids: Sequence[str]
    batch: int
    connections: int
    taken: int = 0
    refused: int = 0
    times_ms: list[float] = field(default_factory=list)

    def run(self) -> "Flood":
        """Send for some seconds."""
        asyncio.run(self._send_all(time.monotonic() + SECONDS))
        return self

    async def _send_all(self, until: float) -> None:
        async with connected(self.url, self.key) as client:
            sending = (self._send(client, n, until) for n in range(self.connections))
            await asyncio.gather(*sending)

    async def _send(self, client: httpx.AsyncClient, number: int, until: float) -> None:
        """Send one batch after the other."""
        chance = random.Random(number)
        values = {"smoke_pct": 1.0, "temperature_c": 25.0}
        for count in itertools.count():
            if time.monotonic() >= until:
                return
            ids = chance.sample(self.ids, self.batch)
            body = [reading(one, f"t{number}-{count}", values) for one in ids]
            took, answer = await timed(client, body)
            self.times_ms.append(took)
            if answer.status_code == httpx.codes.OK:
                self.taken += answer.json()["accepted"]
            else:
                self.refused += 1
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))


def connected(url: str, key: str) -> httpx.AsyncClient:
    """Return a client with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60)


async def timed(client: httpx.AsyncClient, body: list[Any]) -> tuple[float, httpx.Response]:
    """Send a body; how many ms its answer took."""
    began = time.perf_counter()
    answer = await client.post(PATH, json=body)
    return (time.perf_counter() - began) * 1000, answer


async def fires(client: httpx.AsyncClient, ids: Sequence[str], until: float) -> list[float]:
    """Report a fire every 200 ms, each of another device; how many ms each answer took."""
    times: list[float] = []
    for number, one in enumerate(ids):
        if time.monotonic() >= until:
            break
        item = {**reading(one, f"fire{number}", {}), "status": "fire"}
        took, answer = await timed(client, [item])
        assert answer.json()["accepted"] == 1, answer.text
        times.append(took)
        await asyncio.sleep(FIRE_EVERY_S)
    return times


async def run(running: Application, figure: str, batch: int, connections: int) -> None:
    """Flood the application and report fires meanwhile."""
    ids = healthy_devices(running)
    number = round(SECONDS / FIRE_EVERY_S)
    flood = Flood(running.url, running.api_key, ids[number:], batch, connections)
    with ProcessPoolExecutor(1) as pool:
        flooding = asyncio.get_running_loop().run_in_executor(pool, flood.run)
        await asyncio.sleep(1)
        async with connected(running.url, running.api_key) as client:
            times = await fires(client, ids[:number], time.monotonic() + SECONDS - 2)
        flood = await flooding
    report(
        figure,
        readings_per_s=round(flood.taken / SECONDS),
        requests_per_s=round(len(flood.times_ms) / SECONDS, 1),
        telemetry_ms=spread(flood.times_ms),
        fire_ms=spread(times),
        refused=flood.refused,
    )


def main() -> None:
    """Run both."""
    for figure, batch, connections in (("http batches", BATCH, 8), ("http singles", 1, 16)):
        with application(DEVICES) as running:
            asyncio.run(run(running, figure, batch, connections))


if __name__ == "__main__":
    typer.run(main)
