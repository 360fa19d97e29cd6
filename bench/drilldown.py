"""Server time of every drill-down: ``python -m bench.drilldown``.

Each view is asked for several times on an SQLite file with 50,000 devices and 1,000,000 past
alarms that nobody has run ANALYZE on. The views are those that have the most to show.
``bench.plans`` lists their statements with the query plans.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.harness import quantile, report, spread
from bench.past import NOW, PAST_FILE, make_past
from callbacks.desk.handling import building_here, incident_at_hand
from data.domain.drilldown import KindTrend, ReadFine, TrendSpan, finer
from data.domain.errors import NotFoundError
from data.domain.figures import FINE_S, Tally
from data.domain.views import DeviceNow
from data.domain.words import DeviceKind, Status
from data.embedded import EmbeddedRedis
from data.live import keys, rings
from data.store.cameras import cameras_near
from data.store.database import Database
from data.store.drilldown import (
    community_view,
    newest_reading,
    newest_reading_of_point,
    subdistrict_view,
    work_point_view,
)
from data.store.drilldown_building import building_view, open_alarms
from data.store.drilldown_device import device_id_of_slot, device_view
from data.store.drilldown_handling import photo_file
from data.store.drilldown_incident import incident_view
from data.store.drilldown_past import device_past
from data.store.incident_views import incident_facts, incidents_without_alarms, open_incidents
from data.store.incident_views import incident_view as incident_answer
from data.store.models import AlarmRow, Building, Device, Incident, ReadingHour, WorkPoint
from data.store.neighbours import names_beside
from data.store.trends import building_trends, device_trends, measuring
from layouts.shown import Shown
from tests.statements import statements

GOAL_MS: Final = 200
SHOWN: Final = Shown("zh", NOW, may_command=True)
Ask = Callable[[Any], object]
Views = dict[str, Ask]


def read_now(device_ids: Sequence[str]) -> dict[str, DeviceNow]:
    """Stand in for Redis, which is not what is measured."""
    return {key: DeviceNow(Status.NORMAL, NOW, NOW, NOW, {"smoke_pct": 1.0}) for key in device_ids}


def measure(database: Database, name: str, ask: Ask, runs: int) -> None:
    """Report how long one view takes and how many statements it sends."""
    times, cpu = [], []
    with statements(database) as sent:
        for _ in range(runs + 1):
            started, used = time.perf_counter(), time.process_time()
            with database.reading() as session:
                ask(session)
            cpu.append((time.process_time() - used) * 1000)
            times.append((time.perf_counter() - started) * 1000)
    report(
        name,
        goal_ms=GOAL_MS,
        within=quantile(times[1:], 0.95) <= GOAL_MS,
        statements=len(sent) // len(times),
        first=round(times[0], 1),
        cpu_p50=round(quantile(cpu[1:], 0.5), 1),
        **spread(times[1:]),
    )


def drilldowns(database: Database, read_fine: ReadFine) -> Views:
    """Return the views of the fullest community, buildings, device and incidents."""
    with database.reading() as session:

        def most(column: Any) -> str:
            query = select(column).where(column.is_not(None)).group_by(column)
            return str(session.scalar(query.order_by(func.count().desc(), column).limit(1)))

        point = session.scalar(select(func.min(WorkPoint.id))) or ""
        community = most(Building.community_code)
        troubled, large = most(AlarmRow.building_id), most(Device.building_id)
        device, incident = most(AlarmRow.device_id), most(AlarmRow.incident_id)
        at_hand = _open_incident(session)
        measured = session.scalar(select(func.min(Device.building_id))) or ""
        smoke = select(func.min(ReadingHour.device_id)).where(ReadingHour.value == "smoke_pct")
        one = session.scalar(smoke) or ""
    return {
        "sub-district": subdistrict_view,
        "work point": lambda s: work_point_view(s, point),
        "community": lambda s: community_view(s, community),
        "building with most alarms": lambda s: building_view(s, troubled, read_now),
        "building with most devices": lambda s: building_view(s, large, read_now),
        "device with most alarms": lambda s: device_view(s, device, read_now),
        "past of the device with most alarms": lambda s: device_past(s, device, community),
        "incident with most alarms": lambda s: incident_view(s, incident),
        **_at_work(*at_hand),
        "device by its slot": lambda s: device_id_of_slot(s, "0"),
        "newest reading of everything": newest_reading,
        "newest reading of a community": lambda s: newest_reading(s, community=community),
        "newest reading of a work point": lambda s: newest_reading_of_point(s, point),
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
        "building with most devices, 24 h by ten minutes": lambda s: by_ten_minutes(
            building_trends(s, large, TrendSpan.DAY, NOW),
            measuring(s, building_id=large),
            read_fine,
        ),
        "device, 24 h by ten minutes": lambda s: by_ten_minutes(
            device_trends(s, one, TrendSpan.DAY, NOW), measuring(s, device_id=one), read_fine
        ),
    }


def by_ten_minutes(
    trends: tuple[KindTrend, ...], devices: dict[str, DeviceKind], read_fine: ReadFine
) -> tuple[KindTrend, ...]:
    """Return what the page draws; all rings are full (:func:`full_rings`)."""
    found = finer(trends, read_fine(devices, NOW))
    if not any(len(trend.series.points) >= rings.SLOTS - 1 for trend in found):
        raise RuntimeError("no ring was read")
    return found


@contextlib.contextmanager
def full_rings(database: Database) -> Iterator[ReadFine]:
    """Run a Redis in which every device has a value in each ten minutes of the last 24 hours."""
    with EmbeddedRedis() as server, Redis.from_url(server.url) as redis:
        with database.reading() as session:
            kinds = {row.id: row.kind for row in session.execute(select(Device.id, Device.kind))}
        newest = int(NOW.timestamp()) // FINE_S
        whole = {}
        for kind, names in rings.VALUES.items():
            ring = bytearray(rings.ring_bytes(kind))
            for number in range(newest - rings.SLOTS + 1, newest + 1) if names else ():
                figures = dict.fromkeys(names, (3, 3.0 * (number % 9), 0.5, 9.5))
                at, written, _ = rings.slot_written(kind, Tally(number * FINE_S, figures)) or (
                    0,
                    b"",
                    0,
                )
                ring[at : at + len(written)] = written
            whole[kind] = bytes(ring)
        pipe = redis.pipeline(transaction=False)
        for device_id, kind in kinds.items():
            pipe.set(keys.ring(device_id), whole[kind])
        pipe.execute()
        yield rings.reader(redis)


def _open_incident(session: Session) -> tuple[int, str]:
    """Return the open incident of a building that has most alarms, and the building."""
    row = session.execute(
        select(Incident.id, Incident.building_id)
        .join(AlarmRow, AlarmRow.incident_id == Incident.id)
        .where(Incident.closed_at.is_(None), Incident.building_id.is_not(None))
        .group_by(Incident.id, Incident.building_id)
        .order_by(func.count().desc(), Incident.id)
    ).first()
    if row is None:
        raise RuntimeError("the demo town has no open incident in a building")
    return row.id, row.building_id


def _at_work(incident: int, building: str) -> Views:
    """Return what is asked while somebody works on an incident."""

    def here(session: Session) -> object:
        alarms = open_alarms(session, building_id=building)
        return building_here(session, building, alarms, SHOWN)

    def hand_over(session: Session) -> object:
        building_view(session, building, read_now)
        return incident_facts(session, incident), names_beside(session, building)

    def photo(session: Session) -> None:
        # The demo town has no photos; the statement is the same.
        with contextlib.suppress(NotFoundError):
            photo_file(session, incident, 1)

    return {
        "open incident: steps, checklist, photos, others, whom to call, water": lambda s: (
            incident_at_hand(s, str(incident), read_now)
        ),
        "building with an open incident: what goes on": here,
        "hand-over record for 119": hand_over,
        "open incident as the stream tells it": lambda s: incident_answer(s, incident),
        "all open incidents": open_incidents,
        "open incidents without open alarms": incidents_without_alarms,
        "photo of an incident": photo,
    }


def main(
    devices: int = 50_000,
    alarms: int = 1_000_000,
    runs: int = 20,
    path: Annotated[Path, typer.Option(help="kept; used again if it is there")] = PAST_FILE,
) -> None:
    """Make the past if it is not there, and measure every view."""
    database = make_past(path, devices, alarms)
    with full_rings(database) as read_fine:
        for name, ask in drilldowns(database, read_fine).items():
            measure(database, name, ask, runs)
    database.close()


if __name__ == "__main__":
    typer.run(main)
