import numpy as np
import pytest

from geo.risk.backtest import backtest
from geo.risk.errors import EventsError
from geo.risk.events import Events
from tests.geo.risk.cities import city

CITY = city(seed=5, events=6000)
START, END = 18_600, 18_800


def test_the_model_is_between_chance_and_the_oracle_and_above_wide_blur():
    result = backtest(CITY, 250.0, START, END)
    for share in (0.05, 0.10, 0.20):
        model = result.scores["model"].hit[share].value
        assert share < model < result.scores["oracle"].hit[share].value
    assert result.ahead["kde_500"].low > 0
    assert result.trained == int((CITY.wanted & (CITY.day < START)).sum())
    assert result.tested == int((CITY.wanted & (CITY.day >= START) & (CITY.day < END)).sum())


def test_the_study_area_and_the_model_know_nothing_of_the_test():
    later = CITY.day >= START
    elsewhere = Events(np.where(later[:, None], CITY.xy + 40_000.0, CITY.xy), CITY.day, CITY.wanted)
    one, other = backtest(CITY, 250.0, START, END), backtest(elsewhere, 250.0, START, END)
    assert one.area.tobytes() == other.area.tobytes()
    assert one.model.density.tobytes() == other.model.density.tobytes()
    assert other.outside == other.tested
    assert other.scores["model"].hit[0.2].value == 0


def test_progress_ends_at_one():
    told: list[float] = []
    backtest(CITY, 250.0, START, END, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        (CITY.before(START), "nothing to compare with"),
        (CITY.where(CITY.day >= START), "nothing to forecast from"),
        (CITY.where(~CITY.wanted), "nothing to forecast from"),
    ],
)
def test_without_past_or_test_the_reason_is_said(events: Events, reason: str):
    with pytest.raises(EventsError, match=reason):
        backtest(events, 250.0, START, END)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(EventsError, match="3 days need"):
        Events(np.zeros((2, 2)), np.zeros(3, int), np.zeros(3, bool))
    with pytest.raises(EventsError, match="finite"):
        Events(np.full((1, 2), np.nan), np.zeros(1, int), np.zeros(1, bool))
