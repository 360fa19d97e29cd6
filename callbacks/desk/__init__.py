"""The duty desk: one module per panel."""

from dash import Dash

from callbacks.desk import basemap, drilldown, handling, search, trend
from callbacks.services import Services


def register(app: Dash, services: Services) -> None:
    """Attach every callback of the duty desk."""
    for panel in (basemap, drilldown, handling, search, trend):
        panel.register(app, services)
