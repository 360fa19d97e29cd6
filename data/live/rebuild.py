"""Rebuilding the present from SQL, and finding where the two differ."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

import orjson
import structlog

from data.domain.intake import DeviceMemory
from data.live import keys
from data.live.present import RECENT_WINDOW, Changes, DeviceUpdate, Present
from data.live.wire import to_ms
from data.store import alarms, floods, intake
from data.store.database import Database
from data.store.geometry import geometry_version

log = structlog.get_logger()

CHUNK = 2000


def present_geometry(present: Present) -> str | None:
    """Return the geometry version that the present was built for; None if there is no present.

    What a Redis server kept on its disk is none: it is as old as its last save.
    """
    raw = present.redis.get(keys.EPOCH)
    if raw is None:
        return None
    epoch = orjson.loads(raw)
    return str(epoch["geometry"]) if epoch.get("server") == present.server_run() else None


def rebuild(
    database: Database, present: Present, now: datetime, goes_on: Callable[[], object]
) -> None:
    """Write the whole present from SQL, then announce it with a ``reset``.

    Writers may go on meanwhile: each write carries its version, the newer one stays. ``goes_on``
    is called again and again, so that whoever waits knows that nobody died over it.
    """
    _forget(present)
    with database.reading() as session:
        version = geometry_version(session)
        known = intake.load_updates(session, now)
        newest = None
        there: set[str] = set()
        while updates := tuple(DeviceUpdate.of(*pair) for pair in islice(known, CHUNK)):
            present.tell(Changes(devices=updates), announce=False)
            goes_on()
            times = [u.memory.received_at for u in updates if u.memory.received_at]
            newest = max([*times, *([newest] if newest else [])], default=None)
            there.update(update.device_id for update in updates)
        present.tell(Changes(alarms=tuple(alarms.open_alarm_views(session))), announce=False)
        flood = floods.running(session)
        present.note_flood(None if flood is None else flood.began_at)
        recent = alarms.raised_since(session, now - RECENT_WINDOW)
        present.note_recent({alarm_id: round(at.timestamp() * 1000) for alarm_id, at in recent})
    if newest is not None:
        present.redis.set(keys.LAST_RECEIVED, str(to_ms(newest)))
    _forget_rings(present, there)
    present.begin(version)
    log.info("present rebuilt from SQL", devices=len(there))


def _forget(present: Present) -> None:
    """Delete what was there, before SQL is read: whatever is committed later will be told anew."""
    present.redis.delete(keys.EPOCH, keys.ALARMS, keys.DEADLINES, keys.STATUS, keys.RECENT)
    for several in (keys.device("*"), keys.ANY_INCIDENT):
        old = present.redis.scan_iter(match=several, count=CHUNK)
        while batch := list(islice(old, CHUNK)):
            present.redis.unlink(*batch)


def _forget_rings(present: Present, there: set[str]) -> None:
    """Delete the last hours of devices that are no more; those of the others stay."""
    rings = present.redis.scan_iter(match=keys.ANY_RING, count=CHUNK)
    gone = (key for key in rings if key.decode().removeprefix(keys.ring("")) not in there)
    while batch := list(islice(gone, CHUNK)):
        present.redis.unlink(*batch)


def reconcile(database: Database, present: Present, now: datetime) -> int:
    """Tell Redis where it differs from SQL; return how many devices and alarms really did.

    What changes while the two are compared looks different too, but is no news to Redis.

    A safety net: writers can only leave a difference if one of them was stopped for long between
    its commit and its telling.
    """
    with database.reading() as session:
        there = {
            int(key): orjson.loads(raw)["version"]
            for key, raw in present.redis.hgetall(keys.ALARMS).items()
        }
        open_now = alarms.open_versions(session)
        gone = there.keys() - open_now.keys()
        behind = {i for i, version in open_now.items() if there.get(i, -1) < version}
        views = alarms.alarm_views(session, gone | behind)
        devices = tuple(_differing(present.statuses(), intake.load_updates(session, now)))
    unknown = gone - {view["id"] for view in views}
    if unknown:
        present.redis.hdel(keys.ALARMS, *(str(alarm_id) for alarm_id in unknown))
    return len(unknown) + present.tell(Changes(devices=devices, alarms=tuple(views)))


def _differing(
    statuses: bytes, known: Iterator[tuple[intake.KnownDevice, DeviceMemory]]
) -> Iterator[DeviceUpdate]:
    for device, memory in known:
        there = statuses[device.slot] if device.slot < len(statuses) else None
        if there != int(memory.status):
            yield DeviceUpdate.of(device, memory)
