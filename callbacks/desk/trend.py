"""Trends of the shown device or building, drawn when somebody asks: Plotly is fetched then."""

from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.desk.selection import Selection, parse_selection
from callbacks.request import current_lang
from callbacks.services import Services
from data.domain.drilldown import KindTrend, TrendSpan, finer
from data.domain.errors import NotFoundError
from data.domain.words import DeviceKind
from data.live import rings
from data.store.drilldown_device import device_id_of_slot
from data.store.guard import StoreUnavailableError, reading
from data.store.trends import building_trends, device_trends, measuring
from layouts import ids
from layouts.charts import CONFIG, trend_figure
from layouts.components import empty
from layouts.i18n import Lang
from layouts.shown import Shown
from layouts.trends import nothing_measured


def view_trend(services: Services, search: str | None, span: TrendSpan, lang: Lang) -> Component:
    """Return the charts of the selected device or building, or why there are none."""
    shown = Shown(lang, services.now())
    _ = shown.translate
    selection = parse_selection(search)
    if selection is None or selection.kind not in {"device", "slot", "building"}:
        raise PreventUpdate
    try:
        with reading(services.database) as session:
            trends, devices = _trends(session, selection, span, shown.now)
    except NotFoundError:
        return empty(_("没有找到这个设备或建筑"))
    except StoreUnavailableError:
        return empty(_("暂时无法读取数据"))
    if span is TrendSpan.DAY:
        trends = finer(trends, rings.reader(services.redis)(devices, shown.now))
    if not trends:
        return empty(nothing_measured(span, shown))
    return dcc.Graph(id=ids.TREND_GRAPH, figure=trend_figure(trends, span, shown), config=CONFIG)


def _trends(
    session: Any, selection: Selection, span: TrendSpan, now: datetime
) -> tuple[tuple[KindTrend, ...], dict[str, DeviceKind]]:
    """Return the trends by hours, and the devices that they are of."""
    kind, key = selection
    if kind == "building":
        return building_trends(session, key, span, now), measuring(session, building_id=key)
    device_id = device_id_of_slot(session, key) if kind == "slot" else key
    return device_trends(session, device_id, span, now), measuring(session, device_id=device_id)


def register(app: Dash, services: Services) -> None:
    """Attach the buttons under the last values."""

    @app.callback(
        Output(ids.TREND_PANEL, "children"),
        Input(ids.TREND_OPEN, "n_clicks"),
        Input(ids.TREND_MONTH, "n_clicks"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def on_open(_day: int | None, _month: int | None, search: str | None) -> Component:
        if not ctx.triggered[0]["value"]:  # the buttons appeared; nobody clicked
            raise PreventUpdate
        span = TrendSpan.MONTH if ctx.triggered_id == ids.TREND_MONTH else TrendSpan.DAY
        return view_trend(services, search, span, current_lang())
