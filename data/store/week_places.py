"""Aggregates over places, devices, hazards, fires and tasks for the leaders' week."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from data.domain.weekly import CommunityWeek, Coverage, DeviceFigures, Outline, PastFire, Task
from data.domain.weeks import Span
from data.domain.words import PLATFORM_OF, DeviceKind, Status
from data.store.events import AlarmRow, DeviceState
from data.store.management import Fire, Hazard, Inspection, ProgrammeTask
from data.store.places import Building, Community, Device
from data.store.spans import which, within, within_any

#: Detail that a map of a few hundred pixels can show, in degrees (about 10 m).
OUTLINE_TOLERANCE_DEG = 1e-4


def recorded_since(session: Session) -> datetime | None:
    """Return when the first thing was recorded that a week tells of; None: nothing yet."""
    first = (AlarmRow.raised_at, Fire.at, Inspection.at, Hazard.found_at)
    row = session.execute(select(*(select(func.min(at)).scalar_subquery() for at in first))).one()
    return min((at for at in row if at is not None), default=None)


def count_in_spans(session: Session, column: Any, spans: Sequence[Span]) -> list[int]:
    """Count the rows whose time lies in each span; ``column`` is indexed."""
    span = which(column, spans)
    counts = [0] * len(spans)
    for index, count in session.execute(
        select(span, func.count()).where(within_any(column, spans)).group_by(span)
    ):
        counts[index] = count
    return counts


def count_inspections(session: Session, spans: Sequence[Span]) -> list[int]:
    """Count the inspections of each span."""
    return count_in_spans(session, Inspection.at, spans)


def count_fires(session: Session, spans: Sequence[Span]) -> list[int]:
    """Count the fires of each span."""
    return count_in_spans(session, Fire.at, spans)


def count_hazards(session: Session, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Count the hazards (found, closed) of each span."""
    found = count_in_spans(session, Hazard.found_at, spans)
    closed = count_in_spans(session, Hazard.closed_at, spans)
    return list(zip(found, closed, strict=True))


def open_hazards(session: Session, at: datetime) -> dict[str, tuple[int, int]]:
    """Count the hazards that were open at a moment, and the overdue ones, by community code."""
    overdue = func.sum(case((Hazard.due_at < at, 1), else_=0))
    rows = session.execute(
        select(Building.community_code, func.count(), overdue)
        .join(Building, Building.id == Hazard.building_id)
        .where(Hazard.found_at < at, (Hazard.closed_at.is_(None)) | (Hazard.closed_at >= at))
        .group_by(Building.community_code)
    )
    return {code: (count, late or 0) for code, count, late in rows}


def fires_of(session: Session, span: Span) -> tuple[PastFire, ...]:
    """Return the fires of a span, oldest first."""
    rows = session.execute(
        select(Fire, Community, Building.name)
        .join(Community, Community.code == Fire.community_code)
        .outerjoin(Building, Building.id == Fire.building_id)
        .where(within(Fire.at, span))
        .order_by(Fire.at, Fire.id)
    )
    return tuple(
        PastFire(
            at=fire.at,
            place=community.name,
            place_en=community.name_en,
            building=building,
            cause=fire.cause,
            severity=fire.severity,
            monitored=fire.incident_id is not None,
        )
        for fire, community, building in rows
    )


def device_figures(session: Session) -> tuple[DeviceFigures, ...]:
    """Count the devices of each kind by status, now; a device never heard of counts as silent."""
    status = func.coalesce(DeviceState.status, int(Status.STALE))
    by_kind: dict[DeviceKind, dict[Status, int]] = defaultdict(dict)
    for kind, code, count in session.execute(
        select(Device.kind, status, func.count())
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .group_by(Device.kind, status)
    ):
        by_kind[kind][Status(code)] = count
    return tuple(
        DeviceFigures(kind, PLATFORM_OF[kind], by_kind[kind])
        for kind in DeviceKind
        if kind in by_kind
    )


def coverage(session: Session) -> tuple[Coverage, ...]:
    """Count the buildings of each category, the watched ones and their e-bike charging."""
    watched = exists(select(Device.id).where(Device.building_id == Building.id))
    rows = session.execute(
        select(
            Building.category,
            func.count(),
            _how_many(watched),
            _how_many(Building.ebike_charging_required),
            _how_many(Building.ebike_charging_required & Building.ebike_charging_present),
        )
        .group_by(Building.category)
        .order_by(func.count().desc(), Building.category)
    )
    return tuple(Coverage(*row) for row in rows)


def programme(session: Session) -> tuple[Task, ...]:
    """Return the tasks of the programme in the order of their dates."""
    rows = session.scalars(select(ProgrammeTask).order_by(ProgrammeTask.due, ProgrammeTask.id))
    return tuple(Task(row.name, row.unit, row.due, row.progress_pct, row.done_on) for row in rows)


def shows_demo(session: Session) -> bool:
    """Whether any device is made up."""
    return bool(session.scalar(select(exists().where(Device.demo))))


def communities(
    session: Session,
    counts: Sequence[Mapping[str, int] | None],
    hazards: Mapping[str, tuple[int, int]],
) -> tuple[CommunityWeek, ...]:
    """Return every community with its alarms in (this, last, year ago), by code.

    A span before the first record has no counts.
    """

    def alarms(index: int, code: str) -> int | None:
        found = counts[index]
        return None if found is None else found.get(code, 0)

    return tuple(
        CommunityWeek(
            code=row.code,
            name=row.name_short,
            name_en=row.name_en,
            lon=row.lon,
            lat=row.lat,
            outlines=outlines(row.geometry),
            this=alarms(0, row.code) or 0,
            last=alarms(1, row.code),
            year_ago=alarms(2, row.code),
            open_hazards=hazards.get(row.code, (0, 0))[0],
            schematic=row.schematic,
        )
        for row in session.scalars(select(Community).order_by(Community.code))
    )


def outlines(wkb: bytes) -> tuple[Outline, ...]:
    """Return the outer rings of a (multi)polygon, simplified to about 10 m."""
    shape = shapely.from_wkb(wkb).simplify(OUTLINE_TOLERANCE_DEG)
    rings = (part.exterior for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
    return tuple(tuple((x, y) for x, y in ring.coords) for ring in rings)


def _how_many(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
