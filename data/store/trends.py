"""Trends of a device or a building, brought down to the points of a chart by the database."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data.domain.drilldown import KindTrend, TrendSpan
from data.domain.errors import NotFoundError
from data.domain.rules import Rules
from data.domain.views import TrendPoint, TrendSeries
from data.domain.words import DeviceKind
from data.store.models import Building, Device, ReadingHour
from data.store.rules import read_rules
from data.store.spans import epoch_s


def device_trends(
    session: Session, device_id: str, span: TrendSpan, now: datetime
) -> tuple[KindTrend, ...]:
    """Return the trend of every value of a device.

    Raises
    ------
    NotFoundError
        If there is no such device.
    """
    if session.scalar(select(Device.id).where(Device.id == device_id)) is None:
        raise NotFoundError(f"no device {device_id!r}")
    return _trends(session, Device.id == device_id, span, now)


def building_trends(
    session: Session, building_id: str, span: TrendSpan, now: datetime
) -> tuple[KindTrend, ...]:
    """Return the trends of a building: each value over all its devices of a kind together.

    Raises
    ------
    NotFoundError
        If there is no such building.
    """
    if session.scalar(select(Building.id).where(Building.id == building_id)) is None:
        raise NotFoundError(f"no building {building_id!r}")
    return _trends(session, Device.building_id == building_id, span, now)


def _trends(
    session: Session, which: ColumnElement[bool], span: TrendSpan, now: datetime
) -> tuple[KindTrend, ...]:
    width = round(span.bucket.total_seconds())
    bucket = (epoch_s(ReadingHour.hour) // width).label("bucket")
    rows = session.execute(
        select(
            Device.kind,
            ReadingHour.value,
            bucket,
            func.sum(ReadingHour.total) / func.sum(ReadingHour.count),
            func.min(ReadingHour.low),
            func.max(ReadingHour.high),
            func.count(Device.id.distinct()),
        )
        .join(Device, Device.id == ReadingHour.device_id)
        .where(which, ReadingHour.hour > now - span.length, ReadingHour.hour <= now)
        .group_by(Device.kind, ReadingHour.value, bucket)
        .order_by(Device.kind, ReadingHour.value, bucket)
    )
    rules = read_rules(session)
    return tuple(
        _trend(kind, value, list(part), width, rules)
        for (kind, value), part in groupby(rows, key=lambda row: (row[0], row[1]))
    )


def _trend(
    kind: DeviceKind, value: str, rows: Iterable[Any], width: int, rules: Rules
) -> KindTrend:
    points, devices = [], 0
    for _kind, _value, bucket, mean, low, high, count in rows:
        at = datetime.fromtimestamp(bucket * width, UTC)
        points.append(TrendPoint(at, float(mean), low, high))
        devices = max(devices, count)
    drawn = tuple(rule for rule in rules[kind] if rule.value == value)
    return KindTrend(kind, devices, TrendSeries(value, tuple(points), drawn))
