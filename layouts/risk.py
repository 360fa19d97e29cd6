"""The risk page: where the next alarms that matter are expected, and how good that was so far.

The browser fills the places (``assets/js/risk.mjs``).
"""

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.components import aria, data, skeleton
from layouts.header import HeaderView, header
from layouts.i18n import Translator, translator
from layouts.maps import Bounds, area_map, notices


@dataclass(frozen=True, slots=True)
class RiskView:
    """What the page differs in; ``bounds`` are west, south, east, north in degrees (EPSG:4326)."""

    header: HeaderView
    bounds: Bounds
    schematic: bool
    demo: bool


def risk_page(view: RiskView) -> Component:
    """Return the page with its empty places."""
    _ = translator(view.header.lang)
    return html.Div(
        [
            header(view.header, _, active="risk"),
            html.Div(id=ids.STREAM_LOST, className="stream-lost", role="alert", hidden=True),
            html.Main(
                [
                    html.H1(_("风险"), className="visually-hidden"),
                    _map_frame(view, _),
                    _side(_),
                    _time(_),
                ],
                id="main",
                className="risk-main",
            ),
        ],
        className="risk",
        **data(lang=view.header.lang),
    )


def _map_frame(view: RiskView, _: Translator) -> Component:
    return html.Section(
        [
            html.Div(id=ids.RISK_TOOLS, className="risk-tools"),
            area_map(view.bounds),
            html.Div(
                [
                    html.Div(id=ids.RISK_LEGEND, className="risk-legend"),
                    notices(_, schematic=view.schematic, demo=view.demo),
                ],
                className="map-foot",
            ),
        ],
        id=ids.MAP_FRAME,
        className="risk-map",
        **aria(label=_("地图")),
        **data(basemap="builtin"),
    )


def _side(_: Translator) -> Component:
    return html.Aside(
        html.Div(skeleton(10), id=ids.RISK_SIDE),
        className="panel risk-side",
        **aria(label=_("风险")),
    )


def _time(_: Translator) -> Component:
    return html.Section(id=ids.RISK_TIME, className="panel risk-time", **aria(label=_("按周查看")))
