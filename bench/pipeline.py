"""How much the pipeline takes on one core: ``python -m bench.pipeline``.

This process and its redis-server share one core (``sched_setaffinity``). The town is the demo town;
its readings are those that its simulator sends, with the values, intervals and worn devices that it
has. What is timed is ``Pipeline.ingest``, that is everything between the decoded reading and the
answer: SQLite on disk (WAL, ``synchronous=FULL``) and Redis included, decoding and network not.
Baselines of the same run write the same number of rows of the same size without any of the product:
bare ``sqlite3`` and bare Redis.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import numpy as np
import orjson
import typer
from sqlalchemy import select

from bench.harness import report, spread
from bench.pipeline_site import (
    NOW,
    TAKEN_TOGETHER,
    Cost,
    Site,
    batches,
    count_of,
    fires,
    site,
    telemetry,
    timed,
)
from bench.storm import measure_storm
from data.domain.readings import Reading
from data.domain.words import DeviceKind
from data.live import keys, rings
from data.live.present import Present
from data.live.rebuild import rebuild
from data.store.database import Database
from data.store.models import AlarmRow, Device

GOAL_READINGS: Final = 10_000
GOAL_ALARMS: Final = 500
GOAL_GROUPED: Final = 2_000
#: What a sender of telemetry may put in one body is up to 5,000.
BATCHES: Final = (100, 500, 2000)
#: Readings that one figure is made of.
READINGS: Final = 40_000
ALARMS: Final = 1_500


# --- Telemetry ------------------------------------------------------------------------------


def measure_telemetry(*towns: int) -> None:
    """Report readings a second in towns of so many devices."""
    for devices in towns:
        measure_batches(devices)


def measure_batches(devices: int) -> None:
    """Report readings a second at each size of batch, beside the bare baselines."""
    with site(devices) as here:
        settings = durability(here.database)
        readings = telemetry(here.database, READINGS * len(BATCHES))
        for number, size in enumerate(BATCHES):
            own = readings[number * READINGS : (number + 1) * READINGS]

            def take(batch: Sequence[Reading]) -> None:
                here.now = batch[-1].received_at
                outcome = here.pipeline.ingest(batch)
                if not outcome.told or outcome.accepted != len(batch):
                    raise RuntimeError(f"not everything was taken: {outcome}")

            cost = timed(batches(own, size), take, here.pids)
            bare = bare_writes(here, batches(own, size))
            rate = cost.rate(len(own))
            report(
                "telemetry",
                devices=devices,
                batch=size,
                values=round(sum(len(r.values) for r in own) / len(own), 2),
                **rate,
                goal_per_s=GOAL_READINGS,
                within=rate["per_s_of_cpu"] >= GOAL_READINGS,
                times_bare=round(cost.cpu / bare.cpu, 2),
                bare_per_s=round(len(own) / bare.seconds),
                batch_ms=spread(cost.each_ms),
                **settings,
            )


def durability(database: Database) -> dict[str, Any]:
    """Return how SQLite writes: 2 is FULL, which syncs the log at every commit."""
    with database.engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        }
    if asked != {"journal_mode": "wal", "synchronous": 2}:
        raise RuntimeError(f"commits are not durable: {asked}")
    return asked


def bare_database(here: Site, table: str) -> sqlite3.Connection:
    """Open a file of SQLite beside ours, as durable, with one table."""
    connection = sqlite3.connect(here.path.with_name("bare.db"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
    return connection


def bare_writes(here: Site, parts: Sequence[Sequence[Reading]]) -> Cost:
    """Write a row and a hash of each reading as plainly as can be; return what it took."""
    connection = bare_database(here, "bare (id TEXT PRIMARY KEY, body BLOB)")
    body = bytes(500)

    def write(batch: Sequence[Reading]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO bare VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [(reading.device_id, body) for reading in batch],
        )
        connection.execute("COMMIT")
        pipe = here.redis.pipeline(transaction=False)
        for reading in batch:
            pipe.hset(f"bare:{reading.device_id}", mapping={"values": orjson.dumps(reading.values)})
        pipe.execute()

    cost = timed(parts, write, here.pids)
    connection.close()
    return cost


# --- Alarms ---------------------------------------------------------------------------------


def measure_alarms(devices: int) -> None:
    """Report distinct alarms a second, one a commit and in groups."""
    with site(devices) as here:
        for size, goal in ((1, GOAL_ALARMS), (TAKEN_TOGETHER, GOAL_GROUPED)):
            readings = fires(here.database, ALARMS)
            before = count_of(here.database, AlarmRow)

            def take(batch: Sequence[Reading]) -> None:
                here.now = batch[-1].received_at
                here.pipeline.ingest(batch)

            cost = timed(batches(readings, size), take, here.pids)
            recorded = count_of(here.database, AlarmRow) - before
            bare = bare_commits(here, batches(readings, size))
            rate = cost.rate(len(readings))
            report(
                "alarms one by one" if size == 1 else f"alarms in groups of {size}",
                devices=devices,
                **rate,
                goal_per_s=goal,
                within=rate["per_s"] >= goal,
                recorded_once=recorded == len(readings),
                times_bare=round(cost.seconds / bare.seconds, 2),
                bare_per_s=round(len(readings) / bare.seconds),
                commit_ms=spread(cost.each_ms, 2),
            )


def bare_commits(here: Site, parts: Sequence[Sequence[Reading]]) -> Cost:
    """Insert a row of each alarm, durable, and put it on a stream; return what it took."""
    connection = bare_database(here, "alarms (id INTEGER PRIMARY KEY, body BLOB)")
    body = bytes(300)

    def write(batch: Sequence[Reading]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO alarms (body) VALUES (?)", [(body,) for _ in batch])
        connection.execute("COMMIT")
        here.redis.xadd("bare:events", {"d": body}, maxlen=20_000, approximate=True)

    cost = timed(parts, write, here.pids)
    connection.close()
    return cost


# --- The last 24 hours ----------------------------------------------------------------------


def measure_rings(devices: int) -> None:
    """Report the memory of Redis without the town, with its present, and with full rings.

    Each device sends once, so that its ring is made as the pipeline makes it; then the other slots
    are written as they would be within 24 hours.
    """
    with site(devices) as here:
        used: dict[str, float] = {}

        def look(what: str) -> None:
            used[what] = round(here.redis.info("memory")["used_memory"] / 1e6, 1)

        here.redis.flushall()
        look("empty_mb")
        rebuild(here.database, Present(here.redis), here.now, lambda: None)
        look("present_mb")
        kinds = device_kinds(here.database)
        for batch in batches(first_readings(kinds), 2000):
            here.pipeline.ingest(batch)
        fill_rings(here, kinds)
        look("full_mb")
        sizes = [here.redis.strlen(keys.ring(device_id)) for device_id in kinds]
        report(
            "rings",
            devices=devices,
            rings=sum(size > 0 for size in sizes),
            bytes_a_ring=spread([size for size in sizes if size], 0),
            **used,
            rings_mb=round(used["full_mb"] - used["present_mb"], 1),
            bytes_a_device=round((used["full_mb"] - used["present_mb"]) * 1e6 / devices),
            goal_mb=150,
            within=used["full_mb"] <= 150,
        )


def first_readings(kinds: dict[str, DeviceKind]) -> list[Reading]:
    """Return one reading of each device that measures something, healthy or not."""
    return [
        Reading(device_id, "ring", NOW, NOW, None, dict.fromkeys(rings.VALUES[kind], 0.5))
        for device_id, kind in kinds.items()
        if rings.VALUES[kind]
    ]


def fill_rings(here: Site, kinds: dict[str, DeviceKind]) -> None:
    """Write every slot of every ring, as a day of readings does."""
    noise = np.random.default_rng(8)
    pipe = here.redis.pipeline(transaction=False)
    for device_id, kind in kinds.items():
        size = rings.ring_bytes(kind)
        if size:
            pipe.setrange(keys.ring(device_id), 0, noise.bytes(size))
    pipe.execute()


def device_kinds(database: Database) -> dict[str, DeviceKind]:
    """Return every device with its kind."""
    with database.reading() as session:
        return {row.id: row.kind for row in session.execute(select(Device.id, Device.kind))}


PARTS: Final[dict[str, Callable[[], None]]] = {
    "telemetry": lambda: measure_telemetry(6_000, 50_000),
    "alarms": lambda: measure_alarms(6_000),
    "storm": lambda: measure_storm(50_000, 0),
    "storm-telemetry": lambda: measure_storm(50_000, 1_000),
    "rings": lambda: measure_rings(50_000),
}


def main(
    part: Annotated[list[str] | None, typer.Option(help=f"of {', '.join(PARTS)}")] = None,
    core: Annotated[int, typer.Option(help="the one core that everything runs on")] = 1,
) -> None:
    """Measure all parts, or some."""
    os.sched_setaffinity(0, {core})
    for name in part or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    typer.run(main)
