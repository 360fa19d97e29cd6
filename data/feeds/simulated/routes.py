"""Which device speaks which protocol, and the connections that this takes."""

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any, Final, Self

import httpx

from data.domain.words import DeviceKind
from data.feeds import gb26875 as gb
from data.feeds.mqtt.broker import Broker
from data.feeds.simulated.http import HttpGateway
from data.feeds.simulated.ledger import Ledger, Way
from data.feeds.simulated.messages import Message
from data.feeds.simulated.mischief import Mischief
from data.feeds.simulated.mqtt import MqttGateway
from data.feeds.simulated.panels import Job, Panels
from data.feeds.simulated.town import Town

#: Kinds that reach a broker through the NB-IoT platform of their community, if there is a broker.
NB_IOT: Final = frozenset({DeviceKind.SMOKE, DeviceKind.GAS, DeviceKind.CHARGER})
HTTP_BATCH: Final = 500
HTTP_TIMEOUT_S: Final = 30.0
#: Frames that wait to be confirmed; values beyond them are not sent.
MAX_WAITING: Final = 2000


class Part(Enum):
    """Whose connections they are."""

    #: The town's own.
    TOWN = "town"
    #: Those of the town, gateways included, for a while: they are given back without a word.
    STAND_IN = "stand-in"
    #: Devices that speak for themselves over MQTT; their gateway stays where it is.
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Where:
    """Where an application takes messages; without a port or broker devices speak HTTP."""

    url: str
    key: str
    gb26875: tuple[str, int] | None = None
    broker: Broker | None = None


