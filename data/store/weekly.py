"""The leaders' week from SQL: a constant number of statements, whatever the town's size."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from data.domain.kpis import Figures, Rates, rates, top_share
from data.domain.weekly import Behaviour, WeekReport
from data.domain.weeks import Comparison, NoRecordError, Span, Week, compare_spans, recorded
from data.store import week_alarms, week_places, week_risk
from data.store.database import Database
from data.store.spans import DAY_S, SHANGHAI_S
from data.store.week_alarms import Counted

#: Statements of one report, but one for what the risk map had not foreseen; a test holds them.
STATEMENTS: Final = 21


def read_week(database: Database, week: Week, now: datetime) -> WeekReport:
    """Return the report of a week as it stands at ``now`` (aware).

    Raises
    ------
    WeekError
        If the week has not begun, or was over before anything was recorded.
    """
    spans = compare_spans(week, now)
    with database.reading() as session:
        since = week_places.recorded_since(session)
        known = recorded(spans, since)
        if not known[0]:
            raise NoRecordError(week, since)
        return _read(session, spans, known, now)


def read_days(
    database: Database, week: Week, now: datetime
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the alarms of each day (this week so far, the whole week before), Monday first.

    A week before the first record has no days.

    Raises
    ------
    WeekError
        If the week has not begun.
    """
    spans = compare_spans(week, now)
    both = (spans.this, week.shifted(-1).span)
    with database.reading() as session:
        since = week_places.recorded_since(session)
        this, last = week_alarms.count_alarms(session, both)
    before = _daily(last.days, both[1]) if both[1].is_recorded(since) else ()
    return _daily(this.days, both[0]), before


def _read(
    session: Session, spans: Comparison, known: tuple[bool, bool, bool], now: datetime
) -> WeekReport:
    three = (spans.this, spans.last, spans.year_ago)
    counted = week_alarms.count_alarms(session, three)
    figures = _figures(session, three, counted)
    hazards = week_places.open_hazards(session, spans.this.end)
    return WeekReport(
        spans=spans,
        at=now,
        demo=week_places.shows_demo(session),
        this=figures[0],
        last=figures[1] if known[1] else None,
        year_ago=figures[2] if known[2] else None,
        communities=week_places.communities(
            session,
            [
                one.communities if is_known else None
                for one, is_known in zip(counted, known, strict=True)
            ],
            hazards,
        ),
        behaviour=_behaviour(session, spans, figures[0].alarm_count),
        devices=week_places.device_figures(session),
        coverage=week_places.coverage(session),
        hazards_open=sum(count for count, _ in hazards.values()),
        hazards_overdue=sum(late for _, late in hazards.values()),
        fires=week_places.fires_of(session, spans.this),
        tasks=week_places.programme(session),
        risk=week_risk.risk_of(session, spans.week),
    )


def _figures(session: Session, spans: Sequence[Span], counted: Sequence[Counted]) -> list[Figures]:
    incidents = week_alarms.count_incidents(session, spans)
    responses = week_alarms.response_times(session, spans)
    fires = week_places.count_fires(session, spans)
    hazards = week_places.count_hazards(session, spans)
    inspections = week_places.count_inspections(session, spans)
    return [
        Figures(
            alarms=dict(counted[i].kinds),
            verdicts=dict(counted[i].verdicts),
            incidents=incidents[i],
            response=responses[i],
            fires=fires[i],
            hazards_found=hazards[i][0],
            hazards_closed=hazards[i][1],
            inspections=inspections[i],
            daily=_daily(counted[i].days, span),
        )
        for i, span in enumerate(spans)
    ]


def _daily(days: Mapping[int, int], span: Span) -> tuple[int, ...]:
    first = _local_day(span.start)
    last = _local_day(span.end - timedelta(microseconds=1))
    return tuple(days.get(day, 0) for day in range(first, last + 1))


def _local_day(moment: datetime) -> int:
    return (int(moment.timestamp()) + SHANGHAI_S) // DAY_S


def _behaviour(session: Session, spans: Comparison, alarms: int) -> Behaviour:
    this, last = week_alarms.count_periods(session, (spans.this, spans.last))
    top = week_alarms.top_sources(session, spans.this)
    return Behaviour(
        rates=_rates(this, spans.this),
        rates_last=_rates(last, spans.last),
        top=top,
        top_share=top_share([source.alarms for source in top], alarms),
        chattering=week_alarms.chattering(session, spans.this),
        fleeting=week_alarms.count_fleeting(session, spans.this),
        stale=week_alarms.count_stale(session, spans.this),
    )


def _rates(counts: Mapping[int, int], span: Span) -> Rates:
    return rates(counts, int(span.start.timestamp()), int(span.end.timestamp()))
