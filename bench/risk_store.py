"""How long the risk process takes with SQL: everything read and forecast, one change found.

``python -m bench.risk_store`` makes an SQLite file of 100,000 buildings (kept; used again if it is
there) and prints a line of JSON for each figure.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import shapely
import typer
from redis import Redis
from sqlalchemy import insert

from bench.harness import report
from data.domain.risk.codec import to_bytes
from data.domain.risk.known import facts_at
from data.domain.risk.records import CATEGORIES
from data.domain.words import AlarmKind, DeviceKind, Status, Verdict
from data.embedded import EmbeddedRedis
from data.reference.load import load_reference
from data.risk.process import RiskProcess
from data.store.database import Database
from data.store.migrate import upgrade
from data.store.models import (
    Building,
    Community,
    Device,
    DeviceState,
    Fire,
    Hazard,
    Incident,
    Inspection,
    StatusChange,
)
from data.store.risk_records import changed_since, load_records

NOW: Final = datetime(2026, 11, 22, 4, tzinfo=UTC)
TWO_YEARS_S: Final = 104 * 7 * 86_400
AT_ONCE: Final = 20_000
FILE: Final = Path("var/bench/risk.db")
WEST, SOUTH, EAST, NORTH = 118.560, 24.745, 118.610, 24.785
Rows = Iterator[dict[str, Any]]


class Past:
    """Rows of a made-up past; of one seed always the same."""

    def __init__(self, buildings: int, community: str) -> None:
        self._rng = np.random.default_rng(5)
        self._n, self._community = buildings, community
        self._lon = self._rng.uniform(WEST, EAST, buildings)
        self._lat = self._rng.uniform(SOUTH, NORTH, buildings)

    def rows(self) -> Iterator[tuple[Any, Rows]]:
        """Yield each table with its rows."""
        yield Building, self._buildings()
        yield Device, self._devices()
        yield DeviceState, ({"device_id": f"D{k}", **_normal()} for k in range(2 * self._n))
        yield StatusChange, self._changes(4 * self._n)
        yield Inspection, self._inspections(self._n)
        yield Hazard, self._hazards(self._n // 2)
        yield Incident, self._incidents(self._n // 5)
        yield Fire, self._fires(self._n // 50)

    def _place(self, k: int) -> dict[str, Any]:
        return {
            "community_code": self._community,
            "lon": float(self._lon[k]),
            "lat": float(self._lat[k]),
        }

    def _buildings(self) -> Rows:
        box = shapely.to_wkb(shapely.box(WEST, SOUTH, WEST + 1e-4, SOUTH + 1e-4))
        for k in range(self._n):
            facts = {"category": CATEGORIES[k % len(CATEGORIES)], "storeys": k % 9 + 1}
            named = {"id": f"B{k:07d}", "name": f"{k}", "address": "", "geometry": box}
            yield {**named, **facts, **self._place(k), "residents": k % 60, "demo": True}

    def _devices(self) -> Rows:
        for k in range(2 * self._n):
            named = {"id": f"D{k}", "slot": k, "name": f"{k}", "location": "", "interval_s": 86_400}
            at = {"building_id": f"B{k // 2:07d}", **self._place(k // 2)}
            yield {**named, **at, "kind": DeviceKind.SMOKE, "demo": True}

    def _some(self, count: int) -> Iterator[tuple[str, int, datetime]]:
        which = self._rng.integers(0, self._n, count)
        ago = self._rng.uniform(60, TWO_YEARS_S, count)
        for k, seconds in zip(which.tolist(), ago.tolist(), strict=True):
            yield f"B{k:07d}", k, NOW - timedelta(seconds=seconds)

    def _changes(self, count: int) -> Rows:
        for number, (_building, k, at) in enumerate(self._some(count)):
            after = int((Status.NORMAL, Status.STALE)[number % 2])
            yield {"device_id": f"D{2 * k}", "at": at, "before": 0, "after": after}

    def _inspections(self, count: int) -> Rows:
        for building, _k, at in self._some(count):
            yield {"building_id": building, "at": at, "inspector": "", "result": "ok"}

    def _hazards(self, count: int) -> Rows:
        for number, (building, _k, at) in enumerate(self._some(count)):
            found = {"building_id": building, "kind": "wiring", "found_at": at}
            due, closed = at + timedelta(days=15), at + timedelta(days=20)
            ended = {"due_at": due, "closed_at": closed if closed < NOW else None}
            yield {**found, **ended, "level": number % 2 + 1}

    def _incidents(self, count: int) -> Rows:
        for number, (building, _k, at) in enumerate(self._some(count)):
            times = {"opened_at": at, "last_at": at, "closed_at": at + timedelta(minutes=20)}
            verdict = (Verdict.FALSE, Verdict.REAL)[number % 10 == 0]
            where = {"building_id": building, "community_code": self._community}
            yield {**where, **times, "kind": AlarmKind.FIRE, "verdict": verdict, "version": 1}

    def _fires(self, count: int) -> Rows:
        for building, k, at in self._some(count):
            yield {"at": at, "building_id": building, "cause": "unknown", **self._place(k)}


def _normal() -> dict[str, Any]:
    return {"status": int(Status.NORMAL), "since": NOW, "values": {}}


def make(path: Path, buildings: int) -> Database:
    """Return the town of this file, made anew if the file is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    there, database = path.exists(), Database(f"sqlite:///{path}")
    upgrade(database.url)
    if there:
        return database
    with database.writing() as session:
        load_reference(session)
    with database.reading() as session:
        community = session.query(Community.code).order_by(Community.code).first()
    assert community is not None
    for model, rows in Past(buildings, community[0]).rows():
        _write(database, model, rows)
    return database