class Routes:
    """The connections of some devices of a town; used as a context.

    Parameters
    ----------
    only
        The devices that speak; the transmitter of a part among them is connected too.
    """

    def __init__(
        self,
        town: Town,
        where: Where,
        mischief: Mischief,
        only: Collection[str],
        *,
        ledger: Ledger | None = None,
        part: Part = Part.TOWN,
    ) -> None:
        self.ledger = ledger or Ledger(keep=False)
        self.stop = asyncio.Event()
        self._town = town
        self._where = where
        self._mischief = mischief
        self._part = part
        self._left: frozenset[str] = frozenset()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._panels = (
            None
            if where.gb26875 is None
            else Panels(town, where.gb26875, mischief, self.ledger, only)
        )
        self._gateways = self._make_gateways(sorted(only))

    async def __aenter__(self) -> Self:
        """Open the connections; returns without waiting for them."""
        self._client = httpx.AsyncClient(
            base_url=self._where.url, timeout=HTTP_TIMEOUT_S, trust_env=False
        )
        self._http = HttpGateway(self._client, self._where.key, self.stop, self.ledger)
        if self._panels is not None:
            await self._panels.connect()
        for gateway in self._gateways.values():
            gateway.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        self.stop.set()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._panels is not None:
            await self._panels.disconnect()
        is_own = self._part is Part.TOWN
        ends = [one.stop if is_own else one.leave for one in self._gateways.values()]
        await asyncio.gather(*(asyncio.to_thread(end) for end in ends))
        await self._client.aclose()

    def way_of(self, device_id: str) -> Way:
        """Return the protocol of a device."""
        if self._panels is not None and self._panels.speaks_for(device_id):
            return Way.GB26875
        if self._where.broker is not None and self._town.members[device_id].kind in NB_IOT:
            return Way.MQTT
        return Way.HTTP

    async def deliver(self, messages: Sequence[Message], *, vital: bool = False) -> None:
        """Send messages, each on its way; over HTTP returns when they are answered."""
        now = asyncio.get_running_loop().time()
        await self._send(self._mischief.pass_on(messages, now, vital=vital))

    def press(self, device_id: str, flag: gb.OperationFlag) -> None:
        """Press a button at the fire panel behind a transmitter."""
        if self._panels is not None:
            self._over_tcp([self._panels.pressed(device_id, flag)])

    def declare(self, device_id: str, flags: gb.TransmitterFlag) -> None:
        """Let a transmitter say how it is itself."""
        if self._panels is not None:
            self._over_tcp([self._panels.declared(device_id, flags)])

    async def settle(self, timeout_s: float) -> bool:
        """Send what was held back and wait for all answers; return whether all came."""
        await self._send(self._mischief.due())
        if not self._tasks:
            return True
        _, waiting = await asyncio.wait(self._tasks, timeout=timeout_s)
        return not waiting

    async def cut(self, device_ids: Iterable[str]) -> None:
        """Cut the power of devices: their transmitters and gateways vanish."""
        gone = frozenset(device_ids)
        if self._panels is not None:
            await self._panels.cut(gone)
        for gateway in self._behind(gone):
            await asyncio.to_thread(gateway.lose)

    async def mend(self, device_ids: Iterable[str]) -> None:
        """Give devices their power back; returns when they are connected or time is over."""
        back = frozenset(device_ids)
        if self._panels is not None:
            await self._panels.connect(back)
        for gateway in self._behind(back):
            gateway.start()
        await self.connected()

    async def hold(self, device_ids: Collection[str]) -> None:
        """Leave these devices' connections to somebody else, and take the others back."""
        if self._panels is not None:
            await self._panels.hold(device_ids)
        for gateway in self._behind(self._left - frozenset(device_ids)):
            gateway.start()
        for gateway in self._behind(frozenset(device_ids) - self._left):
            await asyncio.to_thread(gateway.leave)
        self._left = frozenset(device_ids)

    async def connected(self, timeout_s: float = 10.0) -> bool:
        """Wait for all connections; return whether they are there in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while not self._are_connected():
            if loop.time() > end:
                return False
            await asyncio.sleep(0.05)
        return True

    def _are_connected(self) -> bool:
        gateways = all(gateway.is_connected for gateway in self._gateways.values())
        return gateways and (self._panels is None or self._panels.are_connected)

    async def _send(self, messages: Sequence[Message]) -> None:
        by_way: dict[Way, list[Message]] = {way: [] for way in Way}
        for message in messages:
            by_way[self.way_of(message["device_id"])].append(message)
        if self._panels is not None:
            self._over_tcp(self._panels.jobs(by_way[Way.GB26875]))
        self._over_mqtt(self._mischief.by_its_clock(one) for one in by_way[Way.MQTT])
        over_http = [self._mischief.by_its_clock(one) for one in by_way[Way.HTTP]]
        for at in range(0, len(over_http), HTTP_BATCH):
            await self._http.post(over_http[at : at + HTTP_BATCH])

    def _over_tcp(self, jobs: Iterable[Job]) -> None:
        for client, unit, keep in jobs:
            if keep or len(self._tasks) < MAX_WAITING:
                self._start(client.send(unit, keep=keep))

    def _over_mqtt(self, messages: Iterable[Message]) -> None:
        by_gateway: dict[str, list[Message]] = {}
        for message in messages:
            community = self._town.members[message["device_id"]].community
            by_gateway.setdefault(community, []).append(message)
        for community, theirs in by_gateway.items():
            self._start(self._gateways[community].deliver(theirs))

    def _make_gateways(self, only: Iterable[str]) -> dict[str, MqttGateway]:
        broker = self._where.broker
        if broker is None:
            return {}
        name = "devices" if self._part is Part.GUEST else "gw"
        by_community: dict[str, list[str]] = {}
        for device_id in only:
            if self.way_of(device_id) is Way.MQTT:
                community = self._town.members[device_id].community
                by_community.setdefault(community, []).append(device_id)
        return {
            community: MqttGateway(
                broker,
                f"{name}-{community}",
                None if self._part is Part.GUEST else device_ids,
                self.ledger,
            )
            for community, device_ids in by_community.items()
        }

    def _behind(self, device_ids: Collection[str]) -> list[MqttGateway]:
        """Return the gateways all of whose devices are among these."""
        ids = frozenset(device_ids)
        return [
            gateway
            for gateway in self._gateways.values()
            if gateway.devices is not None and ids.issuperset(gateway.devices)
        ]

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
