from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.figures import EMPTY, HOUR_S, Figure, Tally, joined, start_of, tallied

T0 = datetime(2026, 1, 1, 10, tzinfo=UTC)
START = start_of(T0, HOUR_S)
VALUES = st.floats(-1e6, 1e6)


def test_a_span_begins_with_its_first_reading_and_grows() -> None:
    tally, over = tallied(EMPTY, START, {"smoke_pct": 2.0})
    tally, still = tallied(tally, START, {"smoke_pct": 5.0, "battery_pct": 80.0})
    assert (over, still) == (None, None)
    assert tally.figures == {
        "smoke_pct": (2, 7.0, 2.0, 5.0),
        "battery_pct": (1, 80.0, 80.0, 80.0),
    }


def test_the_next_span_hands_over_the_one_before() -> None:
    first, _ = tallied(EMPTY, START, {"smoke_pct": 2.0})
    second, over = tallied(first, START + HOUR_S, {"smoke_pct": 3.0})
    assert over == first
    assert second == Tally(START + HOUR_S, {"smoke_pct": (1, 3.0, 3.0, 3.0)})


def test_what_comes_late_is_handed_over_by_itself() -> None:
    now, _ = tallied(EMPTY, START, {"smoke_pct": 2.0})
    same, late = tallied(now, START - 5 * HOUR_S, {"smoke_pct": 9.0})
    assert same is now
    assert late == Tally(START - 5 * HOUR_S, {"smoke_pct": (1, 9.0, 9.0, 9.0)})


def test_a_reading_without_values_changes_no_figures() -> None:
    now, _ = tallied(EMPTY, START, {"smoke_pct": 2.0})
    assert tallied(now, START + HOUR_S, {}) == (now, None)


def test_a_span_is_one_of_utc_whatever_the_devices_zone() -> None:
    half = datetime.fromisoformat("2026-01-01T15:59:00+05:30")
    assert start_of(half, HOUR_S) == START


@given(st.lists(st.tuples(st.integers(0, 400), VALUES), min_size=1, max_size=60))
def test_no_reading_is_lost_or_counted_twice(readings: list[tuple[int, float]]) -> None:
    tally, kept = EMPTY, dict[int, Figure]()

    def keep(part: Tally) -> None:
        for figure in part.figures.values():
            before = kept.get(part.start)
            kept[part.start] = figure if before is None else joined(before, figure)

    for minutes, value in readings:
        start = start_of(T0 + timedelta(minutes=minutes), HOUR_S)
        tally, over = tallied(tally, start, {"power_w": value})
        if over is not None:
            keep(over)
    keep(tally)
    for start, figure in kept.items():
        own = [v for m, v in readings if start_of(T0 + timedelta(minutes=m), HOUR_S) == start]
        count, total, low, high = figure
        assert (count, low, high) == (len(own), min(own), max(own))
        assert total == pytest.approx(sum(own), abs=1e-3)
    assert sum(figure[0] for figure in kept.values()) == len(readings)
