"""What the pipeline reads before and writes after a batch of readings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from data.domain.delays import Pending, next_due
from data.domain.intake import DeviceMemory
from data.domain.readings import Reading
from data.domain.words import DeviceKind, Status
from data.store import gate
from data.store.dialect import insert_into
from data.store.models import Device, DeviceState, ReadingHour, StatusChange


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


def load_devices(
    session: Session, device_ids: Iterable[str], now: datetime
) -> dict[str, tuple[KnownDevice, DeviceMemory]]:
    """Return the known ones among some devices with what is remembered, locked for writing."""
    wanted = sorted(device_ids)
    gate.lock_devices(session, wanted)
    query = (
        select(Device, DeviceState)
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .where(Device.id.in_(wanted))
        .order_by(Device.id)
    )
    return {
        device.id: (_known(device), _memory(state, now)) for device, state in session.execute(query)
    }


def is_known(session: Session, device_id: str) -> bool:
    """Return whether there is such a device."""
    return session.get(Device, device_id) is not None


def save_memories(session: Session, memories: Mapping[str, DeviceMemory]) -> None:
    """Insert or replace the state of some devices."""
    if not memories:
        return
    rows = [_row(device_id, memory) for device_id, memory in memories.items()]
    insert = insert_into(session, DeviceState)
    changing = {name: insert.excluded[name] for name in rows[0] if name != "device_id"}
    session.execute(insert.on_conflict_do_update(index_elements=["device_id"], set_=changing), rows)


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


def add_change(
    session: Session, device_id: str, before: DeviceMemory, after: DeviceMemory, reason: str
) -> None:
    """Record a change of status."""
    session.add(
        StatusChange(
            device_id=device_id,
            at=after.since,
            measured_at=after.measured_at,
            before=int(before.status),
            after=int(after.status),
            reason=reason,
        )
    )


def roll_up(session: Session, readings: Iterable[Reading]) -> None:
    """Add readings to the hourly figures of their devices."""
    sums: dict[tuple[str, datetime, str], list[float]] = {}
    for reading in readings:
        hour = reading.measured_at.replace(minute=0, second=0, microsecond=0)
        for name, value in reading.values.items():
            sums.setdefault((reading.device_id, hour, name), []).append(value)
    if not sums:
        return
    rows = [
        {
            "device_id": d,
            "hour": h,
            "value": v,
            "count": len(x),
            "total": sum(x),
            "low": min(x),
            "high": max(x),
        }
        for (d, h, v), x in sorted(sums.items())
    ]
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
    query = (
        select(Device, DeviceState)
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .order_by(Device.slot)
        .execution_options(yield_per=5000)
    )
    if device_ids is not None:
        query = query.where(Device.id.in_(list(device_ids)))
    for device, state in session.execute(query):
        yield _known(device), _memory(state, now)


def _known(device: Device) -> KnownDevice:
    return KnownDevice(
        device.id,
        device.slot,
        device.kind,
        device.building_id,
        device.community_code,
        device.interval_s,
        device.disabled,
    )


def _memory(state: DeviceState | None, now: datetime) -> DeviceMemory:
    if state is None:  # never heard of: that is silence, not well-being
        return DeviceMemory(Status.STALE, now, stale=True)
    return DeviceMemory(
        Status(state.status),
        state.since,
        state.stale,
        state.measured_at,
        state.received_at,
        dict(state.values),
        state.recent,
        state.version,
        {cause: _pending(*parts) for cause, parts in (state.pending or {}).items()},
        {cause: _moments(times) for cause, times in (state.flips or {}).items()},
    )


def _row(device_id: str, memory: DeviceMemory) -> dict[str, Any]:
    return {
        "device_id": device_id,
        "status": int(memory.status),
        "since": memory.since,
        "stale": memory.stale,
        "measured_at": memory.measured_at,
        "received_at": memory.received_at,
        "values": memory.values,
        "recent": memory.recent,
        "version": memory.version,
        "pending": {
            cause: [wait.on, _ms(wait.since), _ms(wait.due), wait.message_id]
            for cause, wait in memory.pending.items()
        },
        "due_at": next_due(memory.pending),
        "flips": {cause: [_ms(t) for t in times] for cause, times in memory.flips.items()},
    }


def _pending(on: bool, since: int, due: int, message_id: str) -> Pending:
    return Pending(on, _moment(since), _moment(due), message_id)


def _moments(times: Iterable[int]) -> tuple[datetime, ...]:
    return tuple(_moment(ms) for ms in times)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
