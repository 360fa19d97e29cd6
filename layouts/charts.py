"""The one Plotly template of every chart, and the trend of a device.

Figures are plain dictionaries in Plotly's own format, so that the ``plotly`` package is not
imported where no chart is drawn.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from data.domain.drilldown import KindTrend, TrendSpan
from data.domain.rules import Rule, Side
from data.domain.views import TrendPoint, TrendSeries
from data.domain.weeks import SHANGHAI
from data.domain.words import STATUS_OF_ALARM, Status
from layouts import words
from layouts.shown import Shown, quantity

PANEL: Final = "#1c2024"
LINE: Final = "#323a42"
TEXT: Final = "#e8eaed"
QUIET: Final = "#9aa4ae"
#: Neutral line of a value that is not abnormal.
SERIES: Final = "#c3cad1"
BAND: Final = "rgba(154, 164, 174, 0.22)"
STATUS_COLOUR: Final[Mapping[Status, str]] = {
    Status.ALARM: "#ff4d4f",
    Status.PREALARM: "#ff922b",
    Status.FAULT: "#ffd43b",
    Status.STALE: "#868e96",
    Status.DISABLED: "#5c6b7a",
    Status.NORMAL: "#3d8b7a",
}
FONT: Final = '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif'

_AXIS: Final[Mapping[str, Any]] = {
    "gridcolor": LINE,
    "linecolor": LINE,
    "zeroline": False,
    "tickfont": {"color": QUIET, "size": 12},
    "automargin": True,
}
TEMPLATE: Final[Mapping[str, Any]] = {
    "layout": {
        "paper_bgcolor": PANEL,
        "plot_bgcolor": PANEL,
        "font": {"family": FONT, "color": TEXT, "size": 13},
        "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#14171a", "bordercolor": LINE, "font": {"color": TEXT}},
        "xaxis": {**_AXIS, "showgrid": False},
        "yaxis": dict(_AXIS),
        "annotationdefaults": {"font": {"color": QUIET, "size": 12}, "showarrow": False},
        "colorway": [SERIES, QUIET],
    }
}
#: No toolbar, no logo: a chart on the desk is looked at, not edited.
CONFIG: Final[Any] = {"displayModeBar": False, "responsive": True}

PLOT_HEIGHT_PX: Final = 170
#: Where the chart says what a point stands for: above everything, so that it is read first.
_CORNER: Final[Mapping[str, Any]] = {
    "x": 1,
    "xanchor": "right",
    "y": 1,
    "yanchor": "top",
    "pad": {"t": 6, "r": 8},
    "font": {"size": 11, "color": QUIET},
}
#: With more points than this their dots are smaller, so that the line stays one.
MANY_POINTS: Final = 60
BATTERY: Final = "battery_pct"
#: A threshold further away from the values than this many times their spread is not drawn.
NEAR_THRESHOLD: Final = 3.0


def trend_figure(trends: Sequence[KindTrend], span: TrendSpan, shown: Shown) -> dict[str, Any]:
    """Return trends: one plot a value, the mean with the band low – high, thresholds as lines.

    The battery is left out unless it is all there is. Times are Asia/Shanghai.
    """
    plots = [one for one in trends if one.series.value != BATTERY] or list(trends)
    named = len({one.kind for one in plots}) > 1 or any(one.devices > 1 for one in plots)
    layout: dict[str, Any] = {
        "template": TEMPLATE,
        "height": PLOT_HEIGHT_PX * max(1, len(plots)),
        "shapes": [],
        "annotations": [],
    }
    traces: list[dict[str, Any]] = []
    for place, trend in enumerate(plots):
        suffix = "" if place == 0 else str(place + 1)
        near = _near_rules(trend.series)
        traces += _traces(trend.series, suffix, shown)
        _add_axes(layout, place, len(plots), span, shown)
        _add_title(layout, place, len(plots), _title(trend, near, shown, named=named))
        layout["shapes"] += [_threshold(rule, suffix) for rule in near]
    layout["title"] = {**_CORNER, "text": grain(plots, span, shown)}
    return {"data": traces, "layout": layout}


def grain(trends: Sequence[KindTrend], span: TrendSpan, shown: Shown) -> str:
    """Say what time one point stands for; of each value, where they differ."""
    said: dict[str, list[str]] = {}
    for trend in trends:
        known = words.VALUE.get(trend.series.value)
        name = shown.translate(known.word) if known else trend.series.value
        said.setdefault(_grain(trend.series, span, shown), []).append(name)
    if len(said) == 1:
        return next(iter(said))
    return "; ".join(f"{', '.join(dict.fromkeys(names))}: {text}" for text, names in said.items())


def _grain(one: TrendSeries, span: TrendSpan, shown: Shown) -> str:
    _ = shown.translate
    if span is TrendSpan.MONTH:
        return _("每点 6 小时")
    if one.fine_from is None:
        return _("每点 1 小时")
    if one.points[0].at == one.fine_from:
        return _("每点 10 分钟")
    return _("{at} 起每点 10 分钟，此前每点 1 小时").format(
        at=f"{one.fine_from.astimezone(SHANGHAI):%H:%M}"
    )


def _times(points: Sequence[TrendPoint]) -> list[str]:
    return [f"{point.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for point in points]


def _traces(one: TrendSeries, suffix: str, shown: Shown) -> list[dict[str, Any]]:
    _ = shown.translate
    times = _times(one.points)
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "type": "scatter", "x": times}
    known = words.VALUE.get(one.value)
    measure = known.unit if known else ""
    hover = f"%{{y:.{known.digits if known else 1}f}} {measure}"
    still = {"line": {"width": 0}, "mode": "lines"}
    return [
        {
            **axes,
            **still,
            "y": [p.low for p in one.points],
            "name": _("最低"),
            "hovertemplate": hover,
        },
        {
            **axes,
            **still,
            "y": [p.high for p in one.points],
            "name": _("最高"),
            "hovertemplate": hover,
            "fill": "tonexty",
            "fillcolor": BAND,
        },
        {
            **axes,
            "y": [p.mean for p in one.points],
            "name": _("平均"),
            "hovertemplate": hover,
            "mode": "lines+markers",
            "marker": {"size": 4 if len(one.points) <= MANY_POINTS else 2},
            "line": {"color": SERIES, "width": 2},
        },
    ]


def _add_axes(
    layout: dict[str, Any], place: int, count: int, span: TrendSpan, shown: Shown
) -> None:
    """Give the plot its own pair of axes, stacked from top to bottom; the whole span is shown."""
    suffix = "" if place == 0 else str(place + 1)
    gap = 0.16 / count
    height = 1 / count
    top = 1 - place * height
    format_ = "%H:%M" if span is TrendSpan.DAY else "%m-%d"
    ends = (shown.now - span.length, shown.now)
    layout[f"xaxis{suffix}"] = {
        "anchor": f"y{suffix}",
        "tickformat": format_,
        "nticks": 6,
        "range": [f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in ends],
    }
    layout[f"yaxis{suffix}"] = {
        "anchor": f"x{suffix}",
        "domain": [max(0.0, top - height + gap), top - gap],
        "nticks": 4,
    }


def _add_title(layout: dict[str, Any], place: int, count: int, title: str) -> None:
    corner = {"x": 0, "y": 1 - place / count, "xanchor": "left", "yanchor": "top"}
    layout["annotations"].append({"text": title, "xref": "paper", "yref": "paper", **corner})


def _title(trend: KindTrend, near: Sequence[Rule], shown: Shown, *, named: bool) -> str:
    """Return what is drawn, of how many devices, and the thresholds that lie outside."""
    _ = shown.translate
    value = trend.series.value
    known = words.VALUE.get(value)
    parts = [f"{_(known.word)} ({known.unit})" if known else value]
    if named:
        kind = _(words.DEVICE_KIND[trend.kind])
        parts.insert(0, _("{kind} {n} 台").format(kind=kind, n=trend.devices))
    for rule in trend.series.rules:
        if rule not in near:
            side = "≥" if rule.side is Side.ABOVE else "≤"
            kind = _(words.ALARM_KIND[rule.kind])
            parts.append(f"{kind} {side} {quantity(rule.value, rule.on)}")
    return " · ".join(parts)


def _near_rules(one: TrendSeries) -> list[Rule]:
    """Return the thresholds to draw: the nearest, and those that the values came near.

    All of them would flatten the curve.
    """
    low = min((p.low for p in one.points), default=0.0)
    high = max((p.high for p in one.points), default=0.0)
    reach = NEAR_THRESHOLD * max(high - low, abs(high) * 0.1)

    def away(rule: Rule) -> float:
        return max(low - rule.on, rule.on - high, 0.0)

    nearest = min(map(away, one.rules), default=0.0)
    return [rule for rule in one.rules if away(rule) <= max(reach, nearest)]


def _threshold(rule: Rule, suffix: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": f"x{suffix} domain",
        "yref": f"y{suffix}",
        "x0": 0,
        "x1": 1,
        "y0": rule.on,
        "y1": rule.on,
        "line": {"color": STATUS_COLOUR[STATUS_OF_ALARM[rule.kind]], "width": 1, "dash": "dash"},
        "label": {
            "text": quantity(rule.value, rule.on),
            "textposition": "end",
            # On the side of the values, where there is room.
            "yanchor": "top" if rule.side is Side.ABOVE else "bottom",
            "font": {"size": 11, "color": STATUS_COLOUR[STATUS_OF_ALARM[rule.kind]]},
        },
    }
