from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, update

from data.domain.kpis import Flood
from data.domain.weeks import NoRecordError, WeekError, parse_week
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, Outcome, Status, Verdict
from data.risk import weeks
from data.risk.weeks import load_town
from data.store.models import (
    Fire,
    Hazard,
    Incident,
    Inspection,
    ProgrammeTask,
    RiskForecast,
    RiskScore,
)
from data.store.weekly import STATEMENTS, read_days, read_week
from tests.cast import HOUYANG, LAT, LON, SHATANG
from tests.data.store.weekrows import LATER, MONDAY, add, alarm, closed, ground

WEEK = parse_week("2026-W47")
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def week_database(request):
    found = request.getfixturevalue(request.param)
    ground(found)
    return found


@pytest.fixture
def town(database):
    ground(database)
    return database


@contextmanager
def counted(database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def test_alarms_are_counted_in_the_week_of_shanghai(week_database):
    add(
        week_database,
        alarm(MONDAY - SECOND),  # last second of W46
        alarm(MONDAY),
        alarm(MONDAY + 7 * DAY - SECOND, kind=AlarmKind.FAULT, community_code=HOUYANG),
        alarm(MONDAY + 7 * DAY),  # first second of W48
        alarm(MONDAY - 364 * DAY),  # first second of 2025-W47
    )
    report = read_week(week_database, WEEK, LATER)
    assert report.this.alarms == {AlarmKind.FIRE: 1, AlarmKind.FAULT: 1}
    assert report.last.alarms == {AlarmKind.FIRE: 1}
    assert report.year_ago.alarms == {AlarmKind.FIRE: 1}
    assert report.this.daily == (1, 0, 0, 0, 0, 0, 1)
    assert {row.code: (row.this, row.last, row.year_ago) for row in report.communities} == {
        SHATANG: (1, 1, 1),
        HOUYANG: (1, 0, 0),
    }


def test_running_week_ends_now_and_so_do_the_others(week_database):
    now = MONDAY + DAY + HOUR
    add(week_database, alarm(MONDAY - 8 * DAY))  # what is recorded begins before the two weeks
    add(week_database, alarm(MONDAY), alarm(MONDAY - 6 * DAY), alarm(MONDAY - 5 * DAY))
    report = read_week(week_database, WEEK, now)
    assert report.spans.running
    assert report.this.daily == (1, 0)
    assert report.last is not None
    assert report.last.alarm_count == 1  # of Tuesday only the first hour, not Wednesday


def test_response_is_the_nearest_rank_of_fires_and_prealarms(week_database):
    waits = [10, 20, 30, 40, 50, 60, 70, 80, 90, 500]
    rows = [
        closed(MONDAY + n * HOUR, acked_at=MONDAY + n * HOUR + wait * SECOND)
        for n, wait in enumerate(waits)
    ]
    fault = closed(MONDAY, kind=AlarmKind.FAULT, acked_at=MONDAY + 9 * HOUR)
    add(week_database, *rows, fault, alarm(MONDAY))
    response = read_week(week_database, WEEK, LATER).this.response
    assert (response.answered, response.median_s, response.p90_s) == (10, 50.0, 90.0)


def test_false_share_comes_from_the_verdicts(week_database):
    add(
        week_database,
        *(closed(MONDAY + n * HOUR, verdict=Verdict.FALSE) for n in range(3)),
        closed(MONDAY, verdict=Verdict.REAL),
        closed(MONDAY, verdict=Verdict.TEST),
        closed(MONDAY, verdict=Verdict.FALSE, kind=AlarmKind.FAULT),
        *(
            Incident(
                community_code=SHATANG,
                kind=AlarmKind.FIRE,
                opened_at=MONDAY,
                last_at=MONDAY,
                closed_at=ended,
                verdict=verdict,
            )
            for ended, verdict in ((MONDAY, Verdict.REAL), (MONDAY, None), (None, None))
        ),
    )
    report = read_week(week_database, WEEK, LATER)
    assert report.this.false_share == pytest.approx(0.75)
    assert report.this.incidents == {Outcome.REAL: 1, Outcome.RECOVERED: 1, None: 1}


def test_behaviour_finds_flood_sources_and_chatter(week_database):
    flood = [closed(MONDAY + HOUR + n * 40 * SECOND, device_id="P1") for n in range(12)]
    alone = closed(MONDAY + 3 * DAY)
    brief = alarm(MONDAY + 2 * DAY, cleared_at=MONDAY + 2 * DAY + 9 * SECOND)
    add(week_database, *flood, alone, brief)
    found = read_week(week_database, WEEK, LATER).behaviour
    start = int((MONDAY + HOUR).timestamp())
    assert found.rates.floods == (Flood(start, 1, 12, 12),)
    assert found.rates.mean == pytest.approx(14 / 1008)
    assert [(source.device_id, source.alarms) for source in found.top] == [("P1", 12), ("S1", 2)]
    assert found.top_share == pytest.approx(1.0)
    assert [(row.device_id, row.raises) for row in found.chattering] == [("P1", 12)]
    assert found.fleeting == 1


def test_two_raises_in_five_minutes_do_not_chatter(week_database):
    add(week_database, closed(MONDAY), closed(MONDAY + 4 * MINUTE), closed(MONDAY + 6 * MINUTE))
    assert read_week(week_database, WEEK, LATER).behaviour.chattering == ()


def test_stale_alarms_stood_a_day_at_the_end_of_the_week(week_database):
    end = MONDAY + 7 * DAY
    add(
        week_database,
        alarm(end - 25 * HOUR),  # open and active: stale
        alarm(end - 23 * HOUR),  # not a day yet
        alarm(end - 3 * DAY, cleared_at=end - DAY),  # over before the end
        alarm(end - 3 * DAY, closed_at=end + DAY, cleared_at=end + DAY),  # closed since: stale
        alarm(end - 90 * DAY),  # stands from before the week: stale
    )
    assert read_week(week_database, WEEK, LATER).behaviour.stale == 3


def test_hazards_fires_and_inspections(week_database):
    end = MONDAY + 7 * DAY
    hazard = {"building_id": "B1", "kind": "wiring"}
    add(
        week_database,
        Inspection(building_id="B1", at=MONDAY, inspector="网格员 03", result="failed"),
        Hazard(**hazard, found_at=MONDAY, due_at=MONDAY + DAY),  # open, overdue
        Hazard(**hazard, found_at=MONDAY - DAY, closed_at=MONDAY),  # closed in the week
        Hazard(
            **hazard, found_at=MONDAY - DAY, closed_at=end + DAY, due_at=end + DAY
        ),  # still open
        Hazard(**hazard, found_at=end),  # found after the week
        Fire(at=MONDAY, building_id="B1", community_code=SHATANG, lon=LON, lat=LAT, cause="ebike"),
    )
    report = read_week(week_database, WEEK, LATER)
    now = report.this
    assert (now.inspections, now.hazards_found, now.hazards_closed, now.fires) == (1, 1, 1, 1)
    assert (report.hazards_open, report.hazards_overdue) == (2, 1)
    assert [(fire.building, fire.cause, fire.monitored) for fire in report.fires] == [
        ("学府路 12 号", "ebike", False)
    ]


def test_devices_coverage_and_programme_stand_as_they_are(week_database):
    add(
        week_database,
        alarm(MONDAY),
        ProgrammeTask(name="烟感全覆盖", unit="安监办", due=date(2026, 6, 30), progress_pct=80),
    )
    report = read_week(week_database, WEEK, LATER)
    assert {row.kind: dict(row.by_status) for row in report.devices} == {
        DeviceKind.SMOKE: {Status.NORMAL: 1},
        DeviceKind.PRESSURE: {Status.STALE: 1},  # never heard of
    }
    (rental,) = report.coverage
    assert (rental.category, rental.buildings, rental.watched) == (BuildingCategory.RENTAL, 2, 1)
    assert (rental.charging_required, rental.charging_present) == (1, 1)
    (task,) = report.tasks
    assert task.late(date(2026, 7, 1))
    assert not report.demo


def test_empty_week_is_empty_and_not_an_error(week_database):
    add(week_database, alarm(MONDAY - 1000 * DAY))
    report = read_week(week_database, parse_week("2024-W10"), LATER)
    assert report.this.alarm_count == 0
    assert report.this.false_share is None
    assert report.this.response.median_s is None
    assert report.this.daily == (0,) * 7
    assert report.behaviour.rates.mean == 0.0


def test_what_was_not_recorded_yet_is_unknown(week_database):
    add(week_database, alarm(MONDAY + 2 * DAY), alarm(MONDAY + 8 * DAY))
    report = read_week(week_database, WEEK, LATER)
    assert (report.this.alarm_count, report.last, report.year_ago) == (1, None, None)
    assert [(row.this, row.last, row.year_ago) for row in report.communities] == [
        (1, None, None),
        (0, None, None),
    ]
    assert read_days(week_database, WEEK, LATER)[1] == ()
    # The first week was recorded in part, so nothing is compared with it.
    assert read_week(week_database, WEEK.shifted(1), LATER).last is None


def test_week_before_the_first_record_is_refused(week_database):
    with pytest.raises(NoRecordError) as nothing:
        read_week(week_database, WEEK, LATER)
    assert nothing.value.since is None
    first = Hazard(building_id="B1", kind="wiring", found_at=MONDAY + 7 * DAY)
    add(week_database, first, alarm(MONDAY + 8 * DAY))
    with pytest.raises(NoRecordError) as before:
        read_week(week_database, WEEK, LATER)
    assert before.value.since == MONDAY + 7 * DAY
    assert read_week(week_database, WEEK, MONDAY + DAY).this.alarm_count == 0  # it is running


def test_week_that_has_not_begun_is_refused(town):
    with pytest.raises(WeekError):
        read_week(town, parse_week("2027-W10"), LATER)


def test_statements_do_not_grow_with_rows(town):
    add(town, alarm(MONDAY))
    with counted(town) as first:
        read_week(town, WEEK, LATER)
    add(town, *(alarm(MONDAY + n * HOUR) for n in range(40)))
    with counted(town) as second:
        read_week(town, WEEK, LATER)
    assert (len(first), len(second)) == (STATEMENTS, STATEMENTS)


def test_alarms_are_found_by_index(town):
    with town.reading() as session:
        connection = session.connection()
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM alarm "
            "WHERE raised_at >= '2026-11-16' AND raised_at < '2026-11-23'"
        ).fetchall()
    assert "INDEX ix_alarm_by_time (raised_at>? AND raised_at<?)" in str(plan)


