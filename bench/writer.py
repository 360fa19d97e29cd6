"""The load: changes of devices, or fire alarms, written to Redis as the pipeline writes them.

``python -m bench.writer changes|alarms DATABASE_URL REDIS_URL DEVICES``. Commands come as JSON
lines on stdin, what was written goes out as JSON lines on stdout. Changes and alarms are two
processes: in one, an alarm would never meet a batch that is under way.
"""

import json
import queue
import random
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import typer
from redis import Redis
from sqlalchemy import select

from data.domain.words import Status
from data.live.present import Changes, DeviceUpdate, Present
from data.store.alarms import AlarmView, open_alarm_views
from data.store.database import Database
from data.store.intake import load_updates
from data.store.models import AlarmRow, Building, Community, Device

BATCHES_PER_S = 5
MOST_CHANGING = 20_000
ALARM_PLACES = 400
OPEN_AT_ONCE = 20
FIRST_ID = 900_000_000
FLOOR_CHANNEL = "bench:alarms"
ABNORMAL = (Status.STALE, Status.FAULT, Status.DISABLED, Status.PREALARM)


def say(**values: Any) -> None:
    """Write one JSON line for the harness."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def next_update(update: DeviceUpdate, status: Status) -> DeviceUpdate:
    """Return the device's next state: a newer version with a reading of now."""
    now = datetime.now(UTC)
    memory = replace(
        update.memory,
        status=status,
        since=now,
        stale=status is Status.STALE,
        measured_at=now,
        received_at=now,
        version=update.memory.version + 1,
    )
    return replace(update, memory=memory)


class ChangeWriter:
    """Changes some devices' status in five batches a second: normal → something → normal …"""

    def __init__(self, updates: Sequence[DeviceUpdate], present: Present) -> None:
        self._devices = list(updates)
        self._present = present
        self._chance = random.Random(1)
        self._due = 0.0
        self.rate = 0.0
        self.count = 0

    def step(self) -> None:
        """Write one batch when it is due."""
        if not self.rate:
            self._due = 0.0
            time.sleep(0.02)
            return
        self._due = self._due or time.monotonic()
        time.sleep(max(0.0, self._due - time.monotonic()))
        self._due += 1 / BATCHES_PER_S
        size = max(1, round(self.rate / BATCHES_PER_S))
        chosen = self._chance.sample(range(len(self._devices)), min(size, len(self._devices)))
        for index in chosen:
            self._devices[index] = self._changed(self._devices[index])
        self._present.tell(Changes(devices=tuple(self._devices[i] for i in chosen)))
        self.count += len(chosen)
        say(changes=self.count)

    def _changed(self, update: DeviceUpdate) -> DeviceUpdate:
        calm = update.memory.status is Status.NORMAL
        return next_update(update, self._chance.choice(ABNORMAL) if calm else Status.NORMAL)


class AlarmWriter:
    """Raises fires one by one and closes the oldest, so that about twenty are open."""

    def __init__(
        self, updates: Sequence[DeviceUpdate], views: Sequence[AlarmView], present: Present
    ) -> None:
        self._places = deque(zip(updates, views, strict=True))
        self._present = present
        self._chance = random.Random(2)
        self._open: deque[tuple[DeviceUpdate, AlarmView]] = deque()
        self._next = FIRST_ID + int(time.time()) % 10_000_000 * 10
        self.rate = 0.0
        self.floor = False
        #: So many may be open at once; older ones are closed.
        self.most = OPEN_AT_ONCE

    def step(self) -> None:
        """Wait a little over or under the interval, then raise one and close one."""
        if not self.rate:
            time.sleep(0.02)
            return
        wait = self._chance.uniform(0.7, 1.3) / self.rate
        time.sleep(wait / 2)
        self._close(self.most)
        time.sleep(wait / 2)
        self._raise()

    def close_quietly(self, alarm_id: int) -> None:
        """Close one alarm and leave its device as it is: nothing but its mark changes."""
        for update, view in list(self._open):
            if view["id"] == alarm_id:
                ms = round(time.time() * 1000)
                closed = {**view, "cleared_at": ms, "closed_at": ms, "verdict": "test"}
                self._present.tell(Changes(alarms=({**closed, "version": view["version"] + 1},)))
                self._open.remove((update, view))
                self._places.append((update, view))
        say(quietly=True)

    def close_all(self) -> None:
        """Close every alarm of ours."""
        self._close(0)
        say(closed=True)

    def _raise(self) -> None:
        self._next += 1
        if self.floor:
            started = time.time_ns()
            self._present.redis.publish(FLOOR_CHANNEL, str(self._next))
            say(alarm=self._next, ns=started)
            return
        update, view = self._places.popleft()
        update, ms = next_update(update, Status.ALARM), round(time.time() * 1000)
        times = {"raised_at": ms, "received_at": ms, "last_at": ms}
        view = {**view, **times, "id": self._next, "version": 1, "closed_at": None}
        started = time.time_ns()
        self._present.tell(Changes(devices=(update,), alarms=(view,)))
        say(alarm=self._next, ns=started)
        self._open.append((update, view))

    def _close(self, most: int) -> None:
        while len(self._open) > most:
            update, view = self._open.popleft()
            ms = round(time.time() * 1000)
            end = {"cleared_at": ms, "acked_at": ms, "closed_at": ms, "verdict": "test"}
            closed = {**view, **end, "version": view["version"] + 1}
            update = next_update(update, Status.NORMAL)
            self._present.tell(Changes(devices=(update,), alarms=(closed,)))
            self._places.append((update, view))


