"""Transmitters in SQL: whom an address means, unregistered parts, events, duty checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from data.store.dialect import insert_into
from data.store.models import (
    Device,
    DeviceState,
    DutyCheck,
    Transmitter,
    TransmitterEvent,
    TransmitterPoint,
)

#: Unregistered transmitters and parts that are kept: more are somebody's mistake or malice.
MAX_UNREGISTERED: Final = 1000
MAX_UNREGISTERED_POINTS: Final = 5000

#: Addresses that one query asks for.
KEYS_TOGETHER: Final = 1000

ANSWERED: Final = "answered"


@dataclass(frozen=True, slots=True)
class Address:
    """(transmitter, system, part address), as the wire has it."""

    transmitter: int
    system_type: int
    system_address: int
    part_address: int


@dataclass(frozen=True, slots=True)
class Point:
    """What is known of an address; without a device it is 未登记."""

    id: int
    device_id: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A device behind a transmitter: how old its last sign of life may be, and is."""

    device_id: str
    interval_s: int
    received_at: datetime | None


_KEY: Final = (
    TransmitterPoint.transmitter,
    TransmitterPoint.system_type,
    TransmitterPoint.system_address,
    TransmitterPoint.part_address,
)


def devices_of(session: Session, addresses: Iterable[int]) -> dict[int, str | None]:
    """Return the device of each transmitter that was ever heard of; None while unregistered."""
    rows = session.execute(
        select(Transmitter.address, Transmitter.device_id).where(
            Transmitter.address.in_(sorted(set(addresses)))
        )
    )
    return {row.address: row.device_id for row in rows}


def points_of(session: Session, addresses: Iterable[Address]) -> dict[Address, Point]:
    """Return what is known of some addresses."""
    keys = [(a.transmitter, a.system_type, a.system_address, a.part_address) for a in addresses]
    found: dict[Address, Point] = {}
    for at in range(0, len(keys), KEYS_TOGETHER):
        some = tuple_(*_KEY).in_(keys[at : at + KEYS_TOGETHER])
        for row in session.scalars(select(TransmitterPoint).where(some)):
            place = (row.transmitter, row.system_type, row.system_address, row.part_address)
            found[Address(*place)] = Point(row.id, row.device_id)
    return found


def add_unregistered(session: Session, addresses: Iterable[int], at: datetime) -> None:
    """Keep transmitters that nobody registered."""
    insert = insert_into(session, Transmitter).on_conflict_do_nothing()
    known = session.scalar(
        select(func.count()).select_from(Transmitter).where(Transmitter.device_id.is_(None))
    )
    count = known or 0
    for address in sorted(set(addresses)):
        if count < MAX_UNREGISTERED:
            session.execute(insert, {"address": address, "device_id": None, "first_at": at})
            count += 1


def add_points(
    session: Session, found: Mapping[Address, tuple[int | None, str]], at: datetime
) -> None:
    """Keep parts that nobody registered, each with its type and description."""
    room: dict[int, int] = {}
    insert = insert_into(session, TransmitterPoint).on_conflict_do_nothing()
    for address, (part_type, description) in found.items():
        if address.transmitter not in room:
            room[address.transmitter] = _room(session, address.transmitter)
        if room[address.transmitter] <= 0:
            continue
        room[address.transmitter] -= 1
        session.execute(insert, _point_row(address, part_type, description, at))


def see_points(session: Session, seen: Iterable[Mapping[str, Any]]) -> None:
    """Write what unregistered parts said last: ``id`` and the columns that changed."""
    for row in seen:
        values = {name: value for name, value in row.items() if name != "id"}
        session.execute(
            update(TransmitterPoint).where(TransmitterPoint.id == row["id"]).values(**values)
        )


