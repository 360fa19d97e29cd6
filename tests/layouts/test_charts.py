import json
from dataclasses import replace
from datetime import timedelta

import plotly.graph_objects as go
import pytest

from data.domain.drilldown import KindTrend, TrendSpan
from data.domain.rules import RULES
from data.domain.views import TrendPoint, TrendSeries
from data.domain.words import DeviceKind
from layouts.charts import TEMPLATE, grain, trend_figure
from layouts.shown import Shown
from tests.cast import NOW

SHOWN = Shown("zh", NOW)
SMOKE = RULES[DeviceKind.SMOKE]


def series(value: str, mean: float, devices: int = 1) -> KindTrend:
    rules = tuple(rule for rule in SMOKE if rule.value == value)
    points = (TrendPoint(NOW, mean, mean - 1, mean + 1),)
    return KindTrend(DeviceKind.SMOKE, devices, TrendSeries(value, points, rules))


def test_trend_is_a_valid_plotly_figure():
    figure = trend_figure(
        [series("smoke_pct", 7), series("temperature_c", 30)], TrendSpan.DAY, SHOWN
    )
    assert go.Figure(json.loads(json.dumps(figure))).layout.yaxis2.anchor == "x2"


def test_trend_has_mean_and_band_in_local_time_without_the_battery():
    figure = trend_figure([series("smoke_pct", 7), series("battery_pct", 80)], TrendSpan.DAY, SHOWN)
    assert [(t["name"], t["y"], t["x"]) for t in figure["data"]] == [
        ("最低", [6], ["2026-11-22 10:24"]),
        ("最高", [8], ["2026-11-22 10:24"]),
        ("平均", [7], ["2026-11-22 10:24"]),
    ]


def test_battery_alone_is_shown():
    assert len(trend_figure([series("battery_pct", 80)], TrendSpan.DAY, SHOWN)["data"]) == 3


@pytest.mark.parametrize(
    ("mean", "drawn", "told"),
    [
        (11, [8, 15], "烟雾浓度 (%)"),
        (7, [8], "烟雾浓度 (%) · 火警 ≥ 15.0"),
        (0.2, [8], "烟雾浓度 (%) · 火警 ≥ 15.0"),
    ],
)
def test_the_nearest_threshold_is_drawn_and_those_far_away_are_told(mean, drawn, told):
    point = TrendPoint(NOW, mean, mean, mean * 1.1)
    rules = series("smoke_pct", 0).series.rules
    one = KindTrend(DeviceKind.SMOKE, 1, TrendSeries("smoke_pct", (point,), rules))
    layout = trend_figure([one], TrendSpan.DAY, SHOWN)["layout"]
    assert sorted(shape["y0"] for shape in layout["shapes"]) == drawn
    assert [note["text"] for note in layout["annotations"]] == [told]


def test_a_month_is_told_by_days_and_many_devices_by_their_number():
    layout = trend_figure([series("temperature_c", 30, 3)], TrendSpan.MONTH, SHOWN)["layout"]
    assert layout["xaxis"]["tickformat"] == "%m-%d"
    assert layout["xaxis"]["range"] == ["2026-10-23 10:24", "2026-11-22 10:24"]
    assert layout["annotations"][0]["text"].startswith("独立感烟 3 台 · 温度 (℃)")


def test_template_is_one_that_plotly_accepts():
    go.layout.Template(json.loads(json.dumps(TEMPLATE)))


def test_the_chart_says_what_a_point_stands_for():
    plain, battery = series("smoke_pct", 7), series("battery_pct", 80)
    fine = replace(plain, series=replace(plain.series, fine_from=NOW))
    later = replace(plain, series=replace(plain.series, fine_from=NOW + timedelta(hours=1)))

    def said(*trends):
        return trend_figure(trends, TrendSpan.DAY, SHOWN)["layout"]["title"]["text"]

    assert said(plain) == "每点 1 小时"
    assert said(fine) == "每点 10 分钟"
    assert said(later) == "11:24 起每点 10 分钟，此前每点 1 小时"
    heat = series("temperature_c", 30)
    assert said(fine, heat) == "烟雾浓度: 每点 10 分钟; 温度: 每点 1 小时"
    assert grain([battery], TrendSpan.MONTH, Shown("en", NOW)) == "6 hours a point"