def _write(database: Database, model: Any, rows: Rows) -> None:
    batch: list[dict[str, Any]] = []
    with database.writing() as session:
        for row in rows:
            batch.append(row)
            if len(batch) == AT_ONCE:
                session.execute(insert(model), batch)
                batch = []
        if batch:
            session.execute(insert(model), batch)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something took, and what it gave."""
    began = time.perf_counter()
    found = work()
    return round(time.perf_counter() - began, 3), found


def main(
    buildings: int = 100_000,
    path: Annotated[Path, typer.Option(help="kept; used again if it is there")] = FILE,
) -> None:
    """Measure."""
    made, database = seconds(lambda: make(path, buildings))
    report("the past of a town", buildings=buildings, seconds=made)
    with database.reading() as session:
        took, records = seconds(lambda: load_records(session))
    rows = {name: len(getattr(records, name)["at"]) for name in ("changes", "events")}
    report("everything read from SQL", buildings=buildings, seconds=took, **rows)
    took, _facts = seconds(lambda: facts_at(records, NOW.timestamp()))
    report("the facts of one moment", buildings=buildings, seconds=took)
    with EmbeddedRedis() as server:
        _follow(database, Redis.from_url(server.url))


def _follow(database: Database, redis: Any) -> None:
    clock = [NOW]
    risk = RiskProcess(database, redis, lambda: clock[0])
    took, _ = seconds(risk.look)
    report("a look at everything", seconds=took)
    clock[0] += timedelta(seconds=10)
    took, _ = seconds(risk.look)
    report("a look when nothing changed", seconds=took)
    with database.reading() as session:
        took, _ = seconds(lambda: changed_since(session, clock[0], clock[0] + timedelta(minutes=1)))
    report("asking what changed", seconds=took)
    hazard = {"building_id": "B0000007", "kind": "wiring", "level": 2, "found_at": clock[0]}
    with database.writing() as session:
        session.execute(insert(Hazard), [hazard])
    clock[0] += timedelta(seconds=10)
    took, _ = seconds(risk.look)
    forecast = risk._present.forecast
    encoded, body = seconds(lambda: to_bytes(forecast))
    report("a look at one change", seconds=took, of_it_encoding=encoded, bytes=len(body))


if __name__ == "__main__":
    typer.run(main)
