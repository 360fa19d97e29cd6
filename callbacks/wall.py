"""The wall display: its page; everything after that comes over the live stream."""

from dash import Dash
from dash.development.base_component import Component

from callbacks.request import current_lang
from callbacks.services import Services
from data.store.extent import any_demo, any_schematic, subdistrict_bounds
from layouts.i18n import Lang
from layouts.wall import WallView, wall


def page(services: Services) -> Component:
    """Return the wall."""
    return wall(view_page(services, current_lang()))


def view_page(services: Services, lang: Lang) -> WallView:
    """Return what the wall shows before its first live picture."""
    with services.database.reading() as session:
        return WallView(
            lang=lang,
            bounds=subdistrict_bounds(session),
            schematic=any_schematic(session),
            demo=any_demo(session),
            width_mm=services.settings.wall_width_mm,
            seat_m=services.settings.wall_seat_m,
        )


def register(_app: Dash, _services: Services) -> None:
    """Attach nothing: a wall that ran callbacks for weeks would be one more thing to fail."""
