"""What the pipeline reads before and writes after a batch of readings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from data.domain.delays import Pending, next_due
from data.domain.figures import EMPTY, Tally
from data.domain.intake import DeviceMemory
from data.domain.words import DeviceKind, Status
from data.store import gate
from data.store.dialect import insert_into
from data.store.models import Device, DeviceState, ReadingHour, StatusChange
from data.store.prepared import Prepared, among, upsert


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device as the pipeline needs it."""

    id: str
    slot: int
    kind: DeviceKind
    building_id: str | None
    community_code: str
    interval_s: int
    disabled: bool


#: Columns rather than models: this is what every reading passes through.
_D: Final = Device.__table__.c
_S: Final = DeviceState.__table__.c
_OWN: Final = len(fields(KnownDevice))
#: What is remembered of a device, in the order of the table.
_REMEMBERED: Final = (
    "status",
    "since",
    "stale",
    "measured_at",
    "received_at",
    "values",
    "recent",
    "version",
    "pending",
    "due_at",
    "flips",
    "figures",
)
_LOOK: Final = select(
    *(_D[field.name] for field in fields(KnownDevice)),
    *(_S[name] for name in _REMEMBERED),
).select_from(Device.__table__.outerjoin(DeviceState.__table__))
_LOAD: Final = Prepared(lambda _: _LOOK.where(among(_D.id, "devices")).order_by(_D.id))
_SAVE: Final = upsert(DeviceState, ("device_id", *_REMEMBERED))
_STATUS: Final = tuple(Status)


def load_devices(
    session: Session, device_ids: Iterable[str], now: datetime
) -> dict[str, tuple[KnownDevice, DeviceMemory]]:
    """Return the known ones among some devices with what is remembered, locked for writing."""
    wanted = sorted(device_ids)
    session.flush()  # Core statements don't do it by themselves
    gate.lock_devices(session, wanted)
    rows = _LOAD.rows(session, {"devices": wanted})
    return {row[0]: (_known(row), _memory(row[_OWN:], now)) for row in rows}


def is_known(session: Session, device_id: str) -> bool:
    """Return whether there is such a device."""
    return session.get(Device, device_id) is not None


def save_memories(session: Session, memories: Mapping[str, DeviceMemory]) -> None:
    """Insert or replace the state of some devices."""
    _SAVE.many(session, [_row(device_id, memory) for device_id, memory in memories.items()])


def set_service(
    session: Session, device_id: str, *, out: bool, at: datetime, by: str, reason: str
) -> None:
    """Write that a device was taken out of service, or put back."""
    who = {"disabled_at": at, "disabled_by": by, "disabled_reason": reason}
    session.execute(
        update(Device)
        .where(Device.id == device_id)
        .values(disabled=out, **(who if out else dict.fromkeys(who)))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def service_of(session: Session, device_id: str) -> dict[str, Any]:
    """Return who took a device out of service, when and why; nulls while it is in service."""
    row = session.get_one(Device, device_id)
    return {
        "device": row.id,
        "slot": row.slot,
        "disabled": row.disabled,
        "disabled_at": row.disabled_at,
        "disabled_by": row.disabled_by,
        "disabled_reason": row.disabled_reason,
    }


def next_version(memory: DeviceMemory) -> DeviceMemory:
    """Return the memory as the next write of its device."""
    return replace(memory, version=memory.version + 1)


def change_of(
    device_id: str, before: DeviceMemory, after: DeviceMemory, reason: str
) -> dict[str, Any]:
    """Return the row of a change of status."""
    return {
        "device_id": device_id,
        "at": after.since,
        "measured_at": after.measured_at,
        "before": int(before.status),
        "after": int(after.status),
        "reason": reason,
    }


def add_change(
    session: Session, device_id: str, before: DeviceMemory, after: DeviceMemory, reason: str
) -> None:
    """Record a change of status."""
    session.add(StatusChange(**change_of(device_id, before, after, reason)))


def roll_up(session: Session, over: Iterable[tuple[str, Tally]]) -> None:
    """Add figures of devices to those that their hours have in SQL."""
    rows = [
        {
            "device_id": device_id,
            "hour": datetime.fromtimestamp(tally.start, UTC),
            "value": value,
            "count": count,
            "total": total,
            "low": low,
            "high": high,
        }
        for device_id, tally in sorted(over, key=itemgetter(0))
        for value, (count, total, low, high) in tally.figures.items()
    ]
    if not rows:
        return
    insert = insert_into(session, ReadingHour)
    new, old = insert.excluded, ReadingHour
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["device_id", "hour", "value"],
            set_={
                "count": old.count + new.count,
                "total": old.total + new.total,
                "low": case((new.low < old.low, new.low), else_=old.low),
                "high": case((new.high > old.high, new.high), else_=old.high),
            },
        ),
        rows,
    )


