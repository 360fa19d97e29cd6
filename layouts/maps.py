"""The map of the pages on which a person works: desk and risk."""

from collections.abc import Sequence
from typing import Final

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.i18n import Translator

MIN_ZOOM: Final = 12
MAX_ZOOM: Final = 19
#: The map may be dragged this many times its own size beyond the sub-district.
PAN_MARGIN: Final = 0.6
#: Share of the sub-district's size that stays free around it at first.
VIEW_MARGIN: Final = 0.02

#: West, south, east, north in degrees (EPSG:4326).
Bounds = tuple[float, float, float, float]


def area_map(bounds: Bounds, layers: Sequence[Component] = ()) -> Component:
    """Return the map of the sub-district with its controls above some layers."""
    chart: Component = dl.Map(
        [
            *layers,
            dl.ZoomControl(position="bottomright"),
            dl.ScaleControl(position="bottomright", imperial=False),
        ],
        id=ids.MAP,
        className="map",
        bounds=padded(bounds, VIEW_MARGIN),
        maxBounds=padded(bounds, PAN_MARGIN),
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,
        # Half steps let the first view fill the map.
        zoomSnap=0.5,
        zoomDelta=1,
        preferCanvas=True,
        zoomControl=False,
        trackViewport=False,
    )
    return chart


def notices(_: Translator, *, schematic: bool, demo: bool) -> Component:
    """Return what has to be said of what the map shows."""
    said = [
        html.Span(_("示意边界"), className="notice") if schematic else None,
        html.Span(_("演示数据"), className="notice") if demo else None,
    ]
    return html.P(said, className="notices")


def padded(bounds: Bounds, share: float) -> list[list[float]]:
    """Return bounds grown by a share of their size, as Leaflet writes them: latitude first.

    Examples
    --------
    >>> padded((0.0, 0.0, 10.0, 20.0), 0.5)
    [[-10.0, -5.0], [30.0, 15.0]]
    """
    west, south, east, north = bounds
    lon, lat = (east - west) * share, (north - south) * share
    return [[south - lat, west - lon], [north + lat, east + lon]]
