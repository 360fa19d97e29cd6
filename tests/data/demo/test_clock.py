from datetime import UTC, date, datetime

import numpy as np

from data.demo.clock import DAY, HOUR, NEVER, local_hour, make_clock, moment, moment_or_none


def test_history_is_104_weeks_from_a_local_midnight_to_the_full_hour() -> None:
    clock = make_clock(datetime(2026, 11, 22, 2, 24, 7, 300_000, tzinfo=UTC))
    assert moment(clock.end) == datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert moment(clock.now) == datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)
    assert clock.first_day == date(2024, 11, 24)
    assert (clock.end - clock.start) // DAY == 728
    starts, weekday, day_of_year = clock.days()
    assert len(starts) == 729
    assert (weekday[0], day_of_year[0]) == (6, 329)


def test_local_hours_are_shanghai_time() -> None:
    midnight = make_clock(datetime(2026, 11, 22, 2, tzinfo=UTC)).start
    assert local_hour(np.array([midnight, midnight + 90 * HOUR // 60])).tolist() == [0.0, 1.5]


def test_what_never_came_is_none() -> None:
    assert moment_or_none(NEVER) is None
    assert moment_or_none(0) == datetime(1970, 1, 1, tzinfo=UTC)
