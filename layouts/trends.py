"""The place of the trends in a drill-down; the chart comes when somebody asks for it."""

from dash import html
from dash.development.base_component import Component

from data.domain.drilldown import TrendSpan
from layouts import ids
from layouts.components import aria, section
from layouts.shown import Shown


def trend_section(shown: Shown) -> Component:
    """Return the two buttons and the chart's place."""
    _ = shown.translate
    return section(
        _("趋势"),
        html.Div(
            [
                html.Button(_("24 小时"), id=ids.TREND_OPEN, type="button", className="button"),
                html.Button(_("30 天"), id=ids.TREND_MONTH, type="button", className="button"),
            ],
            className="trend-buttons",
            role="group",
            **aria(label=_("趋势的时间范围")),
        ),
        html.Div(id=ids.TREND_PANEL, className="trend", **aria(live="polite")),
    )


def nothing_measured(span: TrendSpan, shown: Shown) -> str:
    """Return what is said where there is no chart."""
    _ = shown.translate
    return _("最近 24 小时没有读数") if span is TrendSpan.DAY else _("最近 30 天没有读数")
