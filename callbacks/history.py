"""The history: the table of the tab that the address names, and its rows by the block."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypedDict
from urllib.parse import parse_qsl

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.desk.page import current_header
from callbacks.request import current_lang, current_user
from callbacks.services import Services
from data.domain.history import (
    HistoryQuery,
    Order,
    SortKey,
    Tab,
    parse_query,
)
from data.domain.rights import Right
from data.store.drilldown import place_of
from data.store.extent import any_demo
from data.store.guard import StoreUnavailableError, reading
from data.store.history import all_communities, count_rows, read_page
from data.store.history_outline import Outline
from layouts import ids
from layouts.history import (
    BLOCK,
    HistoryView,
    history_count,
    history_failed,
    history_page,
    history_table,
)
from layouts.history_columns import grid_row
from layouts.shown import Shown

#: A count may be so old while somebody scrolls; a new question counts anew.
COUNT_S: Final = 30.0
OUTLINES_KEPT: Final = 500
MAX_FIELDS: Final = 20


class TableView(TypedDict):
    """The table of one tab, made anew when another tab is chosen."""

    children: list[Component]
    tab: str


class RowsView(TypedDict):
    """One block of rows and the line above the table."""

    rows: dict[str, Any]
    status: Any


class Outlines:
    """How many rows each question has and where some are; remembered while somebody scrolls."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[HistoryQuery, tuple[float, Outline]] = {}

    def find(self, query: HistoryQuery, count: Callable[[], int], *, anew: bool) -> Outline:
        """Return what is known, counted now if that is nothing, too old, or asked ``anew``."""
        with self._lock:
            until, outline = self._known.get(query, (float("-inf"), Outline(0)))
        if not anew and until > self._clock():
            return outline
        outline = Outline(count())
        with self._lock:
            if len(self._known) >= OUTLINES_KEPT:
                self._known.clear()
            self._known[query] = (self._clock() + COUNT_S, outline)
        return outline

    def keep(self, query: HistoryQuery, before: Outline, after: Outline) -> None:
        """Remember more of a question, unless it was counted anew in between."""
        with self._lock:
            until, outline = self._known.get(query, (0.0, Outline(0)))
            if outline is before:
                self._known[query] = (until, after)


def fields_of(search: str | None) -> dict[str, str]:
    """Return the fields of a query string; the first of each name counts, nonsense is nothing."""
    try:
        pairs = parse_qsl((search or "").removeprefix("?"), max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def page(services: Services) -> Component:
    """Return the page for the person who asks for it."""
    user = current_user()
    with services.database.reading() as session:
        places = [place_of(row) for row in all_communities(session)]
        demo = any_demo(session)
    export = user is not None and user.may(Right.EXPORT)
    return history_page(HistoryView(current_header(), places, may_export=export, demo=demo))


def view_table(search: str | None, shown_tab: str | None, shown: Shown) -> TableView:
    """Return the table of the address; the one that is there stays while its tab stays."""
    query = parse_query(fields_of(search))
    if shown_tab == query.tab:
        raise PreventUpdate
    return {"children": history_table(query.tab, query, shown), "tab": str(query.tab)}


def view_rows(
    services: Services, outlines: Outlines, tab: Tab, request: dict[str, Any], shown: Shown
) -> RowsView:
    """Return the rows that the table asks for.

    Parameters
    ----------
    request
        ``startRow``, ``endRow``, ``sortModel`` and ``context.search``, the filters' query string.
    """
    query = _asked(tab, request)
    start, limit = _block(request)
    try:
        with reading(services.database) as session:
            known = outlines.find(
                query, lambda: count_rows(session, tab, query.filter), anew=start == 0
            )
            records, outline = read_page(session, query, start, limit, known)
        outlines.keep(query, known, outline)
    except StoreUnavailableError:
        return {"rows": {"rowData": [], "rowCount": start}, "status": history_failed(shown)}
    return {
        "rows": {
            "rowData": [grid_row(tab, record, shown) for record in records],
            "rowCount": known.total,
        },
        "status": no_update if start else history_count(tab, known.total, shown),
    }


def _asked(tab: Tab, request: dict[str, Any]) -> HistoryQuery:
    context = request.get("context") or {}
    query = parse_query(fields_of(str(context.get("search", ""))))
    return HistoryQuery(tab, query.filter, _order(request.get("sortModel"), query.order))


def _order(model: Any, otherwise: Order) -> Order:
    """Return the order of the table's titles; the address's while none is chosen there."""
    words = {str(key) for key in SortKey}
    chosen = [one for one in model or () if isinstance(one, dict) and one.get("colId") in words]
    if not chosen:
        return otherwise
    return Order(SortKey(chosen[0]["colId"]), chosen[0].get("sort") != "asc")


def _block(request: dict[str, Any]) -> tuple[int, int]:
    start, end = request.get("startRow"), request.get("endRow")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        raise PreventUpdate
    return start, min(end - start, BLOCK)


def register(app: Dash, services: Services) -> None:
    """Attach the page's callbacks."""
    outlines = Outlines()

    @app.callback(
        output={
            "children": Output(ids.HISTORY_PLACE, "children"),
            "tab": Output(ids.HISTORY_PLACE, "data-tab"),
        },
        inputs={
            "search": Input(ids.URL, "search"),
            "tab": State(ids.HISTORY_PLACE, "data-tab"),
        },
    )
    def on_address(search: str | None, tab: str | None) -> TableView:
        return view_table(search, tab, Shown(current_lang(), services.now()))

    for tab in Tab:
        _register_rows(app, services, outlines, tab)


def _register_rows(app: Dash, services: Services, outlines: Outlines, tab: Tab) -> None:
    @app.callback(
        output={
            "rows": Output(ids.history_grid(tab), "getRowsResponse"),
            "status": Output(ids.history_status(tab), "children"),
        },
        inputs={"request": Input(ids.history_grid(tab), "getRowsRequest")},
        prevent_initial_call=True,
    )
    def on_scroll(request: dict[str, Any] | None) -> RowsView:
        if not request:
            raise PreventUpdate
        return view_rows(services, outlines, tab, request, Shown(current_lang(), services.now()))
