"""A storm of alarms through the pipeline, seen from the event stream; for ``bench.pipeline``."""

import os
import threading
import time
from collections import deque
from typing import Any, Final

import orjson
from redis import Redis

from bench.harness import report, spread
from bench.pipeline_site import TAKEN_TOGETHER, Site, count_of, fires, site, telemetry
from bench.procs import cpu_seconds, resident_mb
from data.domain.readings import Reading
from data.live import keys
from data.store.models import AlarmRow, Incident, Outbox

STORM: Final = 10_000
STORM_S: Final = 10.0


class Listener(threading.Thread):
    """Reads the event stream as a web process does; notes when each alarm came."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._redis = Redis.from_url(url)
        last: Any = self._redis.xrevrange(keys.EVENTS, count=1)
        self._last: bytes = last[0][0]
        self.seen: dict[str, float] = {}
        self.done = threading.Event()

    def run(self) -> None:
        """Read until told to end."""
        while not self.done.is_set():
            answer: Any = self._redis.xread({keys.EVENTS: self._last}, block=200, count=100)
            for _, entries in answer or ():
                for entry_id, fields in entries:
                    self._last = entry_id
                    self._note(orjson.loads(fields[b"d"]))

    def _note(self, told: dict[str, Any]) -> None:
        at = time.perf_counter()
        for view in told.get("a", ()):
            self.seen.setdefault(view["device"], at)


def measure_storm(devices: int, background: int) -> None:
    """Report what becomes of 10,000 alarms in 10 s while telemetry flows.

    Messages come at their times into a queue as the ways in have one, fires before everything else;
    one thread takes up to 100 at a time and commits them.
    """
    with site(devices) as here:
        alarms = fires(here.database, STORM)
        flow = telemetry(here.database, round(background * STORM_S) or 1)
        listener = Listener(here.server.url)
        listener.start()
        before, memory = count_of(here.database, AlarmRow), resident_mb(os.getpid())
        storm = Storm(here, alarms, flow if background else [])
        used = cpu_seconds(here.pids)
        storm.run()
        used = cpu_seconds(here.pids) - used
        time.sleep(1)
        listener.done.set()
        listener.join()
        waits = [listener.seen[r.device_id] - storm.offered[r.device_id] for r in alarms]
        recorded = count_of(here.database, AlarmRow) - before
        report(
            "storm",
            devices=devices,
            alarms=STORM,
            seconds=STORM_S,
            telemetry_per_s=background,
            recorded_once=recorded == STORM,
            first_visible_ms=round(1000 * waits[0], 1),
            within=recorded == STORM and waits[0] <= 1,
            visible_ms=spread([1000 * wait for wait in waits]),
            done_after_s=round(storm.seconds, 2),
            telemetry_taken=storm.telemetry,
            most_waiting=storm.most_waiting,
            incidents=count_of(here.database, Incident),
            outbox=count_of(here.database, Outbox),
            cpu_s=round(used, 2),
            memory_mb={"before": round(memory), "after": round(resident_mb(os.getpid()))},
            redis_mb=round(here.redis.info("memory")["used_memory"] / 1e6, 1),
        )


class Storm:
    """Offers messages at their times and takes them as a way in does."""

    def __init__(self, here: Site, alarms: list[Reading], flow: list[Reading]) -> None:
        self._here = here
        self._alarms = deque(alarms)
        self._flow = deque(flow)
        self._pace = (len(alarms) / STORM_S, len(flow) / STORM_S)
        self._fires: deque[Reading] = deque()
        self._rest: deque[Reading] = deque()
        self.offered: dict[str, float] = {}
        self.most_waiting = 0
        self.telemetry = 0
        self.seconds = 0.0

    def run(self) -> None:
        """Go on until everything is taken."""
        started = time.perf_counter()
        given = [0, 0]
        while self._alarms or self._flow or self._fires or self._rest:
            elapsed = time.perf_counter() - started
            for number, source in enumerate((self._alarms, self._flow)):
                while source and given[number] < elapsed * self._pace[number]:
                    self._offer(source.popleft(), fire=number == 0)
                    given[number] += 1
            if not self._take():
                time.sleep(0.001)
        self.seconds = time.perf_counter() - started

    def _offer(self, reading: Reading, *, fire: bool) -> None:
        if fire:
            self._fires.append(reading)
            self.offered[reading.device_id] = time.perf_counter()
        else:
            self._rest.append(reading)
        self.most_waiting = max(self.most_waiting, len(self._fires) + len(self._rest))

    def _take(self) -> bool:
        queue = self._fires or self._rest
        batch = [queue.popleft() for _ in range(min(TAKEN_TOGETHER, len(queue)))]
        if not batch:
            return False
        self._here.now = max(reading.received_at for reading in batch)
        outcome = self._here.pipeline.ingest(batch)
        if queue is self._rest:
            self.telemetry += outcome.accepted
        return True
