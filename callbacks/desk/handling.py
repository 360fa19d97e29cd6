"""The part of the drill-down that people work on: asked for again when its incident changed."""

from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.desk.selection import parse_selection
from callbacks.request import current_shown
from callbacks.services import Services
from data.domain.drilldown import Help
from data.domain.errors import NotFoundError
from data.domain.views import OpenAlarmView, ReadNow
from data.live.look import reader
from data.store.drilldown import show_phones
from data.store.drilldown_building import open_alarms
from data.store.drilldown_handling import handling, help_near, open_incidents_of
from data.store.drilldown_incident import incident_view
from data.store.guard import StoreUnavailableError, reading
from layouts import ids
from layouts.components import Part
from layouts.drilldown_building import alarms_section
from layouts.drilldown_handling import AtHand, building_incident, others_here
from layouts.drilldown_incident import incident_body
from layouts.shown import Shown


def view_handling(services: Services, search: str | None, shown: Shown) -> list[Part]:
    """Return what is going on in the selected building or incident now.

    What can't be read just now stays as it is; the header says that the data is old.
    """
    selection = parse_selection(search)
    if selection is None or selection.kind not in {"building", "incident"}:
        raise PreventUpdate
    try:
        with reading(services.database) as session:
            show_phones(session, whole=shown.may_call)
            if selection.kind == "building":
                alarms = open_alarms(session, building_id=selection.key)
                return building_here(session, selection.key, alarms, shown)
            at_hand, found = incident_at_hand(session, selection.key, reader(services.redis))
            return incident_body(at_hand, found, shown)
    except (NotFoundError, StoreUnavailableError):
        raise PreventUpdate from None


def building_here(
    session: Any, building_id: str, alarms: Sequence[OpenAlarmView], shown: Shown
) -> list[Part]:
    """Return the open alarms of a building and the work on its open incident."""
    found = open_incidents_of(session, building_id)
    parts: list[Part] = []
    if found:
        parts += [building_incident(_at_hand(session, str(found[0])), shown)]
        parts += [others_here(found[1:], shown)]
    if alarms:
        parts.insert(0, alarms_section(tuple(alarms), shown))
    return parts


def incident_at_hand(session: Any, key: str, read_now: ReadNow) -> tuple[AtHand, Help]:
    """Return an incident with the work on it, and who and what can help.

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    at_hand = _at_hand(session, key)
    return at_hand, help_near(session, at_hand.incident, read_now)


def _at_hand(session: Any, key: str) -> AtHand:
    incident = incident_view(session, key)
    return AtHand(incident, handling(session, incident))


def register(app: Dash, services: Services) -> None:
    """Attach the part to the browser's counter of changes."""

    @app.callback(
        Output(ids.HANDLING, "children"),
        Input(ids.HANDLING_AGAIN, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def on_change(again: int | None, search: str | None) -> list[Component | str | None]:
        if not again:
            raise PreventUpdate
        return view_handling(services, search, current_shown(services.now()))
