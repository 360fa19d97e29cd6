"""What the benchmarks of the pipeline share: a town on disk, a Redis, readings, what work costs."""

import contextlib
import gc
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from redis import Redis
from sqlalchemy import func, select

from bench.procs import cpu_seconds
from data.demo.generate import generate_town
from data.domain.readings import Reading
from data.domain.words import DeviceKind, Reported
from data.embedded import EmbeddedRedis
from data.feeds.decode import decode_item
from data.feeds.fleet import Telemetry, load_fleet
from data.live.present import Present
from data.live.rebuild import rebuild
from data.pipeline import Pipeline
from data.reference.load import load_reference
from data.store.database import Database
from data.store.migrate import upgrade
from data.store.models import AlarmRow, Device

FOLDER: Final = Path("var/bench")
NOW: Final = datetime(2026, 11, 22, 4, 20, tzinfo=UTC)
#: Messages that a way in commits together, as ``data.feeds.transmitters.server`` does.
TAKEN_TOGETHER: Final = 100


@dataclass
class Site:
    """A copy of a town on disk, a Redis, and the pipeline over both, with a clock of its own."""

    database: Database
    path: Path
    server: EmbeddedRedis
    redis: Redis
    now: datetime = NOW
    pipeline: Pipeline = field(init=False)

    def __post_init__(self) -> None:
        present = Present(self.redis)
        self.pipeline = Pipeline(self.database, present, lambda: self.now)
        rebuild(self.database, present, self.now, lambda: None)

    @property
    def pids(self) -> list[int]:
        """This process and redis-server."""
        return [os.getpid(), self.server.pid or 0]


def make_town(devices: int) -> Path:
    """Return the file of a demo town; made once and kept."""
    path = FOLDER / f"town-{devices}.db"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        database = Database(f"sqlite:///{making}")
        upgrade(database.url)
        with database.writing() as session:
            load_reference(session)
        generate_town(database, devices=devices, now=NOW, progress=lambda *_: None)
        database.close()
        making.rename(path)
    upgrade(f"sqlite:///{path}")
    return path


@contextlib.contextmanager
def site(devices: int) -> Iterator[Site]:
    """Run a Redis and a pipeline on a copy of the town."""
    town = make_town(devices)
    folder = Path(tempfile.mkdtemp(prefix="xt-bench-", dir=FOLDER))
    try:
        with Path(shutil.copy(town, folder / "xintang.db")).open("rb") as copied:
            os.fsync(copied.fileno())  # or the first checkpoint would bring the whole copy to disk
        database = Database(f"sqlite:///{folder / 'xintang.db'}")
        with EmbeddedRedis() as server, Redis.from_url(server.url) as redis:
            yield Site(database, folder / "xintang.db", server, redis)
        database.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def telemetry(database: Database, count: int) -> list[Reading]:
    """Return what the town's devices send one after the other, each in its own interval."""
    fleet = load_fleet(database)
    rng = np.random.default_rng(5)
    source = Telemetry(fleet, NOW, rng)
    talking = fleet.talking
    due = rng.random(len(talking)) * fleet.interval_s[talking]
    found: list[Reading] = []
    second = 0
    while len(found) < count:
        second += 1
        at = NOW + timedelta(seconds=second)
        ready = np.flatnonzero(due <= second)
        due[ready] += fleet.interval_s[talking[ready]]
        messages = source.messages(talking[ready].tolist(), at, {})
        found += [decode_item(message, at + timedelta(milliseconds=350)) for message in messages]
    return found[:count]


def batches(readings: Sequence[Reading], size: int) -> list[Sequence[Reading]]:
    """Return readings in batches."""
    return [readings[at : at + size] for at in range(0, len(readings), size)]


@dataclass
class Cost:
    """What some work took by the clock and of processor, of both processes together."""

    seconds: float
    cpu: float
    each_ms: list[float]

    def rate(self, count: int) -> dict[str, float]:
        """Return what is done in a second, by the clock and by the processor."""
        return {
            "per_s": round(count / self.seconds),
            "per_s_of_cpu": round(count / self.cpu),
            "cpu_share": round(self.cpu / self.seconds, 2),
        }


def timed(parts: Sequence[Any], work: Callable[[Any], object], pids: Sequence[int]) -> Cost:
    """Do a part after the other; the garbage collector leaves alone what was made before."""
    gc.collect()
    gc.freeze()
    each, used, started = [], cpu_seconds(pids), time.perf_counter()
    for part in parts:
        at = time.perf_counter()
        work(part)
        each.append((time.perf_counter() - at) * 1000)
    return Cost(time.perf_counter() - started, cpu_seconds(pids) - used, each)


def fires(database: Database, count: int) -> list[Reading]:
    """Return a fire of each of some devices that have none, anywhere in the town."""
    with database.reading() as session:
        troubled = select(AlarmRow.device_id).where(AlarmRow.closed_at.is_(None))
        ids = list(
            session.scalars(
                select(Device.id)
                .where(
                    Device.kind.in_([DeviceKind.SMOKE, DeviceKind.ELECTRICAL, DeviceKind.HEAT]),
                    ~Device.disabled,
                    Device.id.not_in(troubled),
                )
                .order_by(Device.id)
            )
        )
    random.Random(6).shuffle(ids)
    chosen = ids[:count]
    if len(chosen) < count:
        raise RuntimeError(f"the town has no {count} quiet devices")
    return [
        Reading(
            device_id, f"fire-{n}", at := NOW + timedelta(milliseconds=n), at, Reported.FIRE, {}
        )
        for n, device_id in enumerate(chosen)
    ]


def count_of(database: Database, model: type[Any]) -> int:
    """Return how many rows there are."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0
