import json

import plotly.graph_objects as go
import pytest

from data.domain.rules import RULES
from data.domain.views import TrendPoint, TrendSeries
from data.domain.words import DeviceKind
from layouts.charts import TEMPLATE, trend_figure
from layouts.shown import Shown
from tests.cast import NOW

SHOWN = Shown("zh", NOW)
SMOKE = RULES[DeviceKind.SMOKE]


def series(value: str, mean: float) -> TrendSeries:
    rules = tuple(rule for rule in SMOKE if rule.value == value)
    return TrendSeries(value, (TrendPoint(NOW, mean, mean - 1, mean + 1),), rules)


def test_trend_is_a_valid_plotly_figure():
    figure = trend_figure([series("smoke_pct", 7), series("temperature_c", 30)], SHOWN)
    assert go.Figure(json.loads(json.dumps(figure))).layout.yaxis2.anchor == "x2"


def test_trend_has_mean_and_band_in_local_time_without_the_battery():
    figure = trend_figure([series("smoke_pct", 7), series("battery_pct", 80)], SHOWN)
    assert [(t["name"], t["y"], t["x"]) for t in figure["data"]] == [
        ("最低", [6], ["2026-11-22 10:24"]),
        ("最高", [8], ["2026-11-22 10:24"]),
        ("平均", [7], ["2026-11-22 10:24"]),
    ]


def test_battery_alone_is_shown():
    assert len(trend_figure([series("battery_pct", 80)], SHOWN)["data"]) == 3


@pytest.mark.parametrize(("mean", "drawn"), [(7, [8]), (0.2, [])])
def test_only_thresholds_within_reach_are_drawn(mean, drawn):
    point = TrendPoint(NOW, mean, mean, mean * 1.1)
    one = TrendSeries("smoke_pct", (point,), series("smoke_pct", 0).rules)
    shapes = trend_figure([one], SHOWN)["layout"]["shapes"]
    assert sorted(shape["y0"] for shape in shapes) == drawn


def test_template_is_one_that_plotly_accepts():
    go.layout.Template(json.loads(json.dumps(TEMPLATE)))
