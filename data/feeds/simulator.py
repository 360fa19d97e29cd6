"""The devices of the demo town as a program of its own: it talks to the application as devices do.

``python -m data.feeds.simulator --url http://127.0.0.1:8050`` reads the devices from SQL and
sends their messages to ``POST /api/v1/readings``. It knows nothing else of the application.
"""

import asyncio
import heapq
import os
import signal
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final

import httpx
import numpy as np
import structlog
import typer

from data.domain.weeks import SHANGHAI
from data.feeds.fleet import Fleet, Message, Telemetry, load_fleet
from data.feeds.happenings import ALERT_INTERVAL_S, Happenings
from data.feeds.sender import FeedError, Sender
from data.home import API_KEY
from data.logs import configure_logging
from data.settings import load_settings
from data.store.database import Database

log = structlog.get_logger(__name__)

TICK_S: Final = 0.5
BATCH: Final = 200
FIRST_BATCH: Final = 500
#: A device's interval varies by this share, as real clocks do.
JITTER: Final = 0.06
REPORT_S: Final = 60.0


class Schedule:
    """Which device sends when; each has exactly one next time."""

    def __init__(self, fleet: Fleet, rng: np.random.Generator, *, rate: float) -> None:
        self._interval = fleet.interval_s / rate
        self._rng = rng
        self._due: dict[int, float] = {}
        self._heap: list[tuple[float, int]] = []

    def begin(self, devices: Iterable[int], moment: float) -> None:
        """Give every device a first time within its interval."""
        for device in devices:
            self.at(device, moment + float(self._rng.random()) * float(self._interval[device]))

    def at(self, device: int, moment: float) -> None:
        """Let a device send at a moment (seconds since the epoch) instead of when it would have."""
        self._due[device] = moment
        heapq.heappush(self._heap, (moment, device))

    def take(self, moment: float, most: int) -> list[int]:
        """Return devices that are due, the longest waiting first; they have no next time then."""
        taken: list[int] = []
        while self._heap and self._heap[0][0] <= moment and len(taken) < most:
            due, device = heapq.heappop(self._heap)
            if self._due.get(device) == due:
                del self._due[device]
                taken.append(device)
        return taken

    def again(self, device: int, moment: float, *, alert: bool) -> None:
        """Give a device that has just sent its next time; sooner while something happens to it."""
        interval = float(self._interval[device])
        interval = min(interval, ALERT_INTERVAL_S) if alert else interval
        self.at(device, moment + interval * (1 + JITTER * float(self._rng.uniform(-1, 1))))


class Simulation:
    """The fleet, its schedule and what happens to it; ``run`` plays it until it is stopped."""

    def __init__(
        self, fleet: Fleet, sender: Sender, *, rate: float, seed: int | None, stop: asyncio.Event
    ) -> None:
        started = _now()
        # What happens differs from start to start unless a seed is given.
        rng = np.random.default_rng(seed)
        self._fleet = fleet
        self._sender = sender
        self._stop = stop
        self._telemetry = Telemetry(fleet, started, rng)
        self._schedule = Schedule(fleet, rng, rate=rate)
        self._happenings = Happenings(fleet.kinds, fleet.healthy, rng, rate=rate)

    async def run(self) -> None:
        """Report every device once, then each at its own interval, until stopped."""
        await self._report_all()
        self._schedule.begin(self._fleet.talking.tolist(), _now().timestamp())
        before = reported = _now().timestamp()
        while not await self._rest():
            moment = _now()
            await self._tick(moment, moment.timestamp() - before)
            before = moment.timestamp()
            if before - reported >= REPORT_S:
                log.info("sending", messages=self._sender.sent, active=len(self._happenings.active))
                reported = before

    async def _report_all(self) -> None:
        """Let every talking device report, so that a town that was switched off is fresh again."""
        devices = self._fleet.talking.tolist()
        for start in range(0, len(devices), FIRST_BATCH):
            if self._stop.is_set():
                return
            await self._sender.post(self._messages(devices[start : start + FIRST_BATCH]))
        log.info("every device reported", devices=len(devices))

    async def _tick(self, moment: datetime, seconds: float) -> None:
        local = moment.astimezone(SHANGHAI)
        now = moment.timestamp()
        for device in self._happenings.step(now, seconds, local.hour + local.minute / 60):
            self._schedule.at(device, now)
        while not self._stop.is_set():
            devices = self._schedule.take(now, BATCH)
            if not devices:
                return
            await self._sender.post(self._messages(devices))
            after = _now().timestamp()
            for device in devices:
                self._schedule.again(device, after, alert=device in self._happenings.active)

    async def _rest(self) -> bool:
        """Wait for the next tick; return whether to stop."""
        try:
            async with asyncio.timeout(TICK_S):
                await self._stop.wait()
        except TimeoutError:
            return False
        return True

    def _messages(self, devices: list[int]) -> list[Message]:
        return self._telemetry.messages(devices, _now(), self._happenings.active)


async def simulate(
    url: str,
    key: str,
    database: Database,
    *,
    rate: float = 1.0,
    seed: int | None = None,
    stop: asyncio.Event,
) -> None:
    """Play the devices of a database against a running application until ``stop`` is set.

    Parameters
    ----------
    url
        Address of the application, e.g. ``http://127.0.0.1:8050``.
    rate
        How many times as often as usual devices send and things happen.
    seed
        Makes what happens, and each device's character, the same at every start; if None, the
        characters are the demo town's own and what happens is random.

    Raises
    ------
    FeedError
        If the application refuses the key, or there are no devices.
    """
    fleet = await asyncio.to_thread(load_fleet, database, seed)
    if not fleet.ids:
        raise FeedError("there are no devices in the database")
    async with httpx.AsyncClient(base_url=url, timeout=30.0) as client:
        sender = Sender(client, key, stop)
        await Simulation(fleet, sender, rate=rate, seed=seed, stop=stop).run()
    log.info("stopped", messages=sender.sent)


def _now() -> datetime:
    return datetime.now(UTC)


async def _run(url: str, key: str, rate: float, seed: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    database = Database(load_settings(os.environ).sql_url)
    try:
        await simulate(url, key, database, rate=rate, seed=seed, stop=stop)
    finally:
        database.close()


def _key_of_the_first_start() -> str:
    path = load_settings(os.environ).data_dir / API_KEY
    try:
        return path.read_text("ascii").strip()
    except OSError as error:
        raise typer.BadParameter(f"a key is needed: --key, or the file {path}") from error


def main(
    url: Annotated[str, typer.Option(help="Address of the application.")],
    key: Annotated[str, typer.Option(help="Key; that of XT_DATA_DIR/api.key if empty.")] = "",
    rate: Annotated[float, typer.Option(min=0.01, help="How many times as often as usual.")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="Makes what happens repeatable.")] = None,
) -> None:
    """Play the demo town's devices against a running application."""
    configure_logging("simulator")
    try:
        asyncio.run(_run(url, key or _key_of_the_first_start(), rate, seed))
    except FeedError as error:
        log.error("stopped", error=str(error))  # noqa: TRY400 - the sentence says it all
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
