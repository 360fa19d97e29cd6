"""The page of the duty desk, made for the person who asks for it."""

from dash.development.base_component import Component

from callbacks.request import current_lang, current_user
from callbacks.services import Services
from data.domain.words import Role
from data.feeds.tiles import configured_basemaps
from data.store.extent import any_demo, any_schematic, subdistrict_bounds
from layouts.desk import DeskView, desk
from layouts.header import HeaderView


def page(services: Services) -> Component:
    """Return the duty desk."""
    return desk(view_page(services, current_header()))


def view_page(services: Services, who: HeaderView) -> DeskView:
    """Return what the page shows for a person."""
    with services.database.reading() as session:
        return DeskView(
            header=who,
            bounds=subdistrict_bounds(session),
            basemaps=configured_basemaps(services.settings),
            basemap=services.settings.basemap,
            schematic=any_schematic(session),
            demo=any_demo(session),
        )


def current_header() -> HeaderView:
    """Return who is signed in, as the header shows it."""
    user = current_user()
    if user is None:
        # Only while the application warms itself up: the gate lets nobody else through.
        return HeaderView(label="", role=Role.DISPLAY, lang=current_lang())
    return HeaderView(label=user.label, role=user.role, lang=current_lang(), csrf=user.csrf)
