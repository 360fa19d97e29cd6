from datetime import UTC, date, datetime

from data.domain.daily import day_span, usual_days


def test_day_is_of_shanghai():
    span = day_span(date(2026, 11, 18))
    assert span.start.astimezone(UTC) == datetime(2026, 11, 17, 16, tzinfo=UTC)
    assert span.end.astimezone(UTC) == datetime(2026, 11, 18, 16, tzinfo=UTC)


def test_usual_days_are_the_same_weekday():
    days = usual_days(date(2026, 11, 18))
    assert days[0] == date(2026, 11, 11)
    assert {day.weekday() for day in days} == {2}
    assert len(days) == 4
