"""Registration in SQL: an address becomes a device once; new devices and where they stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data.domain.devices import device_status
from data.domain.errors import NotFoundError
from data.domain.registration import NewDevice
from data.store import gate
from data.store.geometry import touch_geometry_version
from data.store.models import AlarmRow, Building, Device, DeviceState, Transmitter, TransmitterPoint


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a new device stands (EPSG:4326)."""

    community_code: str
    building_id: str | None
    lon: float
    lat: float


def take_transmitter(session: Session, address: int, device_id: str) -> bool:
    """Say which device an unregistered transmitter is; return False if somebody was first."""
    changed = session.execute(
        update(Transmitter)
        .where(Transmitter.address == address, Transmitter.device_id.is_(None))
        .values(device_id=device_id)
        .returning(Transmitter.address)
    )
    return changed.first() is not None


def take_point(session: Session, point_id: int, device_id: str) -> bool:
    """Say which device an unregistered part is; return False if somebody was first."""
    changed = session.execute(
        update(TransmitterPoint)
        .where(TransmitterPoint.id == point_id, TransmitterPoint.device_id.is_(None))
        .values(device_id=device_id)
        .returning(TransmitterPoint.id)
    )
    return changed.first() is not None


def device(session: Session, device_id: str) -> Device:
    """Return a device.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    found = session.get(Device, device_id)
    if found is None:
        raise NotFoundError(f"there is no device {device_id!r}")
    return found


def spot_of_building(session: Session, building_id: str) -> Spot:
    """Return where a device of a building stands.

    Raises
    ------
    NotFoundError
        If there is no such building.
    """
    found = session.get(Building, building_id)
    if found is None:
        raise NotFoundError(f"there is no building {building_id!r}")
    return Spot(found.community_code, found.id, found.lon, found.lat)


def spot_of_transmitter(session: Session, address: int) -> Spot:
    """Return where a transmitter stands, and so a part behind it.

    Raises
    ------
    NotFoundError
        If nobody registered it.
    """
    found = session.scalars(
        select(Device)
        .join(Transmitter, Transmitter.device_id == Device.id)
        .where(Transmitter.address == address)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"there is no registered transmitter {address}")
    return Spot(found.community_code, found.building_id, found.lon, found.lat)


def add_device(
    session: Session, device_id: str, new: NewDevice, spot: Spot, *, interval_s: int, at: datetime
) -> None:
    """Insert a device that has never been heard of, and let every screen load it.

    The caller has found out that the id is free. Behind the gate, for two would get one slot.
    """
    gate.enter(session)
    highest = session.scalar(select(func.max(Device.slot)))
    session.add(
        Device(
            id=device_id,
            slot=0 if highest is None else highest + 1,
            kind=new.kind,
            name=new.name,
            location=new.location,
            building_id=spot.building_id,
            community_code=spot.community_code,
            lon=spot.lon,
            lat=spot.lat,
            interval_s=interval_s,
        )
    )
    session.flush()
    silent = int(device_status((), stale=True, disabled=False))
    session.add(DeviceState(device_id=device_id, status=silent, since=at, stale=True, values={}))
    touch_geometry_version(session)
    session.flush()


def standing(session: Session, point_id: int) -> int:
    """Return how many open alarms stand at a part's transmitter in its name."""
    counted = select(func.count()).select_from(AlarmRow)
    where = (AlarmRow.point_id == point_id, AlarmRow.closed_at.is_(None))
    return session.scalar(counted.where(*where)) or 0
