"""The drill-down of one device and its trend."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.domain.errors import NotFoundError
from data.domain.rules import RULES
from data.domain.views import (
    DeviceView,
    ReadNow,
    StatusChangeView,
    TrendPoint,
    TrendSeries,
)
from data.domain.words import DeviceKind, Status
from data.store.drilldown import place_of
from data.store.drilldown_building import open_alarms
from data.store.models import Building, Community, Device, ReadingHour, StatusChange, WorkPoint

CHANGES_LISTED = 20
TREND_SPAN = timedelta(hours=24)
#: No town has a billion devices.
SLOT_DIGITS = 9


def device_view(session: Session, device_id: str, read_now: ReadNow) -> DeviceView:
    """Return one device with its last values and history.

    Raises
    ------
    NotFoundError
        If there is no such device.
    """
    found = session.execute(
        select(Device, Community, WorkPoint, Building.name)
        .join(Community, Community.code == Device.community_code)
        .join(WorkPoint, WorkPoint.id == Community.work_point_id)
        .outerjoin(Building, Building.id == Device.building_id)
        .where(Device.id == device_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"no device {device_id!r}")
    device, community, point, building = found
    return DeviceView(
        id=device.id,
        slot=device.slot,
        kind=device.kind,
        name=device.name,
        location=device.location,
        interval_s=device.interval_s,
        installed_at=device.installed_at,
        disabled=device.disabled,
        demo=device.demo,
        community=place_of(community),
        work_point=place_of(point),
        building_id=device.building_id,
        building_name=building,
        now=read_now([device_id]).get(device_id),
        rules=RULES[device.kind],
        alarms=open_alarms(session, device_id=device_id),
        history=_history(session, device_id),
    )


def device_id_of_slot(session: Session, slot: str) -> str:
    """Return the id of the device in a slot; raises NotFoundError if there is none."""
    found = None
    if slot.isdecimal() and len(slot) <= SLOT_DIGITS:
        found = session.scalar(select(Device.id).where(Device.slot == int(slot)))
    if found is None:
        raise NotFoundError(f"no device in slot {slot!r}")
    return found


def device_trend(session: Session, device_id: str, now: datetime) -> tuple[TrendSeries, ...]:
    """Return the last 24 hours of every value of a device, by hour.

    Raises
    ------
    NotFoundError
        If there is no such device.
    """
    kind = session.scalar(select(Device.kind).where(Device.id == device_id))
    if kind is None:
        raise NotFoundError(f"no device {device_id!r}")
    rows = session.scalars(
        select(ReadingHour)
        .where(ReadingHour.device_id == device_id, ReadingHour.hour > now - TREND_SPAN)
        .where(ReadingHour.hour <= now)
        .order_by(ReadingHour.hour)
    ).all()
    return tuple(_series(kind, value, rows) for value in dict.fromkeys(row.value for row in rows))


def _series(kind: DeviceKind, value: str, rows: Sequence[ReadingHour]) -> TrendSeries:
    points = tuple(
        TrendPoint(row.hour, row.total / row.count, row.low, row.high)
        for row in rows
        if row.value == value
    )
    return TrendSeries(value, points, tuple(r for r in RULES[kind] if r.value == value))


def _history(session: Session, device_id: str) -> tuple[StatusChangeView, ...]:
    rows = session.scalars(
        select(StatusChange)
        .where(StatusChange.device_id == device_id)
        .order_by(StatusChange.at.desc(), StatusChange.id.desc())
        .limit(CHANGES_LISTED)
    )
    return tuple(
        StatusChangeView(row.at, Status(row.before), Status(row.after), row.reason) for row in rows
    )
