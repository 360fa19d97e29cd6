"""The search box over the map."""

from dash import Dash, Input, Output, ctx
from dash.development.base_component import Component

from callbacks.request import current_lang
from callbacks.services import Services
from data.domain.text import printable
from data.store.drilldown_incident import find_incident
from data.store.guard import StoreUnavailableError, reading
from data.store.search import MAX_LENGTH, search
from layouts import ids
from layouts.components import empty
from layouts.i18n import Lang, translator
from layouts.search import search_results
from layouts.shown import Shown


def view_results(services: Services, text: str | None, lang: Lang) -> Component | None:
    """Return what was found; None for an empty box."""
    asked = printable(text or "")[:MAX_LENGTH].strip()
    if not asked:
        return None
    _ = translator(lang)
    try:
        with reading(services.database) as session:
            hits = search(session, asked)
            incident = find_incident(session, asked)
    except StoreUnavailableError:
        return empty(_("暂时无法搜索，请稍后再试"))
    return search_results(hits, incident, asked, Shown(lang, services.now()))


def register(app: Dash, services: Services) -> None:
    """Attach the search; choosing a result changes the address, which closes the list."""

    @app.callback(
        Output(ids.SEARCH_RESULTS, "children"),
        Input(ids.SEARCH_INPUT, "value"),
        Input(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def on_typed(text: str | None, _search: str | None) -> Component | None:
        chosen = ctx.triggered_id == ids.URL
        return None if chosen else view_results(services, text, current_lang())
