"""The feeds page: the gate asks who may see it; the browser fills and moves it."""

from dash import Dash
from dash.development.base_component import Component

from callbacks.desk.page import current_header
from callbacks.services import Services
from layouts.feeds import feeds_page


def page() -> Component:
    """Return the page for the person who asks for it."""
    return feeds_page(current_header())


def register(_app: Dash, _services: Services) -> None:
    """Attach nothing: what is shown comes from ``/api/v1/feeds``, not from callbacks."""
