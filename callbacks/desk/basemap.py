"""The choice of a basemap."""

from typing import TypedDict

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.services import Services
from data.feeds.tiles import configured_basemaps
from layouts import ids
from layouts.desk import BUILTIN, basemap_layer


class BasemapView(TypedDict):
    """The tiles, and the name under which the browser knows what lies under its layers."""

    tiles: list[Component]
    name: str


def view_basemap(services: Services, source: str | None) -> BasemapView:
    """Return the tiles of a source; one that is not configured any more is the built-in one."""
    tiles = basemap_layer(source, configured_basemaps(services.settings))
    return {"tiles": tiles, "name": source if tiles and source else BUILTIN}


def register(app: Dash, services: Services) -> None:
    """Attach the menu."""

    @app.callback(
        output={
            "tiles": Output(ids.BASEMAP_LAYER, "children"),
            "name": Output(ids.MAP_FRAME, "data-basemap"),
        },
        inputs={"source": Input(ids.BASEMAP_MENU, "value")},
    )
    def on_choice(source: str | None) -> BasemapView:
        return view_basemap(services, source)
