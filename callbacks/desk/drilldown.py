"""The drill-down: what the address bar selects, from the sub-district to the device."""

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.desk.selection import WHOLE, Selection, parse_selection
from callbacks.request import current_lang
from callbacks.services import Services
from data.domain.errors import NotFoundError
from data.live.look import reader
from data.store.drilldown import community_view, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_id_of_slot, device_view
from data.store.guard import StoreUnavailableError, reading
from layouts import ids
from layouts.drilldown import (
    community_panel,
    failed_panel,
    not_found_panel,
    subdistrict_panel,
    work_point_panel,
)
from layouts.drilldown_building import building_panel
from layouts.drilldown_device import device_panel
from layouts.i18n import Lang
from layouts.shown import Shown


def view_drilldown(services: Services, search: str | None, lang: Lang) -> Component:
    """Return what is selected; a friendly panel when it does not exist or can't be read."""
    shown = Shown(lang, services.now())
    selection = parse_selection(search) or WHOLE
    try:
        return _selected(services, selection, shown)
    except NotFoundError:
        return not_found_panel(*selection, shown)
    except StoreUnavailableError:
        return failed_panel(shown)


def _selected(services: Services, selection: Selection, shown: Shown) -> Component:
    kind, key = selection
    read_now = reader(services.redis)
    with reading(services.database) as session:
        match kind:
            case "work_point":
                return work_point_panel(work_point_view(session, key), shown)
            case "community":
                return community_panel(community_view(session, key), shown)
            case "building":
                return building_panel(building_view(session, key, read_now), shown)
            case "device":
                return device_panel(device_view(session, key, read_now), shown)
            case "slot":
                device_id = device_id_of_slot(session, key)
                return device_panel(device_view(session, device_id, read_now), shown)
        return subdistrict_panel(subdistrict_view(session), shown)


def register(app: Dash, services: Services) -> None:
    """Attach the drill-down to the address bar."""

    @app.callback(Output(ids.DRILLDOWN, "children"), Input(ids.URL, "search"))
    def on_address(search: str | None) -> Component:
        return view_drilldown(services, search, current_lang())
