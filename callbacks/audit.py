"""The audit page, for admins: the gate lets nobody else through; the browser fills it."""

from dash import Dash
from dash.development.base_component import Component

from callbacks.desk.page import current_header
from callbacks.services import Services
from layouts.audit import audit_page


def page() -> Component:
    """Return the page for the person who asks for it."""
    return audit_page(current_header())


def register(_app: Dash, _services: Services) -> None:
    """Attach nothing: what is shown comes from ``/api/v1/audit``, not from callbacks."""
