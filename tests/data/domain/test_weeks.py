from datetime import UTC, date, datetime, timedelta

import pytest

from data.domain.weeks import (
    Week,
    WeekError,
    compare_spans,
    parse_week,
    week_at,
    week_to_show,
    weeks_in,
)


def test_week_begins_on_monday_midnight_in_shanghai():
    week = parse_week("2026-W47")
    assert week.monday == date(2026, 11, 16)
    assert week.sunday == date(2026, 11, 22)
    assert week.span.start == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert week.span.end == datetime(2026, 11, 22, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "2026-W48"),
        (datetime(2025, 12, 28, 16, 0, tzinfo=UTC), "2026-W01"),
        (datetime(2021, 1, 3, 12, 0, tzinfo=UTC), "2020-W53"),
    ],
)
def test_moment_lies_in_the_week_of_shanghai(moment, name):
    assert str(week_at(moment)) == name


def test_neighbours_cross_the_year():
    assert str(parse_week("2026-W01").shifted(-1)) == "2025-W52"
    assert str(parse_week("2020-W53").shifted(1)) == "2021-W01"
    assert weeks_in(2020) == 53


def test_year_before_week_53_is_the_last_week_of_the_year_before():
    assert parse_week("2020-W53").year_before() == Week(2019, 52)
    assert parse_week("2026-W47").year_before() == Week(2025, 47)


@pytest.mark.parametrize(
    "text",
    ["", "2026-47", "2026-W00", "2026-W54", "2025-W53", "1999-W10", "２０２６-W47", "2026-W47 "],
)
def test_text_that_is_no_week_is_refused(text):
    with pytest.raises(WeekError):
        parse_week(text)


def test_running_week_is_compared_with_the_same_part_of_the_others():
    now = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
    spans = compare_spans(parse_week("2026-W47"), now)
    assert spans.running
    assert spans.this.end == now
    assert spans.last.end == now - timedelta(days=7)
    assert spans.year_ago.end - spans.year_ago.start == now - spans.this.start


def test_past_week_is_compared_whole():
    spans = compare_spans(parse_week("2026-W46"), datetime(2026, 11, 22, tzinfo=UTC))
    assert not spans.running
    assert spans.this.end == spans.this.start + timedelta(days=7)
    assert spans.last.end == spans.this.start


def test_week_that_has_not_begun_is_refused():
    with pytest.raises(WeekError, match="has not begun"):
        compare_spans(parse_week("2026-W48"), datetime(2026, 11, 22, tzinfo=UTC))


def test_on_a_monday_the_week_just_ended_is_read():
    assert str(week_to_show(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))) == "2026-W47"
    assert str(week_to_show(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))) == "2026-W48"
