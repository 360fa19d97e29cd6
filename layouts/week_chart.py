"""Alarms per day, this week against the last: the one chart of the week's page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from dash import dcc
from dash.development.base_component import Component

from data.domain.weeks import Week
from layouts import ids
from layouts.charts import CONFIG, LINE, QUIET, SERIES, TEMPLATE
from layouts.shown import Shown

HEIGHT_PX: Final = 240
DAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def week_chart(week: Week, this: Sequence[int], last: Sequence[int], shown: Shown) -> Component:
    """Return the chart; days that have not come yet have no bar."""
    return dcc.Graph(
        id=ids.WEEK_CHART_GRAPH,
        figure=days_figure(week, this, last, shown),
        config=cast("Any", CONFIG),
        style={"height": f"{HEIGHT_PX}px"},
    )


def days_figure(
    week: Week, this: Sequence[int], last: Sequence[int], shown: Shown
) -> dict[str, Any]:
    """Return the figure: bars for this week, the last behind them; none for what is unknown."""
    _ = shown.translate
    days = [
        f"{_(name)}<br>{week.monday + timedelta(days=index):%m-%d}"
        for index, name in enumerate(DAYS)
    ]
    hover = "%{y}"
    return {
        "data": [
            {
                "type": "bar",
                "x": days[: len(last)],
                "y": list(last),
                "name": _("上周"),
                "hovertemplate": hover,
                "width": 0.82,
                "marker": {
                    "color": "rgba(154, 164, 174, 0.18)",
                    "line": {"color": QUIET, "width": 1},
                },
            },
            {
                "type": "bar",
                "x": days[: len(this)],
                "y": list(this),
                "name": _("本周"),
                "hovertemplate": hover,
                "width": 0.5,
                "marker": {"color": SERIES},
            },
        ],
        "layout": {
            "template": TEMPLATE,
            "height": HEIGHT_PX,
            "barmode": "overlay",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.16, "font": {"color": QUIET}},
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "xaxis": {"fixedrange": True, "tickangle": 0},
            "yaxis": {"fixedrange": True, "rangemode": "tozero", "gridcolor": LINE, "nticks": 5},
        },
    }
