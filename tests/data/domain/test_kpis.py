import pytest

from data.domain.kpis import (
    PERIOD_S,
    Change,
    Figures,
    Flood,
    false_share,
    floods,
    rates,
    top_share,
)
from data.domain.words import AlarmKind, Verdict

MINUTES_10 = PERIOD_S


def test_flood_begins_above_ten_and_ends_below_five():
    series = [0, 10, 11, 7, 5, 4, 12, 0]
    assert floods(series, start_s=0) == [
        Flood(start_s=2 * MINUTES_10, periods=3, alarms=23, peak=11),
        Flood(start_s=6 * MINUTES_10, periods=1, alarms=12, peak=12),
    ]


def test_flood_may_still_run_at_the_end():
    assert floods([0, 11, 6], start_s=600) == [Flood(1200, 2, 17, 11)]


def test_ten_in_a_period_are_no_flood():
    assert floods([10, 10, 10], start_s=0) == []


def test_rates_count_the_empty_periods():
    day = 86_400
    load = rates({0: 12, 600: 6, 1200: 4, 36_000: 2}, 0, day)
    assert load.periods == 144
    assert load.mean == pytest.approx(24 / 144)
    assert load.peak == 12
    assert load.busy_share == pytest.approx(1 / 144)
    assert [flood.periods for flood in load.floods] == [2]
    assert load.flood_share == pytest.approx(2 / 144)


def test_rates_of_no_time_are_nothing():
    load = rates({}, 600, 600)
    assert (load.periods, load.mean, load.peak, load.floods) == (0, 0.0, 0, ())


def test_period_that_has_only_begun_counts():
    assert rates({600: 3}, 0, 601).periods == 2


def test_false_share_leaves_out_tests_drills_and_the_unjudged():
    verdicts = {
        Verdict.FALSE: 9,
        Verdict.REAL: 1,
        Verdict.TEST: 5,
        Verdict.DRILL: 2,
        None: 4,
    }
    assert false_share(verdicts) == pytest.approx(0.9)
    assert false_share({Verdict.TEST: 3}) is None


def test_change_knows_nothing_of_what_is_unknown():
    assert Change(12, 10).difference == 2
    assert Change(12, 10).ratio == pytest.approx(0.2)
    assert Change(3, 0).ratio is None
    assert Change(None, 4).difference is None


def test_figures_add_up():
    figures = Figures(
        alarms={AlarmKind.FIRE: 2, AlarmKind.FAULT: 3}, incidents={Verdict.REAL: 1, None: 2}
    )
    assert figures.alarm_count == 5
    assert figures.incident_count == 3


def test_top_share_of_nothing_is_zero():
    assert top_share([], 0) == 0.0
    assert top_share([5, 3], 32) == pytest.approx(0.25)
