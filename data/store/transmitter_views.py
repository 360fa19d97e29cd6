"""What the feeds page shows of transmitters: who is registered, who is not, what may be chosen."""

from typing import Any, Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from data.domain.registration import kind_of_part
from data.domain.text import printable
from data.domain.words import DeviceKind
from data.store.alarms import ms
from data.store.models import (
    AlarmRow,
    Building,
    Device,
    DutyCheck,
    Transmitter,
    TransmitterPoint,
)

#: Rows of a list; further ones are counted and looked for by their words.
LISTED: Final = 200
CHOICES: Final = 20
MAX_TEXT: Final = 60

Row = dict[str, Any]


def registered(session: Session) -> list[Row]:
    """Return the registered transmitters by address, with their parts and last duty check."""
    rows = session.execute(
        select(
            Transmitter.address,
            Device.id,
            Device.name,
            Device.building_id,
            Building.name.label("building"),
        )
        .join(Device, Device.id == Transmitter.device_id)
        .outerjoin(Building, Building.id == Device.building_id)
        .order_by(Transmitter.address)
    )
    parts, checks = _parts(session), _last_checks(session)
    return [
        {
            "address": row.address,
            "device": row.id,
            "name": row.name,
            "building": row.building_id,
            "building_name": row.building,
            "parts": parts.get(row.address, (0, 0))[0],
            "unregistered": parts.get(row.address, (0, 0))[1],
            "duty": checks.get(row.address),
        }
        for row in rows
    ]


def unregistered_transmitters(session: Session) -> tuple[int, list[Row]]:
    """Return how many transmitters nobody registered, and the newest of them."""
    where = Transmitter.device_id.is_(None)
    count = session.scalar(select(func.count()).select_from(Transmitter).where(where)) or 0
    rows = session.execute(
        select(Transmitter.address, Transmitter.first_at)
        .where(where)
        .order_by(Transmitter.first_at.desc(), Transmitter.address)
        .limit(LISTED)
    )
    return count, [{"address": row.address, "first_at": ms(row.first_at)} for row in rows]


def unregistered_points(session: Session) -> tuple[int, list[Row]]:
    """Return how many parts nobody registered, and those with open alarms first, then newest."""
    where = TransmitterPoint.device_id.is_(None)
    count = session.scalar(select(func.count()).select_from(TransmitterPoint).where(where)) or 0
    open_alarms = (
        select(AlarmRow.point_id, func.count().label("alarms"))
        .where(AlarmRow.closed_at.is_(None), AlarmRow.point_id.is_not(None))
        .group_by(AlarmRow.point_id)
        .subquery()
    )
    alarms = func.coalesce(open_alarms.c.alarms, 0)
    rows = session.execute(
        select(TransmitterPoint, Device.building_id, Building.name, alarms)
        .join(Transmitter, Transmitter.address == TransmitterPoint.transmitter)
        .outerjoin(Device, Device.id == Transmitter.device_id)
        .outerjoin(Building, Building.id == Device.building_id)
        .outerjoin(open_alarms, open_alarms.c.point_id == TransmitterPoint.id)
        .where(where)
        .order_by(alarms.desc(), TransmitterPoint.last_at.desc(), TransmitterPoint.id)
        .limit(LISTED)
    )
    return count, [_point(*row) for row in rows]


def find_devices(
    session: Session, text: str, *, transmitters: bool, near: str | None = None
) -> list[Row]:
    """Return devices that an address may be, with where they stand and what they are already.

    Those of the building ``near`` come first, of them those that no address is yet.
    """
    fits = Device.kind == DeviceKind.TRANSMITTER
    if not transmitters:
        fits = Device.kind.not_in([DeviceKind.TRANSMITTER, DeviceKind.CAMERA])
    taken = (
        select(TransmitterPoint.device_id, func.min(TransmitterPoint.transmitter).label("address"))
        .where(TransmitterPoint.device_id.is_not(None))
        .group_by(TransmitterPoint.device_id)
        .subquery()
    )
    address = Transmitter.address if transmitters else taken.c.address
    query = select(Device, Building.name.label("building"), address.label("address"))
    query = query.outerjoin(Building, Building.id == Device.building_id)
    if transmitters:
        query = query.outerjoin(Transmitter, Transmitter.device_id == Device.id)
    else:
        query = query.outerjoin(taken, taken.c.device_id == Device.id)
    texts = (Device.id, Device.name, Device.location, Building.name)
    there = case((Device.building_id == near, 0), else_=1)
    query = query.where(fits, *_words(text, texts))
    query = query.order_by(there, address.is_not(None), Device.id)
    rows = session.execute(query.limit(CHOICES))
    return [
        {
            "id": device.id,
            "name": device.name,
            "kind": str(device.kind),
            "location": device.location,
            "building_name": building,
            "taken": taken_by,
        }
        for device, building, taken_by in rows
    ]


def find_buildings(session: Session, text: str) -> list[Row]:
    """Return buildings by their words."""
    rows = session.execute(
        select(Building.id, Building.name, Building.address)
        .where(*_words(text, (Building.id, Building.name, Building.address)))
        .order_by(Building.name, Building.id)
        .limit(CHOICES)
    )
    return [{"id": row.id, "name": row.name, "address": row.address} for row in rows]


def _words(text: str, texts: tuple[Any, ...]) -> list[Any]:
    wanted = printable(" ".join(text.split()))[:MAX_TEXT].split()
    return [or_(*(one.icontains(word, autoescape=True) for one in texts)) for word in wanted]


def _parts(session: Session) -> dict[int, tuple[int, int]]:
    """Return how many parts each transmitter has, registered and not."""
    rows = session.execute(
        select(
            TransmitterPoint.transmitter,
            func.count(TransmitterPoint.device_id),
            func.count(),
        ).group_by(TransmitterPoint.transmitter)
    )
    return {address: (known, all_ - known) for address, known, all_ in rows}


def _last_checks(session: Session) -> dict[int, Row]:
    newest = select(func.max(DutyCheck.id)).group_by(DutyCheck.transmitter)
    checks = session.scalars(select(DutyCheck).where(DutyCheck.id.in_(newest)))
    return {
        check.transmitter: {
            "asked_by": check.asked_by,
            "asked_at": ms(check.asked_at),
            "answered_at": ms(check.answered_at),
            "operator": check.operator,
            "outcome": check.outcome,
        }
        for check in checks
    }


def _point(
    point: TransmitterPoint, building: str | None, building_name: str | None, alarms: int
) -> Row:
    return {
        "id": point.id,
        "transmitter": point.transmitter,
        "number": point.number,
        "part_type": point.part_type,
        "kind": str(kind_of_part(point.part_type)),
        "description": point.description,
        "state": point.state,
        "building": building,
        "building_name": building_name,
        "first_at": ms(point.first_at),
        "last_at": ms(point.last_at),
        "alarms": alarms,
    }
