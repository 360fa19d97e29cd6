"""The page of the risk; what it shows comes over ``/live/risk``."""

from dash import Dash
from dash.development.base_component import Component

from callbacks.desk.page import current_header
from callbacks.services import Services
from data.store.extent import any_demo, any_schematic, subdistrict_bounds
from layouts.risk import RiskView, risk_page


def page(services: Services) -> Component:
    """Return the page for the person who asks for it."""
    with services.database.reading() as session:
        return risk_page(
            RiskView(
                header=current_header(),
                bounds=subdistrict_bounds(session),
                schematic=any_schematic(session),
                demo=any_demo(session),
            )
        )


def register(_app: Dash, _services: Services) -> None:
    """Attach nothing: the browser asks for forecasts by itself."""
