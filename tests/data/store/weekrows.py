"""Rows for the week's tests: two communities, two devices, and whatever happens in them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, Status
from data.store.database import Database
from data.store.models import AlarmRow, Base, DeviceState, WorkPoint
from tests.cast import HOUYANG, LAT, LON, SHATANG, building, community, device

#: Monday 16 November 2026, 00:00 in Shanghai: the first moment of 2026-W47.
MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)
#: Long after the week's end.
LATER = MONDAY + timedelta(days=30)

_numbers = count(1)


def ground(database: Database) -> None:
    """Insert two communities, two buildings (one of them watched) and two devices."""
    add(database, WorkPoint(id="A", name="沙塘片", name_en="A", lon=LON, lat=LAT))
    add(
        database,
        community(SHATANG, "沙塘社区", "Shatang Community", 118.58, figures_assumed=False),
        community(HOUYANG, "后洋社区", "Houyang Community", 118.60, figures_assumed=True),
    )
    plain: dict[str, Any] = {"grid_id": None, "demo": False}
    required = {"ebike_charging_required": True, "ebike_charging_present": True}
    add(
        database,
        building("B1", "学府路 12 号", BuildingCategory.RENTAL, **plain, **required),
        building("B2", "学府路 14 号", BuildingCategory.RENTAL, **plain),
    )
    add(
        database,
        device("S1", 0, DeviceKind.SMOKE, "烟感 01", demo=False),
        device("P1", 1, DeviceKind.PRESSURE, "水压 01", building_id=None, demo=False),
    )
    add(database, DeviceState(device_id="S1", status=int(Status.NORMAL), since=MONDAY, values={}))


def add(database: Database, *rows: Base) -> None:
    with database.writing() as session:
        session.add_all(rows)


def alarm(at: datetime, **more: Any) -> AlarmRow:
    """A fire alarm of S1, raised and received at a moment; nothing else happened to it."""
    facts: dict[str, Any] = {
        "device_id": "S1",
        "building_id": "B1",
        "community_code": SHATANG,
        "message_id": f"m{next(_numbers)}",
        "kind": AlarmKind.FIRE,
        "cause": "smoke_fire",
        "raised_at": at,
        "received_at": at,
        "last_at": at,
    }
    return AlarmRow(**(facts | more))


def closed(at: datetime, **more: Any) -> AlarmRow:
    """An alarm that was cleared and closed a minute after it was raised."""
    end = at + timedelta(minutes=1)
    return alarm(at, cleared_at=end, closed_at=end, closed_by="duty", **more)
