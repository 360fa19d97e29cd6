from data.domain.weeks import parse_week
from layouts.shown import Shown
from layouts.week_chart import days_figure
from tests.layouts.week import AFTER


def test_days_that_have_not_come_have_no_bar():
    figure = days_figure(parse_week("2026-W47"), (3, 4), (1, 2, 3, 4, 5, 6, 7), Shown("zh", AFTER))
    last, this = figure["data"]
    assert this["x"] == ["周一<br>11-16", "周二<br>11-17"]
    assert this["y"] == [3, 4]
    assert len(last["x"]) == 7