def load_changing(database: Database, devices: int) -> list[DeviceUpdate]:
    """Return devices spread over the town that have no open alarm and get none of ours."""
    places = {update.device_id for update in load_places(database)[0]}
    with database.reading() as session:
        quiet = select(Device.id).where(Device.id.not_in(_troubled()), ~Device.disabled)
        ids = [i for i in session.scalars(quiet.order_by(Device.id)) if i not in places]
        chosen = random.Random(3).sample(ids, min(len(ids), devices, MOST_CHANGING))
        known = load_updates(session, datetime.now(UTC), chosen)
        return [DeviceUpdate.of(*pair) for pair in known]


def load_places(database: Database) -> tuple[list[DeviceUpdate], list[AlarmView]]:
    """Return where fires may be raised, with all that a screen is told of each.

    An open fire of the town is the pattern, so that the view has every field of the product.
    """
    with database.reading() as session:
        views = open_alarm_views(session)
        pattern = next((view for view in views if view["kind"] == "fire"), views[0])
        query = (
            select(Device, Building.name, Community.name, Community.name_en)
            .join(Building, Building.id == Device.building_id)
            .join(Community, Community.code == Device.community_code)
            .where(Device.id.not_in(_troubled()), Device.kind == pattern["device_kind"])
            .order_by(Device.id)
        )
        chosen = _choose(list(session.execute(query)))
        ids = [device.id for device, *_ in chosen]
        known = load_updates(session, datetime.now(UTC), ids)
        updates = {device.id: DeviceUpdate.of(device, memory) for device, memory in known}
        return [updates[i] for i in ids], [_view(pattern, *row) for row in chosen]


def _choose(rows: list[Any]) -> list[Any]:
    """Return places all over the town, and as many again in its fullest buildings; mixed."""
    chance = random.Random(4)
    inhabitants = Counter(row[0].building_id for row in rows)
    by_crowd = sorted(rows, key=lambda row: (-inhabitants[row[0].building_id], row[0].id))
    crowded, others = by_crowd[: ALARM_PLACES // 2], by_crowd[ALARM_PLACES // 2 :]
    chosen = [*crowded, *chance.sample(others, min(len(others), ALARM_PLACES // 2))]
    chance.shuffle(chosen)
    return chosen


def _troubled() -> Any:
    return select(AlarmRow.device_id).where(AlarmRow.closed_at.is_(None))


def _view(pattern: AlarmView, device: Device, building: str, name: str, name_en: str) -> AlarmView:
    nobody = ("cleared_at", "acked_at", "acked_by", "closed_at", "closed_by", "verdict", "incident")
    return {
        **pattern,
        **dict.fromkeys(nobody),
        "slot": device.slot,
        "device": device.id,
        "device_name": device.name,
        "location": device.location,
        "building": device.building_id,
        "building_name": building,
        "community": device.community_code,
        "community_name": name,
        "community_name_en": name_en,
        "lon": device.lon,
        "lat": device.lat,
        "kind": "fire",
        "count": 1,
    }


def listen(commands: "queue.Queue[dict[str, Any]]") -> None:
    """Pass on the harness's commands; its end is ours."""
    for line in sys.stdin:
        commands.put(json.loads(line))
    commands.put({"quit": True})


def main(role: str, database_url: str, redis_url: str, devices: int) -> None:
    """Write until stdin ends."""
    present, database = Present(Redis.from_url(redis_url)), Database(database_url)
    writer: ChangeWriter | AlarmWriter
    if role == "changes":
        writer = ChangeWriter(load_changing(database, devices), present)
    else:
        writer = AlarmWriter(*load_places(database), present)
    database.close()
    commands: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=listen, args=(commands,), daemon=True).start()
    say(ready=True)
    while True:
        while not commands.empty():
            command = commands.get()
            if command.pop("quit", False):
                return
            if command.pop("close_all", False) and isinstance(writer, AlarmWriter):
                writer.close_all()
            if isinstance(writer, AlarmWriter) and "close" in command:
                writer.close_quietly(command.pop("close"))
            for name, value in command.items():
                setattr(writer, name, value)
        writer.step()


if __name__ == "__main__":
    typer.run(main)
