"""The transmitters of a town: what messages of devices become on the lines of GB/T 26875.3."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from data.domain.words import Reported
from data.feeds import gb26875 as gb
from data.feeds.simulated import panel
from data.feeds.simulated.ledger import Ledger
from data.feeds.simulated.messages import Message
from data.feeds.simulated.mischief import Mischief
from data.feeds.simulated.town import Town
from data.feeds.simulated.transmitter import OPERATOR, DeviceClock, Patience, TransmitterClient

#: A unit, the transmitter that sends it, and whether it is sent until it is confirmed.
Job = tuple[TransmitterClient, gb.Unit, bool]

_PART_FLAGS: Final[Mapping[str, gb.PartFlag]] = {
    Reported.FIRE: gb.PartFlag.NORMAL | gb.PartFlag.FIRE,
    Reported.FIRE_TEST: gb.PartFlag.FIRE,
    Reported.FAULT: gb.PartFlag.NORMAL | gb.PartFlag.FAULT,
    Reported.SUPERVISORY: gb.PartFlag.NORMAL | gb.PartFlag.SUPERVISORY,
}
_OWN_FLAGS: Final[Mapping[str, gb.TransmitterFlag]] = {
    Reported.FIRE: gb.TransmitterFlag.WATCHING | gb.TransmitterFlag.FIRE,
    Reported.FAULT: gb.TransmitterFlag.WATCHING | gb.TransmitterFlag.FAULT,
}


class Panels:
    """Transmitters by address, those of ``only`` and of parts among them."""

    def __init__(
        self,
        town: Town,
        where: tuple[str, int],
        mischief: Mischief,
        ledger: Ledger,
        only: Collection[str],
    ) -> None:
        self._wiring = town.wiring
        self._states: dict[str, str] = {}
        self._connected: set[int] = set()
        theirs = {self.address_of(device_id) for device_id in only}
        self._clients = {
            address: TransmitterClient(
                where,
                address,
                ledger,
                patience=Patience(),
                wire=mischief.wire_of(address),
                clock=DeviceClock(mischief.drift_of(str(address))),
            )
            for device_id, address in town.wiring.addresses.items()
            if address in theirs and not town.members[device_id].disabled
        }

    async def connect(self, device_ids: Iterable[str] | None = None) -> None:
        """Connect the transmitters among these devices, or all; returns at once."""
        for address in self._chosen(device_ids):
            if address not in self._connected:
                self._connected.add(address)
                await self._clients[address].__aenter__()

    async def disconnect(self, device_ids: Iterable[str] | None = None) -> None:
        """End the connections of the transmitters among these devices, or all."""
        addresses = self._chosen(device_ids)
        self._connected.difference_update(addresses)
        clients = [self._clients[address] for address in addresses]
        await asyncio.gather(*(client.__aexit__(None, None, None) for client in clients))

    async def cut(self, device_ids: Iterable[str]) -> None:
        """Let the transmitters among these devices fall silent; their connections stay open."""
        addresses = self._connected.intersection(self._chosen(device_ids))
        self._connected -= addresses
        await asyncio.gather(*(self._clients[address].vanish() for address in addresses))

    async def hold(self, device_ids: Iterable[str]) -> None:
        """Leave the transmitters of these devices to somebody else, and take the others back."""
        theirs = {self.address_of(device_id) for device_id in device_ids}
        own = self._wiring.addresses.items()
        await self.disconnect(device_id for device_id, address in own if address in theirs)
        await self.connect(device_id for device_id, address in own if address not in theirs)

    @property
    def are_connected(self) -> bool:
        """Whether every transmitter that should be is connected."""
        return all(self._clients[address].is_connected for address in self._connected)

    def speaks_for(self, device_id: str) -> bool:
        """Return whether a device is a transmitter of these, or behind one."""
        return self.address_of(device_id) in self._clients

    def address_of(self, device_id: str) -> int | None:
        """Return the transmitter that a device is, or is behind."""
        own = self._wiring.addresses.get(device_id)
        return self._wiring.parts[device_id][0] if own is None and self._is_part(device_id) else own

    def jobs(self, messages: Iterable[Message]) -> list[Job]:
        """Return what must be sent to say this: states that changed, then values."""
        states: dict[TransmitterClient, list[gb.PartState]] = {}
        values: dict[TransmitterClient, list[gb.Analogue]] = {}
        jobs: list[Job] = []
        for message in messages:
            client = self._clients[self.address_of(message["device_id"]) or 0]
            at = datetime.fromisoformat(message["measured_at"]) + client.clock.drift
            changed = self._changes(message)
            if not self._is_part(message["device_id"]):
                flags = _OWN_FLAGS.get(message["status"], gb.TransmitterFlag.WATCHING)
                jobs += [(client, panel.own_state(flags, at), True)] if changed else []
                continue
            part = self._wiring.parts[message["device_id"]][1]
            values.setdefault(client, []).extend(part.analogues(message["values"], at))
            if changed:
                flag = _PART_FLAGS.get(message["status"], gb.PartFlag.NORMAL)
                states.setdefault(client, []).append(part.state(flag, at))
        for client, found in states.items():
            jobs += [(client, unit, True) for unit in panel.state_units(found)]
        for client, measured in values.items():
            jobs += [(client, unit, False) for unit in panel.value_units(measured)]
        return jobs

    def pressed(self, device_id: str, flag: gb.OperationFlag) -> Job:
        """Return a pressed button: that of the alarm is the transmitter's own."""
        client = self._clients[self._wiring.addresses[device_id]]
        own = flag is gb.OperationFlag.MANUAL_ALARM
        unit = (panel.pressed if own else panel.operation)(flag, OPERATOR, client.clock())
        return client, unit, True

    def declared(self, device_id: str, flags: gb.TransmitterFlag) -> Job:
        """Return what a transmitter says of itself."""
        client = self._clients[self._wiring.addresses[device_id]]
        return client, panel.own_state(flags, client.clock()), True

    def _changes(self, message: Message) -> bool:
        before = self._states.get(message["device_id"], Reported.NORMAL)
        self._states[message["device_id"]] = message["status"]
        return bool(before != message["status"])

    def _is_part(self, device_id: str) -> bool:
        return device_id in self._wiring.parts

    def _chosen(self, device_ids: Iterable[str] | None) -> list[int]:
        if device_ids is None:
            return list(self._clients)
        found = {self._wiring.addresses.get(device_id) for device_id in device_ids}
        return [address for address in self._clients if address in found]
