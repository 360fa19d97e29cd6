"""Aggregates over alarms and incidents for the leaders' week: each function is one statement."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from data.domain.kpis import (
    CHATTER_RAISES,
    CHATTER_WITHIN_S,
    FLEETING_S,
    PERIOD_S,
    STALE_AFTER_H,
    Response,
)
from data.domain.weekly import Chatter, Source
from data.domain.weeks import Span
from data.domain.words import AlarmKind, Outcome, Verdict
from data.store.events import AlarmRow, Incident
from data.store.places import Building, Community, Device
from data.store.spans import epoch_s, local_day, which, within, within_any

TOP: Final = 10
CHATTER_LISTED: Final = 5
STALE_LOOK_BACK: Final = timedelta(days=30)
#: Kinds that somebody must go and look at; the others are repaired.
URGENT: Final = (AlarmKind.FIRE, AlarmKind.PREALARM)


@dataclass(slots=True)
class Counted:
    """Alarms of one span, counted four ways."""

    kinds: dict[AlarmKind, int] = field(default_factory=lambda: defaultdict(int))
    verdicts: dict[Verdict | None, int] = field(default_factory=lambda: defaultdict(int))
    communities: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def count_alarms(session: Session, spans: Sequence[Span]) -> list[Counted]:
    """Count the alarms raised in each span by kind, verdict, community and day (since 1970)."""
    span, day = which(AlarmRow.raised_at, spans), local_day(AlarmRow.raised_at)
    by = (span, AlarmRow.kind, AlarmRow.verdict, AlarmRow.community_code, day)
    counted = [Counted() for _ in spans]
    for index, kind, verdict, community, on, count in session.execute(
        select(*by, func.count()).where(within_any(AlarmRow.raised_at, spans)).group_by(*by)
    ):
        found = counted[index]
        found.kinds[kind] += count
        found.communities[community] += count
        found.days[on] += count
        if kind in URGENT:
            found.verdicts[verdict] += count
    return counted


def count_periods(session: Session, spans: Sequence[Span]) -> list[dict[int, int]]:
    """Count the alarms of each 10-minute period by its first Unix second."""
    span = which(AlarmRow.raised_at, spans)
    period = (epoch_s(AlarmRow.raised_at) // PERIOD_S).label("period")
    found: list[dict[int, int]] = [{} for _ in spans]
    for index, start, count in session.execute(
        select(span, period, func.count())
        .where(within_any(AlarmRow.raised_at, spans))
        .group_by(span, period)
    ):
        found[index][start * PERIOD_S] = count
    return found


def count_incidents(session: Session, spans: Sequence[Span]) -> list[dict[Outcome | None, int]]:
    """Count the incidents opened in each span by how they ended (None: they are open)."""
    span, is_open = which(Incident.opened_at, spans), Incident.closed_at.is_(None)
    found: list[dict[Outcome | None, int]] = [{} for _ in spans]
    for index, verdict, still_open, count in session.execute(
        select(span, Incident.verdict, is_open, func.count())
        .where(within_any(Incident.opened_at, spans), Incident.merged_into.is_(None))
        .group_by(span, Incident.verdict, is_open)
    ):
        ended = Outcome.RECOVERED if verdict is None else Outcome(verdict)
        found[index][None if still_open else ended] = count
    return found


def response_times(session: Session, spans: Sequence[Span]) -> list[Response]:
    """Return how long fires and pre-alarms waited for a person, by nearest rank."""
    span = which(AlarmRow.raised_at, spans)
    waited = (epoch_s(AlarmRow.acked_at) - epoch_s(AlarmRow.received_at)).label("waited")
    inner = (
        select(span, waited)
        .where(
            within_any(AlarmRow.raised_at, spans),
            AlarmRow.kind.in_(URGENT),
            AlarmRow.acked_at.is_not(None),
        )
        .subquery()
    )
    rank = func.row_number().over(partition_by=inner.c.span, order_by=inner.c.waited)
    size = func.count().over(partition_by=inner.c.span)
    ranked = select(inner.c.span, inner.c.waited, rank.label("rank"), size.label("size")).subquery()
    found = [Response() for _ in spans]
    for index, count, median, p90 in session.execute(
        select(
            ranked.c.span,
            func.max(ranked.c.size),
            func.max(case((ranked.c.rank == (ranked.c.size + 1) // 2, ranked.c.waited))),
            func.max(case((ranked.c.rank == (9 * ranked.c.size + 9) // 10, ranked.c.waited))),
        ).group_by(ranked.c.span)
    ):
        found[index] = Response(count, float(median), float(p90))
    return found


def top_sources(session: Session, span: Span) -> tuple[Source, ...]:
    """Return the ten devices that raised most alarms, most first."""
    count = func.count().label("alarms")
    busiest = (
        select(AlarmRow.device_id, count)
        .where(within(AlarmRow.raised_at, span))
        .group_by(AlarmRow.device_id)
        .order_by(count.desc(), AlarmRow.device_id)
        .limit(TOP)
        .subquery()
    )
    rows = session.execute(
        select(Device, Community, Building.name, busiest.c.alarms)
        .join(busiest, busiest.c.device_id == Device.id)
        .join(Community, Community.code == Device.community_code)
        .outerjoin(Building, Building.id == Device.building_id)
        .order_by(busiest.c.alarms.desc(), Device.id)
    )
    return tuple(
        Source(
            device.id,
            device.name,
            device.kind,
            f"{community.name_short} · {building}" if building else community.name_short,
            f"{community.name_en} · {building}" if building else community.name_en,
            alarms,
        )
        for device, community, building, alarms in rows
    )


def chattering(session: Session, span: Span) -> tuple[Chatter, ...]:
    """Return the devices that raised one cause at least three times within 5 minutes."""
    at = epoch_s(AlarmRow.raised_at)
    window: dict[str, Any] = {
        "partition_by": (AlarmRow.device_id, AlarmRow.cause),
        "order_by": AlarmRow.raised_at,
    }
    earlier = func.lag(at, CHATTER_RAISES - 1).over(**window)
    raised = (
        select(AlarmRow.device_id, AlarmRow.cause, (at - earlier).label("took"))
        .where(within(AlarmRow.raised_at, span))
        .subquery()
    )
    raises = func.count().label("raises")
    worst = (
        select(raised.c.device_id, raised.c.cause, raises)
        .group_by(raised.c.device_id, raised.c.cause)
        .having(func.min(raised.c.took) <= CHATTER_WITHIN_S)
        .order_by(raises.desc(), raised.c.device_id)
        .limit(CHATTER_LISTED)
        .subquery()
    )
    rows = session.execute(
        select(Device.id, Device.name, worst.c.cause, worst.c.raises)
        .join(worst, worst.c.device_id == Device.id)
        .order_by(worst.c.raises.desc(), Device.id)
    )
    return tuple(Chatter(device, name, cause, count) for device, name, cause, count in rows)


def count_fleeting(session: Session, span: Span) -> int:
    """Count the alarms that were over before anybody could have looked."""
    took = epoch_s(AlarmRow.cleared_at) - epoch_s(AlarmRow.raised_at)
    return (
        session.scalar(
            select(func.count()).where(
                within(AlarmRow.raised_at, span),
                AlarmRow.cleared_at.is_not(None),
                took < FLEETING_S,
            )
        )
        or 0
    )


def count_stale(session: Session, span: Span) -> int:
    """Count the alarms that had been active for more than 24 h at the end of the span.

    Of those that were closed since then, only ones raised in the 30 days before count, so that an
    old week does not have to look at every alarm that came after it.
    """
    before = span.end - timedelta(hours=STALE_AFTER_H)
    still_open = select(func.count()).where(
        AlarmRow.closed_at.is_(None),
        AlarmRow.raised_at < before,
        _active_at(span.end),
    )
    closed_since = select(func.count()).where(
        within(AlarmRow.raised_at, Span(before - STALE_LOOK_BACK, before)),
        AlarmRow.closed_at >= span.end,
        _active_at(span.end),
    )
    return (
        session.scalar(select(still_open.scalar_subquery() + closed_since.scalar_subquery())) or 0
    )


def _active_at(moment: datetime) -> ColumnElement[bool]:
    return or_(AlarmRow.cleared_at.is_(None), AlarmRow.cleared_at >= moment)
