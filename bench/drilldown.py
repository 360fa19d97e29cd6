"""Server time of every drill-down and of the history: ``python -m bench.drilldown``.

Each view is asked for several times on an SQLite file with 50,000 devices and 1,000,000 past
alarms that nobody has run ANALYZE on; the statements of its first call are printed with their
query plans. The views are those that have the most to show.
"""

import itertools
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.harness import quantile, report, spread
from bench.past import NOW, make_past
from callbacks.http.tables import Rows, csv_chunks, xlsx_chunks
from data.domain.drilldown import TrendSpan
from data.domain.history import HistoryFilter, HistoryQuery, Judged, Order, SortKey, Tab
from data.domain.views import DeviceNow
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, Status
from data.store.cameras import cameras_near
from data.store.database import Database
from data.store.drilldown import community_view, newest_reading, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_view
from data.store.drilldown_incident import incident_view
from data.store.drilldown_past import device_past
from data.store.history import EXPORT_STEP, count_rows, read_all, read_page
from data.store.models import AlarmRow, Building, Device, WorkPoint
from data.store.trends import building_trends, device_trends
from layouts.history_columns import cells, titles
from layouts.shown import Shown
from tests.statements import statements

GOAL_MS = 200
PAGE = 100
EXPORTED = 200_000
Ask = Callable[[Any], object]
Views = dict[str, Ask]


def read_now(device_ids: Sequence[str]) -> dict[str, DeviceNow]:
    """Stand in for Redis, which is not what is measured."""
    return {key: DeviceNow(Status.NORMAL, NOW, NOW, NOW, {"smoke_pct": 1.0}) for key in device_ids}


def measure(database: Database, name: str, ask: Ask, runs: int) -> None:
    """Report how long one view takes, what it asks, and by which plan."""
    times = []
    with statements(database) as sent:
        for run in range(runs):
            started = time.perf_counter()
            with database.reading() as session:
                ask(session)
            times.append((time.perf_counter() - started) * 1000)
            if run == 0:
                asked = list(sent)
    within = quantile(times[1:] or times, 0.95) <= GOAL_MS
    report(
        name,
        goal_ms=GOAL_MS,
        within=within,
        statements=len(asked),
        first=round(times[0], 1),
        **spread(times[1:] or times),
    )
    for sql, parameters in asked:
        if sql.startswith(("SELECT", "WITH")):
            report(
                "plan", of=name, sql=" ".join(sql.split()), plan=_plan(database, sql, parameters)
            )


def _plan(database: Database, sql: str, parameters: Any) -> list[str]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return [str(row[3]) for row in rows]


def drilldowns(database: Database) -> Views:
    """Return the fullest community, building and device."""
    with database.reading() as session:

        def most(column: Any) -> str:
            query = select(column).where(column.is_not(None)).group_by(column)
            return str(session.scalar(query.order_by(func.count().desc(), column).limit(1)))

        point = session.scalar(select(func.min(WorkPoint.id))) or ""
        community = most(Building.community_code)
        troubled, large = most(AlarmRow.building_id), most(Device.building_id)
        device, incident = most(AlarmRow.device_id), most(AlarmRow.incident_id)
        measured = session.scalar(select(func.min(Device.building_id))) or ""
    return {
        "sub-district": subdistrict_view,
        "work point": lambda s: work_point_view(s, point),
        "community": lambda s: community_view(s, community),
        "building with most alarms": lambda s: building_view(s, troubled, read_now),
        "building with most devices": lambda s: building_view(s, large, read_now),
        "device with most alarms": lambda s: device_view(s, device, read_now),
        "past of the device with most alarms": lambda s: device_past(s, device, community),
        "incident with most alarms": lambda s: incident_view(s, incident),
        "newest reading of everything": newest_reading,
        "cameras near a building": lambda s: cameras_near(
            s, building_view(s, troubled, read_now).facts, read_now
        ),
        "device, trend of 30 days": lambda s: device_trends(s, device, TrendSpan.MONTH, NOW),
        "building with most devices, trend of 24 h": lambda s: building_trends(
            s, large, TrendSpan.DAY, NOW
        ),
        "building with 30 days of readings": lambda s: building_trends(
            s, measured, TrendSpan.MONTH, NOW
        ),
    }


