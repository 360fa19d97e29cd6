"""The devices of the demo town as a program of its own: it talks to the application as devices do.

``python -m data.feeds.simulator --url http://127.0.0.1:8050`` reads the devices from SQL and sends
their messages over TCP (GB/T 26875.3), MQTT and HTTP. It knows nothing else of the application.
"""

import asyncio
import heapq
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import structlog
import typer

from data.domain.weeks import SHANGHAI
from data.feeds.fleet import Fleet, Telemetry, load_fleet
from data.feeds.happenings import ALERT_INTERVAL_S, Happenings
from data.feeds.simulated.held import held_now
from data.feeds.simulated.http import FeedError
from data.feeds.simulated.ledger import Way
from data.feeds.simulated.messages import Message
from data.feeds.simulated.mischief import ALL, Fault, Mischief, parse_faults
from data.feeds.simulated.routes import Routes, Where
from data.feeds.simulated.town import load_town
from data.feeds.simulated.where import where_is
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


@dataclass(frozen=True, slots=True)
class Manner:
    """How a town is played.

    Attributes
    ----------
    rate
        How many times as often as usual devices send and things happen.
    seed
        Makes what happens, and each device's character, the same at every start; if None, the
        characters are the demo town's own and what happens is random.
    faults
        What goes wrong on the way.
    folder
        The data directory, where a scenario says which devices it plays itself.
    """

    rate: float = 1.0
    seed: int | None = None
    faults: frozenset[Fault] = ALL
    folder: Path | None = None


class Simulation:
    """The fleet, its schedule and what happens to it; ``run`` plays it until it is stopped."""

    def __init__(
        self, fleet: Fleet, routes: Routes, manner: Manner, rng: np.random.Generator
    ) -> None:
        self._fleet = fleet
        self._routes = routes
        self._folder = manner.folder
        self._held: frozenset[str] = frozenset()
        self._telemetry = Telemetry(fleet, _now(), rng)
        self._schedule = Schedule(fleet, rng, rate=manner.rate)
        self._happenings = Happenings(
            fleet.kinds,
            fleet.healthy,
            rng,
            rate=manner.rate,
            flapping=Fault.FLAPPING in manner.faults,
        )

    async def run(self) -> None:
        """Report every device once, then each at its own interval, until stopped."""
        await self._report_all()
        self._schedule.begin(self._fleet.talking.tolist(), _now().timestamp())
        before = reported = _now().timestamp()
        while not await self._rest():
            moment = _now()
            await self._look_for_scenario()
            await self._tick(moment, moment.timestamp() - before)
            before = moment.timestamp()
            if before - reported >= REPORT_S:
                log.info("sending", active=len(self._happenings.active), **self._counts())
                reported = before

    async def _report_all(self) -> None:
        """Let every talking device report, so that a town that was switched off is fresh again."""
        await self._routes.connected()
        devices = self._fleet.talking.tolist()
        for start in range(0, len(devices), FIRST_BATCH):
            if self._routes.stop.is_set():
                return
            await self._deliver(devices[start : start + FIRST_BATCH])
        log.info("every device reported", devices=len(devices))

    async def _tick(self, moment: datetime, seconds: float) -> None:
        local = moment.astimezone(SHANGHAI)
        now = moment.timestamp()
        for device in self._happenings.step(now, seconds, local.hour + local.minute / 60):
            self._schedule.at(device, now)
        while not self._routes.stop.is_set():
            devices = self._schedule.take(now, BATCH)
            if not devices:
                return
            await self._deliver(devices)
            after = _now().timestamp()
            for device in devices:
                self._schedule.again(device, after, alert=device in self._happenings.active)

    async def _look_for_scenario(self) -> None:
        """Leave the devices alone that a scenario plays."""
        if self._folder is None:
            return
        held = held_now(self._folder)
        if held != self._held:
            log.info("a scenario plays devices" if held else "no scenario any more", held=len(held))
            self._held = held
            await self._routes.hold(held)

    async def _rest(self) -> bool:
        """Wait for the next tick; return whether to stop."""
        try:
            async with asyncio.timeout(TICK_S):
                await self._routes.stop.wait()
        except TimeoutError:
            return False
        return True

    async def _deliver(self, devices: list[int]) -> None:
        ours = [device for device in devices if self._fleet.ids[device] not in self._held]
        await self._routes.deliver(self._messages(ours))

    def _messages(self, devices: list[int]) -> list[Message]:
        return self._telemetry.messages(devices, _now(), self._happenings.active)

    def _counts(self) -> dict[str, int]:
        return {way.value: self._routes.ledger.total(way).confirmed for way in Way}


async def simulate(
    where: Where, database: Database, manner: Manner, *, stop: asyncio.Event
) -> None:
    """Play the devices of a database against a running application until ``stop`` is set.

    Raises
    ------
    FeedError
        If the application refuses the key, or there are no devices.
    """
    fleet = await asyncio.to_thread(load_fleet, database, manner.seed)
    if not fleet.ids:
        raise FeedError("there are no devices in the database")
    town = await asyncio.to_thread(load_town, database)
    # What happens differs from start to start unless a seed is given.
    rng = np.random.default_rng(manner.seed)
    mischief = Mischief(manner.faults, int(rng.integers(2**32)))
    talking = [fleet.ids[device] for device in fleet.talking]
    async with Routes(town, where, mischief, talking) as routes:
        playing = asyncio.create_task(Simulation(fleet, routes, manner, rng).run())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([playing, stopping], return_when=asyncio.FIRST_COMPLETED)
        routes.stop.set()
        stopping.cancel()
        await playing
        log.info("stopped", **{way.value: routes.ledger.total(way).confirmed for way in Way})


def _now() -> datetime:
    return datetime.now(UTC)


async def _run(where: Where, database_url: str, manner: Manner) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    database = Database(database_url)
    try:
        await simulate(where, database, manner, stop=stop)
    finally:
        database.close()


def main(
    url: Annotated[str, typer.Option(help="Address of the application.")] = "",
    key: Annotated[str, typer.Option(help="Key; that of XT_DATA_DIR/api.key if empty.")] = "",
    rate: Annotated[float, typer.Option(min=0.01, help="How many times as often as usual.")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="Makes what happens repeatable.")] = None,
    faults: Annotated[str, typer.Option(help=f"all, none or of: {', '.join(Fault)}")] = "all",
) -> None:
    """Play the demo town's devices against a running application."""
    configure_logging("simulator")
    settings = load_settings(os.environ)
    where = where_is(settings, url, key)
    if not where.key:
        raise typer.BadParameter(f"a key is needed: --key, or {settings.data_dir / API_KEY}")
    try:
        chosen = parse_faults(faults)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    manner = Manner(rate, seed, chosen, settings.data_dir)
    try:
        asyncio.run(_run(where, settings.sql_url, manner))
    except FeedError as error:
        log.error("stopped", error=str(error))  # noqa: TRY400 - the sentence says it all
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