def test_days_of_a_running_week_stop_today_but_not_the_week_before(week_database):
    add(week_database, alarm(MONDAY - 8 * DAY))
    add(week_database, alarm(MONDAY + HOUR), alarm(MONDAY - HOUR), alarm(MONDAY - HOUR))
    this, last = read_days(week_database, WEEK, MONDAY + DAY + HOUR)
    assert this == (1, 0)
    assert last == (0, 0, 0, 0, 0, 0, 2)


def test_a_week_without_a_forecast_says_nothing_of_one(town):
    add(town, alarm(MONDAY))
    assert read_week(town, WEEK, LATER).risk is None


def frozen_and_scored(database):
    """Freeze the week before it begins, let something burn in it, and score it."""
    add(database, Fire(at=MONDAY + DAY, building_id="B1", **PLACE))
    add(database, Fire(at=MONDAY + 2 * DAY, building_id=None, **PLACE))
    there = load_town(database)
    weeks.make_week(database, there, WEEK, MONDAY - HOUR)
    weeks.score_week(database, there, WEEK.monday, LATER)


PLACE = {"community_code": SHATANG, "lon": LON, "lat": LAT, "cause": "ebike"}


def test_the_forecast_of_the_week_is_held_against_what_came(week_database):
    frozen_and_scored(week_database)
    found = read_week(week_database, WEEK, LATER).risk
    assert found is not None
    assert (found.made_at, found.frozen, found.sufficient) == (MONDAY - HOUR, True, False)
    assert found.score is not None
    assert found.score.events == 2
    hits = found.score.hits["model"]["10"]
    assert [(one.at, one.building) for one in found.unforeseen] == [
        (at, building)
        for at, building, hit in zip(
            (MONDAY + DAY, MONDAY + 2 * DAY), ("学府路 12 号", None), hits, strict=True
        )
        if hit == 0
    ]


def test_what_was_not_foreseen_is_named(week_database):
    frozen_and_scored(week_database)
    with week_database.writing() as session:
        row = session.get_one(RiskScore, WEEK.monday)
        missed = [[(MONDAY + DAY).timestamp(), "B1"], [(MONDAY + 2 * DAY).timestamp(), ""]]
        row.figures = {**row.figures, "missed": missed}
    found = read_week(week_database, WEEK, LATER).risk
    assert [(one.at, one.place, one.building) for one in found.unforeseen] == [
        (MONDAY + DAY, "沙塘社区", "学府路 12 号"),
        (MONDAY + 2 * DAY, "", None),
    ]


def test_a_forecast_that_was_changed_is_no_forecast(week_database):
    frozen_and_scored(week_database)
    with week_database.writing() as session:
        session.execute(update(RiskForecast).values(body=b"x"))
    found = read_week(week_database, WEEK, LATER).risk
    assert found is not None
    assert (found.made_at, found.score, found.unforeseen) == (None, None, ())
