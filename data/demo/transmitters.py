"""The address table of the demo town: its transmitters, and the parts that each panel lists."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from data.domain.words import DeviceKind
from data.feeds.gb26875 import Description
from data.feeds.simulated.panel import FIRE_ALARM, HYDRANT, PART_TYPES
from data.store.models import Device, Transmitter, TransmitterPoint

#: Addresses of the demo's transmitters begin above the code of the sub-district.
FIRST_ADDRESS: Final = 350_582_005_000
#: Device behind a panel → the system that it is part of.
SYSTEMS: Final[Mapping[DeviceKind, int]] = {
    DeviceKind.HEAT: FIRE_ALARM,
    DeviceKind.PRESSURE: HYDRANT,
    DeviceKind.LEVEL: HYDRANT,
}
SYSTEM_ADDRESS: Final = 1
#: Each is a connection of its own. In a larger town they are spread over it, and the others go on
#: without an address.
MOST: Final = 400


def needs_addresses(session: Session) -> bool:
    """Say whether there are demo transmitters, and no transmitter was registered or heard of."""
    ours = select(func.count()).where(Device.demo, Device.kind == DeviceKind.TRANSMITTER)
    known = select(func.count()).select_from(Transmitter)
    return bool(session.scalar(ours)) and not session.scalar(known)


def register_transmitters(session: Session, at: datetime) -> tuple[int, int]:
    """Register the demo's transmitters with their parts; return how many of both.

    Heat detectors, water pressures and levels of a building belong to the first transmitter in it.
    """
    kinds = [DeviceKind.TRANSMITTER, *SYSTEMS]
    query = select(Device).where(Device.demo, Device.kind.in_(kinds)).order_by(Device.slot)
    devices = session.scalars(query).all()
    ours = [device for device in devices if device.kind is DeviceKind.TRANSMITTER]
    ours = ours[:: -(-len(ours) // MOST) or 1]
    addresses = {device.id: FIRST_ADDRESS + n for n, device in enumerate(ours, start=1)}
    of_building: dict[str, int] = {}
    for device in ours:
        if device.building_id is not None:
            of_building.setdefault(device.building_id, addresses[device.id])
    rows = [
        {"address": address, "device_id": device_id, "first_at": at}
        for device_id, address in addresses.items()
    ]
    parts = _parts(devices, of_building)
    if rows:
        session.execute(insert(Transmitter), rows)
    if parts:
        session.execute(insert(TransmitterPoint), parts)
    return len(rows), len(parts)


def _parts(devices: Iterable[Device], of_building: Mapping[str, int]) -> list[dict[str, Any]]:
    last: dict[tuple[int, int], int] = {}
    parts = []
    for device in devices:
        address = of_building.get(device.building_id or "")
        system = SYSTEMS.get(device.kind)
        if address is None or system is None:
            continue
        number = last[address, system] = last.get((address, system), 0) + 1
        parts.append(
            {
                "transmitter": address,
                "system_type": system,
                "system_address": SYSTEM_ADDRESS,
                "part_address": number,
                "part_type": PART_TYPES[device.kind],
                "description": Description.of(device.location).text,
                "device_id": device.id,
            }
        )
    return parts
