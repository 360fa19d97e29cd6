"""The drill-down: what the address bar selects, from the sub-district to the device."""

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.desk.handling import building_here, incident_at_hand
from callbacks.desk.selection import WHOLE, Selection, parse_selection
from callbacks.request import current_shown
from callbacks.services import Services
from data.domain.errors import NotFoundError
from data.live.look import reader
from data.store.cameras import cameras_near
from data.store.drilldown import (
    community_view,
    newest_reading,
    newest_reading_of_point,
    show_phones,
    subdistrict_view,
    work_point_view,
)
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_id_of_slot, device_view
from data.store.drilldown_past import device_past
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
from layouts.drilldown_incident import incident_panel
from layouts.shown import Shown


def view_drilldown(services: Services, search: str | None, shown: Shown) -> Component:
    """Return what is selected; a friendly panel when it does not exist or can't be read."""
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
        show_phones(session, whole=shown.may_call)
        match kind:
            case "work_point":
                newest = newest_reading_of_point(session, key)
                return work_point_panel(work_point_view(session, key), newest, shown)
            case "community":
                newest = newest_reading(session, community=key)
                return community_panel(community_view(session, key), newest, shown)
            case "building":
                building = building_view(session, key, read_now)
                cameras = cameras_near(session, building.facts, read_now)
                here = building_here(session, key, building.alarms, shown)
                return building_panel(building, cameras, here, shown)
            case "incident":
                return incident_panel(*incident_at_hand(session, key, read_now), shown)
            case "device" | "slot":
                device_id = device_id_of_slot(session, key) if kind == "slot" else key
                device = device_view(session, device_id, read_now)
                past = device_past(session, device_id, device.community.id)
                return device_panel(device, past, shown)
        return subdistrict_panel(subdistrict_view(session), newest_reading(session), shown)


def register(app: Dash, services: Services) -> None:
    """Attach the drill-down to the address bar."""

    @app.callback(Output(ids.DRILLDOWN, "children"), Input(ids.URL, "search"))
    def on_address(search: str | None) -> Component:
        return view_drilldown(services, search, current_shown(services.now()))
