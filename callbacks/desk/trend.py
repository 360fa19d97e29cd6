"""The trend of the shown device, drawn when somebody asks for it: Plotly is fetched then."""

from dash import Dash, Input, Output, State, ctx, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.desk.selection import parse_selection
from callbacks.request import current_lang
from callbacks.services import Services
from data.domain.errors import NotFoundError
from data.store.drilldown_device import device_id_of_slot, device_trend
from data.store.guard import StoreUnavailableError, reading
from layouts import ids
from layouts.charts import CONFIG, trend_figure
from layouts.components import empty
from layouts.i18n import Lang
from layouts.shown import Shown


def view_trend(services: Services, search: str | None, lang: Lang) -> Component:
    """Return the chart of the selected device, or why there is none."""
    shown = Shown(lang, services.now())
    _ = shown.translate
    selection = parse_selection(search)
    if selection is None or selection.kind not in {"device", "slot"}:
        raise PreventUpdate
    try:
        with reading(services.database) as session:
            by_slot = selection.kind == "slot"
            key = device_id_of_slot(session, selection.key) if by_slot else selection.key
            series = device_trend(session, key, shown.now)
    except NotFoundError:
        return empty(_("没有找到这个设备"))
    except StoreUnavailableError:
        return empty(_("暂时无法读取数据"))
    if not series:
        return empty(_("最近 24 小时没有读数"))
    return dcc.Graph(id=ids.TREND_GRAPH, figure=trend_figure(series, shown), config=CONFIG)


def register(app: Dash, services: Services) -> None:
    """Attach the button under the last values."""

    @app.callback(
        Output(ids.TREND_PANEL, "children"),
        Input(ids.TREND_OPEN, "n_clicks"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def on_open(_clicks: int | None, search: str | None) -> Component:
        if not ctx.triggered[0]["value"]:  # the button appeared; nobody clicked
            raise PreventUpdate
        return view_trend(services, search, current_lang())