def add_events(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    """Note events; one that was noted before is left as it is."""
    if events:
        insert = insert_into(session, TransmitterEvent).on_conflict_do_nothing()
        session.execute(insert, list(events))


def owners(session: Session) -> dict[str, int]:
    """Return the address of every device that is registered as a transmitter."""
    rows = session.execute(
        select(Transmitter.device_id, Transmitter.address).where(Transmitter.device_id.is_not(None))
    )
    return {row.device_id: row.address for row in rows}


def register(session: Session, address: int, device_id: str, at: datetime) -> None:
    """Say which device a transmitter is."""
    insert = insert_into(session, Transmitter)
    row = {"address": address, "device_id": device_id, "first_at": at}
    changed = insert.on_conflict_do_update(
        index_elements=["address"], set_={"device_id": device_id}
    )
    session.execute(changed, row)


def register_point(session: Session, address: Address, device_id: str) -> None:
    """Say which device a part, or a whole system, is."""
    insert = insert_into(session, TransmitterPoint)
    names = [column.key for column in _KEY]
    row = {**asdict(address), "description": "", "device_id": device_id}
    changed = insert.on_conflict_do_update(index_elements=names, set_={"device_id": device_id})
    session.execute(changed, row)


def parts_of(session: Session, addresses: Iterable[int]) -> list[Part]:
    """Return the devices behind some transmitters, but not behind one that is silent itself.

    Of a connection that broke without a word this side hears long after.
    """
    own = aliased(DeviceState)
    rows = session.execute(
        select(Device.id, Device.interval_s, DeviceState.received_at, DeviceState.stale)
        .join(TransmitterPoint, TransmitterPoint.device_id == Device.id)
        .join(Transmitter, Transmitter.address == TransmitterPoint.transmitter)
        .outerjoin(own, own.device_id == Transmitter.device_id)
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .where(
            TransmitterPoint.transmitter.in_(sorted(set(addresses))),
            own.stale.is_not(True),
        )
        .order_by(Device.id)
        .distinct()
    )
    return [Part(row.id, row.interval_s, None if row.stale else row.received_at) for row in rows]


def answer_duty_check(session: Session, address: int, operator: int, at: datetime) -> bool:
    """Record the answer to the newest duty check that waits for one; return whether one did."""
    waiting = session.scalar(
        select(DutyCheck.id)
        .where(
            DutyCheck.transmitter == address,
            DutyCheck.outcome.is_(None),
            DutyCheck.sent_at.is_not(None),
        )
        .order_by(DutyCheck.id.desc())
        .limit(1)
    )
    if waiting is None:
        return False
    change_duty_check(session, waiting, answered_at=at, operator=operator, outcome=ANSWERED)
    return True


def running_duty_checks(session: Session) -> list[DutyCheck]:
    """Return the duty checks without an outcome, the oldest first."""
    return list(
        session.scalars(select(DutyCheck).where(DutyCheck.outcome.is_(None)).order_by(DutyCheck.id))
    )


def newest_duty_checks(session: Session, address: int, limit: int) -> list[DutyCheck]:
    """Return the last duty checks of a transmitter, the newest first."""
    return list(
        session.scalars(
            select(DutyCheck)
            .where(DutyCheck.transmitter == address)
            .order_by(DutyCheck.asked_at.desc(), DutyCheck.id.desc())
            .limit(limit)
        )
    )


def change_duty_check(session: Session, check_id: int, **values: Any) -> None:
    """Write what became of a duty check; the first outcome stands."""
    session.execute(
        update(DutyCheck)
        .where(DutyCheck.id == check_id, DutyCheck.outcome.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _room(session: Session, transmitter: int) -> int:
    count = session.scalar(
        select(func.count())
        .select_from(TransmitterPoint)
        .where(TransmitterPoint.transmitter == transmitter, TransmitterPoint.device_id.is_(None))
    )
    return MAX_UNREGISTERED_POINTS - (count or 0)


def _point_row(
    address: Address, part_type: int | None, description: str, at: datetime
) -> dict[str, Any]:
    return {
        **asdict(address),
        "part_type": part_type,
        "description": description,
        "first_at": at,
        "last_at": at,
    }
