"""All senders of one phase, in the event loop of a thread of their own."""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from data.feeds import gb26875 as gb
from tests.faults.gateway import WORDS, Gateway
from tests.faults.ledger import Ledger, Message
from tests.faults.platform import Platform
from tests.faults.town import Town
from tests.faults.transmitter import Device

#: Messages a second: moderate, so that the kills and not the load are what is tried.
HTTP_ALARMS_S: Final = 16.0
HTTP_READINGS_S: Final = 120.0
MQTT_ALARMS_S: Final = 6.0
MQTT_READINGS_S: Final = 30.0
GB_ALARMS_S: Final = 8.0
GB_READINGS_S: Final = 20.0
FIRE: Final = gb.PartFlag.FIRE | gb.PartFlag.NORMAL
FAULT: Final = gb.PartFlag.FAULT | gb.PartFlag.NORMAL
FIRST_UNREGISTERED: Final = 10_000


class Supply:
    """What has not alarmed yet: an alarm is raised once, so every message needs one of its own."""

    def __init__(self, town: Town, gateways: int) -> None:
        self._town = town
        said = ((town.device(n), word) for word in WORDS for n in range(town.devices))
        self._http = iter(said)
        self._readings = [
            itertools.cycle([town.device(n) for n in range(g, town.devices, gateways)])
            for g in range(gateways)
        ]
        by_mqtt = [town.mqtt_device(n) for n in range(town.by_mqtt)]
        self.mqtt_alarms = iter([(device, word) for word in WORDS for device in by_mqtt])
        self.mqtt_readings = itertools.cycle(by_mqtt)
        self._parts = [self._parts_of(n) for n in range(town.transmitters)]

    def http_alarms(self) -> Iterator[tuple[str, str]]:
        return self._http

    def http_readings(self, gateway: int) -> Iterator[str]:
        return self._readings[gateway]

    def part_alarms(self, transmitter: int) -> Iterator[tuple[Message, int, gb.PartFlag]]:
        return self._parts[transmitter]

    def part_readings(self, transmitter: int) -> Iterator[tuple[Message, int]]:
        """Part 0 never alarms; it tells its temperature."""
        return itertools.repeat((Message("reading", self._town.part(transmitter, 0)), 0))

    def _parts_of(self, n: int) -> Iterator[tuple[Message, int, gb.PartFlag]]:
        """Of three parts one is registered by nobody; of two alarms one is a fire."""
        registered, unregistered = iter(range(1, self._town.parts)), itertools.count()
        states = itertools.cycle((FIRE, FAULT))
        for turn in itertools.count():
            part = None if turn % 3 == 2 else next(registered, None)
            if part is not None:
                yield Message("part", self._town.part(n, part)), part, next(states)
            else:
                part = FIRST_UNREGISTERED + next(unregistered)
                yield Message("point", f"{self._town.address(n)}/{part}"), part, next(states)


@dataclass(frozen=True)
class Ways:
    """Where the senders reach the centre."""

    http: tuple[str, ...]
    key: str
    gb_port: int
    #: The broker's, where there is one.
    mqtt_port: int = 0


class Load:
    """Runs until it is finished; then everything that was made is confirmed, or it is said."""

    def __init__(self, phase: str, town: Town, supply: Supply, ways: Ways) -> None:
        self.ledger = Ledger()
        share = len(ways.http)
        self._gateways = [
            Gateway(
                f"{phase}-{n}",
                url,
                ways.key,
                self.ledger,
                supply.http_alarms(),
                supply.http_readings(n),
                HTTP_ALARMS_S / share,
                HTTP_READINGS_S / share,
            )
            for n, url in enumerate(ways.http)
        ]
        self._devices = [
            Device(
                town.address(n),
                ways.gb_port,
                self.ledger,
                supply.part_alarms(n),
                supply.part_readings(n),
                GB_ALARMS_S / town.transmitters,
                GB_READINGS_S / town.transmitters,
            )
            for n in range(town.transmitters)
        ]
        self._platforms = [
            Platform(
                f"{phase}-m",
                port,
                self.ledger,
                supply.mqtt_alarms,
                supply.mqtt_readings,
                MQTT_ALARMS_S,
                MQTT_READINGS_S,
            )
            for port in [ways.mqtt_port]
            if port
        ]
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def _senders(self) -> tuple[Gateway | Device | Platform, ...]:
        return (*self._gateways, *self._devices, *self._platforms)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def all_confirmed_since(self, moment: float) -> bool:
        """Whether each sender had something confirmed that it sent after a moment."""
        self._raise()
        return all(sender.confirmed_at > moment for sender in self._senders)

    def finish(self, within_s: float, meanwhile: Callable[[], object]) -> bool:
        """Make nothing new; return whether all the rest was confirmed in time."""
        self._loop.call_soon_threadsafe(self._ending.set)
        end = time.monotonic() + within_s
        while self._thread.is_alive() and time.monotonic() < end:
            meanwhile()
            self._thread.join(0.05)
        self._raise()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(10)
            return False
        return True

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _cancel(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._send())
        except asyncio.CancelledError:
            pass
        except BaseException as failure:  # noqa: BLE001 - raised where somebody waits for it
            self._failure = failure
        finally:
            self._loop.close()

    async def _send(self) -> None:
        async with asyncio.TaskGroup() as group:
            for sender in self._senders:
                group.create_task(sender.run(self._ending))