def due_devices(session: Session, now: datetime, limit: int) -> list[str]:
    """Return devices with a change that has lasted long enough by our clock."""
    return list(
        session.scalars(
            select(DeviceState.device_id)
            .where(DeviceState.due_at <= now)
            .order_by(DeviceState.due_at)
            .limit(limit)
        )
    )


def load_updates(
    session: Session, now: datetime, device_ids: Iterable[str] | None = None
) -> Iterator[tuple[KnownDevice, DeviceMemory]]:
    """Yield devices with their memories, all of them or some, in slot order."""
    session.flush()
    query = _LOOK.order_by(_D.slot).execution_options(yield_per=5000)
    if device_ids is not None:
        query = query.where(_D.id.in_(list(device_ids)))
    for row in session.execute(query):
        yield _known(row), _memory(row[_OWN:], now)


def tallies(parts: Mapping[str, Any] | None) -> tuple[Tally, Tally]:
    """Return the hour and the ten minutes that are not over, from the column ``figures``."""
    if not parts:
        return EMPTY, EMPTY
    return _tally(*parts["hour"]), _tally(*parts["fine"])


def _known(row: Sequence[Any]) -> KnownDevice:
    return KnownDevice(*row[:_OWN])


def _memory(row: Sequence[Any], now: datetime) -> DeviceMemory:
    status, since, stale, measured_at, received_at, values, recent, version, *rest = row
    if status is None:  # never heard of: that is silence, not well-being
        return DeviceMemory(Status.STALE, now, stale=True)
    pending, _due_at, flips, figures = rest
    return DeviceMemory(
        _STATUS[status],
        since,
        stale,
        measured_at,
        received_at,
        values,
        recent,
        version,
        {cause: _pending(*parts) for cause, parts in pending.items()} if pending else {},
        {cause: _moments(times) for cause, times in flips.items()} if flips else {},
        *tallies(figures),
    )


def _row(device_id: str, memory: DeviceMemory) -> tuple[Any, ...]:
    """Return a row of the columns that :data:`_SAVE` names."""
    pending, flips = memory.pending, memory.flips
    waits = {
        cause: [wait.on, _ms(wait.since), _ms(wait.due), wait.message_id]
        for cause, wait in pending.items()
    }
    return (
        device_id,
        int(memory.status),
        memory.since,
        memory.stale,
        memory.measured_at,
        memory.received_at,
        memory.values,
        memory.recent,
        memory.version,
        waits or None,
        next_due(pending) if pending else None,
        {cause: [_ms(t) for t in times] for cause, times in flips.items()} if flips else None,
        _figures(memory),
    )


def _figures(memory: DeviceMemory) -> dict[str, Any] | None:
    hour, fine = memory.hour, memory.fine
    if not hour.figures:
        return None
    return {"hour": (hour.start, hour.figures), "fine": (fine.start, fine.figures)}


def _tally(start: int, figures: Mapping[str, Iterable[Any]]) -> Tally:
    return Tally(start, {value: tuple(numbers) for value, numbers in figures.items()})


def _pending(on: bool, since: int, due: int, message_id: str) -> Pending:
    return Pending(on, _moment(since), _moment(due), message_id)


def _moments(times: Iterable[int]) -> tuple[datetime, ...]:
    return tuple(_moment(ms) for ms in times)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
