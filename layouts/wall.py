"""The wall display: a map, what matters now, and the day; nobody touches it.

Everything live is filled by ``assets/js/wall.mjs``; no callback runs after the page is there.
"""

from dataclasses import dataclass
from math import radians, tan
from typing import Final

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from data.domain.words import Status
from layouts import ids, words
from layouts.components import aria, data, mark, skeleton, status_name
from layouts.i18n import Lang, Translator, translator

#: Smallest angle under which the farthest viewer sees a letter (NUREG-0700 12.1.1.3).
LETTER_ARC_MIN: Final = 16
#: The map stops zooming out here; a fraction lets it fill a wall of any shape.
MIN_ZOOM: Final = 9
MAX_ZOOM: Final = 19
ZOOM_STEP: Final = 0.05

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class WallView:
    """What one wall differs in; ``bounds`` are west, south, east, north in degrees (EPSG:4326)."""

    lang: Lang
    bounds: Bounds
    schematic: bool
    demo: bool
    width_mm: float
    seat_m: float


def wall(view: WallView) -> Component:
    """Return the whole page."""
    _ = translator(view.lang)
    return html.Div(
        [
            html.Div(id=ids.STREAM_LOST, className="stream-lost", role="alert", hidden=True),
            _top(view, _),
            html.Main(
                [_incidents(_), _map_frame(view, _), _day(_)], id="main", className="wall-main"
            ),
        ],
        id=ids.WALL,
        className="wall",
        style={"--wall-letter": f"{letter_vw(view.width_mm, view.seat_m):.4f}vw"},
        **data(lang=view.lang),
    )


def letter_mm(seat_m: float) -> float:
    """Return how tall a letter must be to be read from a seat, in millimetres.

    Examples
    --------
    >>> round(letter_mm(1.0), 2)
    4.65
    """
    return 2 * tan(radians(LETTER_ARC_MIN / 60) / 2) * seat_m * 1000


def letter_vw(width_mm: float, seat_m: float) -> float:
    """Return the same height in hundredths of the wall's width, which is css's ``vw``."""
    return 100 * letter_mm(seat_m) / width_mm


def _top(view: WallView, _: Translator) -> Component:
    notices = [
        html.Span(text, className="notice")
        for text, shown in ((_("示意边界"), view.schematic), (_("演示数据"), view.demo))
        if shown
    ]
    return html.Header(
        [
            html.H1(_("新塘街道智慧消防")),
            html.Div(notices, className="wall-notices"),
            html.Div(id=ids.WALL_VIEW_NAME, className="wall-view"),
            html.Span(id=ids.HEADER_DATA_AGE, className="header-data-age"),
            html.Span(id=ids.HEADER_CLOCK, className="header-clock"),
        ],
        className="wall-top",
    )


def _incidents(_: Translator) -> Component:
    return html.Section(
        [
            html.H2([_("警情"), html.Span(id=ids.WALL_COUNT, className="wall-count num")]),
            html.Ol(id=ids.WALL_ALARMS, className="wall-list"),
            html.P(id=ids.WALL_MORE, className="wall-more"),
        ],
        className="wall-panel wall-incidents",
        **aria(label=_("警情")),
    )


def _map_frame(view: WallView, _: Translator) -> Component:
    west, south, east, north = view.bounds
    return html.Section(
        [
            dl.Map(
                id=ids.MAP,
                bounds=[[south, west], [north, east]],
                minZoom=MIN_ZOOM,
                maxZoom=MAX_ZOOM,
                zoomSnap=ZOOM_STEP,
                zoomControl=False,
                trackViewport=False,
                attributionControl=False,
                dragging=False,
                keyboard=False,
                scrollWheelZoom=False,
                doubleClickZoom=False,
                className="wall-leaflet",
            ),
            _legend(_),
            html.Div(id=ids.WALL_WEEK, className="wall-week", hidden=True),
            html.Article(id=ids.WALL_TAKEOVER, className="wall-card", hidden=True),
        ],
        id=ids.MAP_FRAME,
        className="wall-map",
        **aria(label=_("地图")),
    )


def _legend(_: Translator) -> Component:
    shown = (Status.ALARM, Status.PREALARM, Status.FAULT)
    return html.Ul(
        [
            html.Li(
                [mark(status), html.Span(_(words.STATUS[status]))],
                **data(status=status_name(status)),
            )
            for status in shown
        ],
        className="wall-map-legend",
        **aria(label=_("图例")),
    )


def _day(_: Translator) -> Component:
    panels = (
        (ids.WALL_TODAY, _("今日报警")),
        (ids.WALL_STATUS, _("设备")),
        (ids.WALL_COMMUNITIES, _("社区")),
    )
    return html.Div(
        [
            html.Section(
                skeleton(4), id=panel, className=f"wall-panel panel-{panel}", **aria(label=label)
            )
            for panel, label in panels
        ],
        className="wall-day",
    )
