"""What a simulator must know of the town's devices: where they are and how they are wired."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.domain.words import BuildingCategory, DeviceKind
from data.feeds.simulated.panel import PART_TYPES, Part
from data.store.database import Database
from data.store.models import (
    AlarmRow,
    Building,
    BuildingNeighbour,
    Community,
    Device,
    Transmitter,
    TransmitterPoint,
)
from data.store.transmitter_rows import WHOLE_SYSTEM


@dataclass(frozen=True, slots=True)
class Member:
    """A device of the town."""

    id: str
    kind: DeviceKind
    name: str
    location: str
    building: str | None
    community: str
    interval_s: int
    disabled: bool


@dataclass(frozen=True, slots=True)
class House:
    """A building, and the buildings that touch it."""

    id: str
    name: str
    category: BuildingCategory
    community: str
    lon: float
    lat: float
    neighbours: tuple[str, ...] = ()
    #: Whether an alarm of it is open.
    troubled: bool = False


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which devices are transmitters, and which are parts behind one."""

    addresses: Mapping[str, int]
    parts: Mapping[str, tuple[int, Part]]


@dataclass(frozen=True, slots=True)
class Town:
    """All devices by id, buildings by id, names of the communities, wiring."""

    members: Mapping[str, Member]
    houses: Mapping[str, House]
    communities: Mapping[str, str]
    wiring: Wiring


def load_town(database: Database) -> Town:
    """Read the town."""
    with database.reading() as session:
        members = _members(session)
        names = session.execute(select(Community.code, Community.name_short)).all()
        return Town(
            members,
            _houses(session),
            {row.code: row.name_short for row in names},
            Wiring(_addresses(session), _parts(session, members)),
        )


def _members(session: Session) -> dict[str, Member]:
    return {
        device.id: Member(
            device.id,
            device.kind,
            device.name,
            device.location,
            device.building_id,
            device.community_code,
            device.interval_s,
            device.disabled,
        )
        for device in session.scalars(select(Device).order_by(Device.slot))
    }


def _houses(session: Session) -> dict[str, House]:
    beside: dict[str, list[str]] = {}
    for pair in session.scalars(select(BuildingNeighbour).order_by(*_BOTH)):
        beside.setdefault(pair.building_id, []).append(pair.neighbour_id)
    still_open = select(AlarmRow.building_id).where(AlarmRow.closed_at.is_(None))
    troubled = set(session.scalars(still_open.distinct()))
    rows = session.execute(
        select(
            Building.id,
            Building.name,
            Building.category,
            Building.community_code,
            Building.lon,
            Building.lat,
        )
    )
    return {
        row.id: House(*row, neighbours=tuple(beside.get(row.id, ())), troubled=row.id in troubled)
        for row in rows
    }


def _addresses(session: Session) -> dict[str, int]:
    query = select(Transmitter).where(Transmitter.device_id.is_not(None))
    return {row.device_id: row.address for row in session.scalars(query) if row.device_id}


_BOTH = (BuildingNeighbour.building_id, BuildingNeighbour.neighbour_id)


def _parts(session: Session, members: Mapping[str, Member]) -> dict[str, tuple[int, Part]]:
    """Return the parts that are devices; of a device with several addresses the first."""
    query = select(TransmitterPoint).where(TransmitterPoint.device_id.is_not(None))
    parts: dict[str, tuple[int, Part]] = {}
    for point in session.scalars(query.order_by(TransmitterPoint.id)):
        member = members.get(point.device_id or "")
        if member is None or point.part_address == WHOLE_SYSTEM:
            continue
        part = Part(
            point.system_type,
            point.system_address,
            point.part_type or PART_TYPES.get(member.kind, 0),
            point.part_address,
            point.description or member.location,
        )
        parts.setdefault(member.id, (point.transmitter, part))
    return parts
