"""What a change of alarms does to their devices, noted for Redis in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from data.domain.intake import settle
from data.live.present import Changes, DeviceUpdate
from data.store import alarms, intake, outbox
from data.store.incident_views import incident_marks


def settle_devices(
    session: Session,
    device_ids: Iterable[str],
    alarm_ids: Iterable[int],
    now: datetime,
    why: str,
    incident_ids: Iterable[int] = (),
) -> Changes:
    """Give devices the status that follows from their alarms; return what everybody is told.

    ``why`` goes into the history of a device whose status changed.
    """
    devices, changed = sorted(set(device_ids)), sorted(set(alarm_ids))
    worked_on = sorted(set(incident_ids))
    known = intake.load_devices(session, devices, now)
    still_open = alarms.open_alarms_of(session, devices)
    updates = []
    for device, before in known.values():
        after = settle(before, still_open.get(device.id, ()), disabled=device.disabled, at=now)
        if after is not before:
            after = intake.next_version(after)
            intake.save_memories(session, {device.id: after})
            intake.add_change(session, device.id, before, after, why)
        updates.append(DeviceUpdate.of(device, after))
    if devices or changed or worked_on:
        outbox.add(session, now, devices, changed, worked_on)
    session.flush()
    return Changes(
        tuple(updates),
        tuple(alarms.alarm_views(session, changed)),
        tuple(incident_marks(session, worked_on)),
    )
