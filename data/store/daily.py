"""The wall's day from SQL: a constant number of statements."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.domain.daily import HOURS, DayReport, day_span, usual_days
from data.domain.kpis import Figures
from data.domain.weeks import SHANGHAI, Comparison, Span, compare_spans, recorded, week_to_show
from data.store import week_alarms, week_places
from data.store.database import Database
from data.store.events import AlarmRow
from data.store.spans import local_hour, which, within_any
from data.store.week_alarms import Counted


def read_day(database: Database, now: datetime) -> DayReport:
    """Return today's hours against the usual, and the week's figures, as of ``now`` (aware)."""
    local = now.astimezone(SHANGHAI)
    spans = compare_spans(week_to_show(now), now)
    with database.reading() as session:
        since = week_places.recorded_since(session)
        today, *usual = _hours(session, [day_span(local.date()), *_usual_spans(now)])
        counted = week_alarms.count_alarms(session, _three(spans))
        this, last, year_ago = _figures(session, spans, counted, since)
    return DayReport(
        day=local.date(),
        at=now,
        hours=tuple(today[: local.hour + 1]),
        usual=tuple(float(median(counts)) for counts in zip(*usual, strict=True)),
        spans=spans,
        this=this,
        last=last,
        year_ago=year_ago,
        communities=dict(counted[0].communities),
    )


def _usual_spans(now: datetime) -> list[Span]:
    return [day_span(day) for day in usual_days(now.astimezone(SHANGHAI).date())]


def _three(spans: Comparison) -> tuple[Span, Span, Span]:
    return spans.this, spans.last, spans.year_ago


def _hours(session: Session, spans: Sequence[Span]) -> list[list[int]]:
    """Count the alarms of each day by hour."""
    day, hour = which(AlarmRow.raised_at, spans), local_hour(AlarmRow.raised_at)
    counts = [[0] * HOURS for _ in spans]
    for index, at, count in session.execute(
        select(day, hour, func.count())
        .where(within_any(AlarmRow.raised_at, spans))
        .group_by(day, hour)
    ):
        counts[index][at] = count
    return counts


def _figures(
    session: Session, spans: Comparison, counted: Sequence[Counted], since: datetime | None
) -> list[Figures | None]:
    responses = week_alarms.response_times(session, _three(spans))
    fires = week_places.count_fires(session, _three(spans))
    found = [
        Figures(
            alarms=dict(count.kinds), verdicts=dict(count.verdicts), response=answered, fires=burnt
        )
        for count, answered, burnt in zip(counted, responses, fires, strict=True)
    ]
    known = recorded(spans, since)
    return [figures if is_known else None for figures, is_known in zip(found, known, strict=True)]