def histories() -> Views:
    """Return pages of the history: usual ones, and those that are hard to find."""
    usual = HistoryFilter()
    rental = HistoryFilter(category=BuildingCategory.RENTAL)
    rare = HistoryFilter(kind=AlarmKind.FIRE, category=BuildingCategory.BANK, verdict=Judged.REAL)
    month = HistoryFilter(since=date(2026, 10, 1), until=date(2026, 10, 31))
    wide, narrow, none = (HistoryFilter(text=text) for text in ("烟感", "学府", "没有这个"))
    smoke = HistoryFilter(device_kind=DeviceKind.SMOKE)
    by_kind, by_place = Order(SortKey.KIND), Order(SortKey.COMMUNITY, descending=False)
    asked = {
        "newest": (usual, Order(), 0.0),
        "in the middle": (usual, Order(), 0.5),
        "oldest": (usual, Order(), 1.0),
        "one month": (month, Order(), 0.0),
        "fires of banks that were real": (rare, Order(), 0.0),
        "rented houses, in the middle": (rental, Order(), 0.5),
        "smoke detectors": (smoke, Order(), 0.0),
        "text that much has": (wide, Order(), 0.0),
        "text that little has": (narrow, Order(), 0.0),
        "text that nothing has": (none, Order(), 0.0),
        "by kind, in the middle": (usual, by_kind, 0.5),
        "by community, rented houses": (rental, by_place, 0.0),
        "by community, rented houses, in the middle": (rental, by_place, 0.5),
    }
    return {
        f"{tab}: {name}": _page(HistoryQuery(tab, *question), share)
        for tab in Tab
        for name, (*question, share) in asked.items()
    }


def _page(query: HistoryQuery, share: float) -> Ask:
    """Return the asking for one page; the count is part of the first page alone, as on screen."""
    known: list[int] = []

    def ask(session: Session) -> object:
        if not share or not known:
            known[:] = [count_rows(session, query.tab, query.filter)]
        start = max(0, round((known[0] - PAGE) * share))
        return read_page(session, query, start, PAGE, known[0])

    return ask


def exports(database: Database) -> None:
    """Report how fast a file is written and how much memory that takes, over 200,000 alarms."""
    shown = Shown("zh", NOW)
    head = titles(Tab.ALARMS, shown)
    writers: dict[str, Callable[[Rows], Iterator[bytes]]] = {
        "csv": lambda parts: csv_chunks(head, parts),
        "xlsx": lambda parts: xlsx_chunks("t", head, parts),
    }
    for name, write in writers.items():
        records = read_all(database, Tab.ALARMS, HistoryFilter())
        parts = (
            [cells(Tab.ALARMS, record, shown) for record in some]
            for some in itertools.islice(records, EXPORTED // EXPORT_STEP)
        )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        size = sum(len(chunk) for chunk in write(parts))
        seconds = time.perf_counter() - started
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        report(
            f"export {name}",
            rows_per_s=round(EXPORTED / seconds),
            megabytes=round(size / 1e6, 1),
            more_memory_mb=round(more / 1000, 1),
        )


def main(
    devices: int = 50_000,
    alarms: int = 1_000_000,
    runs: int = 20,
    path: Annotated[Path, typer.Option(help="kept; used again if it is there")] = Path(
        "var/bench/past.db"
    ),
) -> None:
    """Make the past if it is not there, and measure everything once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = make_past(path, devices, alarms)
    for name, ask in {**drilldowns(database), **histories()}.items():
        measure(database, name, ask, runs)
    exports(database)
    database.close()


if __name__ == "__main__":
    typer.run(main)
