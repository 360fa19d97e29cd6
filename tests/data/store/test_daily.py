from datetime import date, timedelta

import pytest

from data.store.daily import read_day
from tests.cast import SHATANG
from tests.data.store.weekrows import MONDAY, add, alarm, ground

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def town(request):
    found = request.getfixturevalue(request.param)
    ground(found)
    return found


def test_hours_are_of_shanghai_and_end_with_the_running_one(town):
    wednesday = MONDAY + 2 * DAY
    add(town, alarm(wednesday), alarm(wednesday + 2 * HOUR), alarm(wednesday - HOUR))
    day = read_day(town, wednesday + 2.5 * HOUR)
    assert day.day == date(2026, 11, 18)
    assert day.hours == (1, 0, 1)


def test_usual_is_the_median_of_four_same_weekdays(town):
    wednesday = MONDAY + 2 * DAY
    add(
        town,
        *(alarm(wednesday - weeks * 7 * DAY + 9 * HOUR) for weeks in (1, 2, 5)),
        alarm(wednesday - DAY + 9 * HOUR),
        *(alarm(wednesday - 14 * DAY + 15 * HOUR) for _ in range(40)),  # one flood
    )
    day = read_day(town, wednesday + 12 * HOUR)
    assert day.usual[9] == pytest.approx(0.5)
    assert sum(day.usual) == pytest.approx(0.5)


def test_figures_before_the_first_record_are_unknown(town):
    add(town, alarm(MONDAY + DAY))
    running = read_day(town, MONDAY + 2 * DAY)
    assert running.this is not None
    assert (running.this.alarm_count, running.last, running.year_ago) == (1, None, None)
    assert read_day(town, MONDAY + HOUR).this is None  # last week, before anything was recorded


def test_on_a_monday_the_week_is_the_one_just_ended(town):
    add(town, alarm(MONDAY - DAY))
    day = read_day(town, MONDAY + HOUR)
    assert str(day.spans.week) == "2026-W46"
    assert not day.spans.running
    assert day.communities == {SHATANG: 1}
    assert day.this is not None
    assert day.this.alarm_count == 1
