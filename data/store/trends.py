"""Trends of a device or a building, brought down to the points of a chart by the database."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data.domain.drilldown import KindTrend, TrendSpan
from data.domain.errors import NotFoundError
from data.domain.figures import Figure, Tally, joined
from data.domain.rules import Rules
from data.domain.views import TrendPoint, TrendSeries
from data.domain.words import DeviceKind
from data.store.intake import tallies
from data.store.models import Building, Device, DeviceState, ReadingHour
from data.store.rules import read_rules
from data.store.spans import epoch_s

#: A kind of device and a value that it measures.
Which = tuple[DeviceKind, str]


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


def measuring(
    session: Session, *, device_id: str | None = None, building_id: str | None = None
) -> dict[str, DeviceKind]:
    """Return a device, or the devices of a building, each with its kind."""
    which = Device.id == device_id if building_id is None else Device.building_id == building_id
    return {
        row.id: row.kind for row in session.execute(select(Device.id, Device.kind).where(which))
    }


def _trends(
    session: Session, which: ColumnElement[bool], span: TrendSpan, now: datetime
) -> tuple[KindTrend, ...]:
    width = round(span.bucket.total_seconds())
    within = which, ReadingHour.hour > now - span.length, ReadingHour.hour <= now
    found, devices = _over(session, within, width), _measured(session, within)
    first, last = (now - span.length).timestamp(), now.timestamp()
    for device_id, kind, hour in _running(session, which):
        if not first < hour.start <= last:
            continue
        for value, figure in hour.figures.items():
            own = found.setdefault((kind, value), {})
            before = own.get(hour.start // width)
            own[hour.start // width] = figure if before is None else joined(before, figure)
            devices.setdefault((kind, value), set()).add(device_id)
    rules = read_rules(session)
    return tuple(
        KindTrend(key[0], len(devices[key]), _series(*key, found[key], width, rules))
        for key in sorted(found)
    )


def _over(
    session: Session, within: tuple[ColumnElement[bool], ...], width: int
) -> dict[Which, dict[int, Figure]]:
    """Return the hours in SQL, put together by the database."""
    bucket = (epoch_s(ReadingHour.hour) // width).label("bucket")
    rows = session.execute(
        select(
            Device.kind,
            ReadingHour.value,
            bucket,
            func.sum(ReadingHour.count),
            func.sum(ReadingHour.total),
            func.min(ReadingHour.low),
            func.max(ReadingHour.high),
        )
        .join(Device, Device.id == ReadingHour.device_id)
        .where(*within)
        .group_by(Device.kind, ReadingHour.value, bucket)
    )
    found: dict[Which, dict[int, Figure]] = {}
    for kind, value, number, count, total, low, high in rows:
        found.setdefault((kind, value), {})[number] = (int(count), float(total), low, high)
    return found


def _measured(session: Session, within: tuple[ColumnElement[bool], ...]) -> dict[Which, set[str]]:
    """Return which devices have hours in SQL."""
    rows = session.execute(
        select(Device.kind, ReadingHour.value, Device.id)
        .join(Device, Device.id == ReadingHour.device_id)
        .where(*within)
        .distinct()
    )
    found: dict[Which, set[str]] = {}
    for kind, value, device_id in rows:
        found.setdefault((kind, value), set()).add(device_id)
    return found


def _running(
    session: Session, which: ColumnElement[bool]
) -> Iterator[tuple[str, DeviceKind, Tally]]:
    """Yield the hours that are not over for their devices."""
    rows = session.execute(
        select(Device.id, Device.kind, DeviceState.figures)
        .join(DeviceState, DeviceState.device_id == Device.id)
        .where(which, DeviceState.figures.is_not(None))
    )
    for device_id, kind, figures in rows:
        hour, _fine = tallies(figures)
        yield device_id, kind, hour


def _series(
    kind: DeviceKind, value: str, buckets: dict[int, Figure], width: int, rules: Rules
) -> TrendSeries:
    points = tuple(
        TrendPoint(datetime.fromtimestamp(number * width, UTC), total / count, low, high)
        for number, (count, total, low, high) in sorted(buckets.items())
    )
    return TrendSeries(value, points, tuple(rule for rule in rules[kind] if rule.value == value))
