"""Silence: a status, not an alarm. One way to write it, whoever finds it out."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from data.domain.intake import DeviceMemory, hush, settle
from data.live.present import DeviceUpdate
from data.store import alarms, intake
from data.store.intake import KnownDevice


def mark_silence(
    session: Session,
    device_ids: Iterable[str],
    now: datetime,
    is_stale: Callable[[KnownDevice, DeviceMemory], bool],
    why: str,
) -> tuple[DeviceUpdate, ...]:
    """Write which of some devices are stale, with the status that follows; return all of them.

    ``why`` goes into the history of a device whose status changed.
    """
    known = intake.load_devices(session, device_ids, now)
    open_alarms = alarms.open_alarms_of(session, known)
    updates, changed = [], {}
    for device, before in known.values():
        after = hush(before, stale=is_stale(device, before))
        if after is not before:
            after = settle(after, open_alarms.get(device.id, ()), disabled=device.disabled, at=now)
            changed[device.id] = after
        if after.status is not before.status:
            intake.add_change(session, device.id, before, after, why)
        updates.append(DeviceUpdate.of(device, after))
    intake.save_memories(session, changed)
    return tuple(updates)
