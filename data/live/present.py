"""Writing and reading the present: device states, open alarms, the stream of changes.

Every write carries the version of its row; a script in Redis drops a write that is older than
what is there, so that two writers may come in any order. Screens read live status here only.
"""

import base64
import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from redis import Redis
from redis.exceptions import NoScriptError, RedisError

from data.domain.devices import stale_at
from data.domain.intake import DeviceMemory
from data.domain.views import DeviceNow
from data.domain.words import DeviceKind, Status
from data.live import keys, rings
from data.live.scripts import TELL
from data.live.wire import from_ms, to_json, to_ms
from data.store.alarms import AlarmView
from data.store.incident_views import IncidentMark
from data.store.intake import KnownDevice

log = structlog.get_logger()

RECENT_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DeviceUpdate:
    """A device's state as Redis is told of it."""

    device_id: str
    slot: int
    building_id: str | None
    interval_s: int
    memory: DeviceMemory
    kind: DeviceKind

    @classmethod
    def of(cls, device: KnownDevice, memory: DeviceMemory) -> "DeviceUpdate":
        """Join a device and its memory."""
        return cls(
            device.id, device.slot, device.building_id, device.interval_s, memory, device.kind
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What one commit changed."""

    devices: tuple[DeviceUpdate, ...] = ()
    alarms: tuple[AlarmView, ...] = ()
    incidents: tuple[IncidentMark, ...] = ()


#: The client that the composition root makes and passes on.
RedisClient = Redis


class PresentMissingError(RuntimeError):
    """There is no present to show: Redis is away, was wiped, or is being rebuilt."""


class Present:
    """The live picture in one Redis; safe to share between threads."""

    def __init__(self, redis: Redis) -> None:
        #: redis-py types its answers as unions over all protocols; ours is known.
        self.redis: Any = redis
        self._tell = hashlib.sha1(TELL.encode(), usedforsecurity=False).hexdigest()
        self._away = False

    def tell(self, changes: Changes, *, announce: bool = True) -> int:
        """Write what changed and put it on the stream as one entry; publish new values.

        Telling the same twice does no harm and makes no second event. ``announce=False`` writes
        without events (a rebuild, which announces itself). Returns how many alarms, incidents
        and statuses were news to Redis.
        """
        told, watched = self._send(changes, keys.EVENTS_KEPT if announce else 0)
        if announce and watched:
            self._publish(changes.devices, watched)
        return told

    def tell_if_there(self, changes: Changes) -> bool:
        """Tell what a commit changed; while Redis is away the worker tells it later (outbox).

        Returns whether Redis was there.
        """
        try:
            self.tell(changes)
        except RedisError as error:
            if not self._away:  # once: a disk that is full has no room for a line a message
                log.warning("redis is away, the worker will tell it", error=str(error)[:200])
            self._away = True
            return False
        self._away = False
        return True

    def _send(self, changes: Changes, kept: int) -> tuple[int, set[str]]:
        """Send everything in one go; return what was news, and channels that somebody watches.

        Who begins to watch after that reads what was written.
        """
        which, arguments = _told(changes, kept)
        try:
            told, channels = self.redis.evalsha(self._tell, len(which), *which, *arguments)
        except NoScriptError:  # the server was started anew
            told, channels = self.redis.eval(TELL, len(which), *which, *arguments)
        return told, {channel.decode() for channel in channels}

    def _publish(self, updates: Sequence[DeviceUpdate], watched: set[str]) -> None:
        """Publish new values of the buildings that somebody looks at."""
        pipe = self.redis.pipeline(transaction=False)
        for update in updates:
            channel = keys.values_channel(update.building_id or "")
            if channel in watched:
                pipe.publish(channel, _values_message(update))
        pipe.execute()

    def note_recent(self, received_ms: Mapping[int, int]) -> None:
        """Remember when alarms came, for the load of the last 10 minutes; forget older ones."""
        oldest = _oldest_recent()
        fresh = {str(k): v for k, v in received_ms.items() if v >= oldest}
        if fresh:
            self.redis.zadd(keys.RECENT, fresh)
        self.redis.zremrangebyscore(keys.RECENT, "-inf", oldest)

    def note_flood(self, since: datetime | None) -> None:
        """Remember since when a flood of alarms runs, or that none does."""
        if since is None:
            self.redis.delete(keys.FLOOD)
        else:
            self.redis.set(keys.FLOOD, str(to_ms(since)))

    def begin(self, geometry: str) -> str:
        """Begin a present that was just written; return the id of its first event, a ``reset``.

        The epoch's number is the time in ms, and larger than that of the present before. It holds
        for this run of the server: one that comes back with what it kept on its disk shows a past.
        """
        server = self.server_run()
        last = self.redis.xrevrange(keys.EVENTS, count=1)
        newest = int(last[0][0].partition(b"-")[0]) if last else 0
        first = f"{max(round(time.time() * 1000), newest + 1)}-1"
        pipe = self.redis.pipeline(transaction=True)
        pipe.xadd(keys.EVENTS, {"e": "reset", "d": b"{}"}, id=first)
        pipe.set(keys.EPOCH, to_json({"first": first, "geometry": geometry, "server": server}))
        pipe.execute()
        return first

    def server_run(self) -> str:
        """Return what names this run of the Redis server; another one after each of its starts."""
        return str(self.redis.info("server")["run_id"])

    def epoch(self) -> bytes | None:
        """Return what names the present; None if there is none.

        Raises
        ------
        PresentMissingError
            If Redis is away.
        """
        try:
            epoch: bytes | None = self.redis.get(keys.EPOCH)
        except RedisError as error:
            raise PresentMissingError("redis is away") from error
        return epoch

    def snapshot(self) -> dict[str, Any]:
        """Return the whole present, in one consistent look (see docs/live-protocol.md).

        Raises
        ------
        PresentMissingError
            If Redis is away, or was wiped and is not rebuilt yet.
        """
        try:
            epoch, last, status, alarms, recent, data, flood = self._look()
        except RedisError as error:
            raise PresentMissingError("redis is away") from error
        if epoch is None or not last:
            raise PresentMissingError("the live picture is being rebuilt")
        oldest = time.time() * 1000 - RECENT_WINDOW.total_seconds() * 1000
        return {
            "id": last[0][0].decode(),
            "now": round(time.time() * 1000),
            "data": int(data) if data else None,
            "geometry": orjson.loads(epoch)["geometry"],
            "status": base64.b64encode(status or b"").decode(),
            "alarms": sorted((orjson.loads(a) for a in alarms), key=lambda a: a["id"]),
            "recent": sorted(int(ms) for _, ms in recent if ms >= oldest),
            "flood_since": int(flood) if flood else None,
        }

    def _look(self) -> list[Any]:
        """Read everything at one moment."""
        pipe = self.redis.pipeline(transaction=True)
        pipe.get(keys.EPOCH)
        pipe.xrevrange(keys.EVENTS, count=1)
        pipe.get(keys.STATUS)
        pipe.hvals(keys.ALARMS)
        pipe.zrange(keys.RECENT, 0, -1, withscores=True)
        pipe.get(keys.LAST_RECEIVED)
        pipe.get(keys.FLOOD)
        answers: list[Any] = pipe.execute()
        return answers

    def statuses(self) -> bytes:
        """Return one status byte a slot."""
        status: bytes | None = self.redis.get(keys.STATUS)
        return status or b""


def read_devices(redis: Redis, device_ids: Iterable[str]) -> dict[str, DeviceNow]:
    """Return what Redis knows of some devices now; unknown ones are left out."""
    ids = list(device_ids)
    pipe = redis.pipeline(transaction=False)
    for device_id in ids:
        pipe.hgetall(keys.device(device_id))
    rows = zip(ids, pipe.execute() if ids else [], strict=True)
    return {device_id: _device_now(row) for device_id, row in rows if row}


def _device_now(row: dict[bytes, bytes]) -> DeviceNow:
    since = from_ms(row[b"since"])
    if since is None:
        raise ValueError("a device's hash in Redis has no 'since'")
    return DeviceNow(
        status=Status(int(row[b"status"])),
        since=since,
        measured_at=from_ms(row[b"measured_at"]),
        received_at=from_ms(row[b"received_at"]),
        values=orjson.loads(row[b"values"]),
    )


def _told(changes: Changes, kept: int) -> tuple[list[str], list[Any]]:
    """Return the keys and arguments of the script (:data:`data.live.scripts.TELL`)."""
    which = [keys.EPOCH, keys.EVENTS, keys.ALARMS, keys.STATUS, keys.DEADLINES]
    which += (keys.LAST_RECEIVED, keys.RECENT)
    heard = [u.memory.received_at for u in changes.devices if u.memory.received_at] if kept else []
    args: list[Any] = [
        kept,
        round(time.time() * 1000),
        len(changes.alarms),
        len(changes.incidents),
        _ms_text(max(heard, default=None)),
        round(_oldest_recent()),
        keys.values_channel("*"),
    ]
    for view in changes.alarms:
        closed = "0" if view["closed_at"] is None else "1"
        args += (view["id"], view["version"], to_json(view), closed, view["received_at"])
    for mark in changes.incidents:
        which.append(keys.incident(mark["id"]))
        args += (mark["version"], to_json(mark))
    for update in changes.devices:
        which += (keys.device(update.device_id), keys.ring(update.device_id))
        args += _device_args(update)
    return which, args


def _oldest_recent() -> float:
    return time.time() * 1000 - RECENT_WINDOW.total_seconds() * 1000


def _device_args(update: DeviceUpdate) -> tuple[Any, ...]:
    memory = update.memory
    deadline: Any = ""
    if memory.received_at is not None and not memory.stale:
        deadline = stale_at(memory.received_at, update.interval_s).timestamp()
    return (
        memory.version,
        update.slot,
        int(memory.status),
        to_ms(memory.since),
        _ms_text(memory.measured_at),
        _ms_text(memory.received_at),
        to_json(memory.values),
        deadline,
        update.device_id,
        *(rings.slot_written(update.kind, memory.fine) or ("", "", "")),
    )


def _ms_text(moment: datetime | None) -> str:
    return "" if moment is None else str(to_ms(moment))


def _values_message(update: DeviceUpdate) -> bytes:
    memory = update.memory
    return to_json(
        {
            "slot": update.slot,
            "device": update.device_id,
            "measured_at": to_ms(memory.measured_at),
            "received_at": to_ms(memory.received_at),
            "values": memory.values,
        }
    )
