"""The duty desk: queue, map, drill-down, figures.

Containers that the browser fills (marked *live* in ``layouts/ids.py``) are empty here; empty means
"being fetched" and is drawn as a skeleton by css.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import dash_leaflet as dl
from dash import dcc, html
from dash.development.base_component import Component

from data.domain.rights import Right, alarms_of, rights_of
from data.domain.words import DeviceKind, FacilityKind, Status
from layouts import ids, words
from layouts.components import Part, aria, data, mark, skeleton
from layouts.header import HeaderView, header
from layouts.i18n import Translator, translator
from layouts.maps import MAX_ZOOM, Bounds, area_map, notices

BUILTIN: Final = "builtin"
BASEMAPS: Final = {
    BUILTIN: "内置底图",
    "tianditu": "天地图",
    "amap": "高德地图",
    "osm": "OpenStreetMap",
    "xyz": "自定义底图",
    "mbtiles": "离线底图",
}
ATTRIBUTION: Final = {
    "tianditu": "© 国家地理信息公共服务平台 天地图",
    "amap": "© 高德软件 AutoNavi",
    "osm": "© OpenStreetMap contributors",
}
KEYS: Final = (
    (("J", "K"), "下一条 / 上一条警情"),
    (("Enter",), "打开所选警情的建筑"),
    (("A",), "确认所选警情"),
    (("Shift", "A"), "批量确认所列警情（不含火警，按两次）"),
    (("V",), "填写核实结论：数字选结论、原因和说明，Enter 发送"),
    (("F",), "确认起火"),
    (("S",), "搁置 / 取消搁置（不含火警）"),
    (("G",), "展开 / 收起同楼同因的警情"),
    (("/",), "搜索"),
    (("Q",), "按文字筛选警情列表"),
    (("M",), "静音 / 恢复声音"),
    (("Esc",), "返回上一级、关闭窗口"),
    (("?",), "显示本说明"),
)
#: Keys of commands and what they need.
RIGHT_OF_KEY: Final = {
    ("A",): Right.ACKNOWLEDGE,
    ("Shift", "A"): Right.ACKNOWLEDGE,
    ("V",): Right.JUDGE,
    ("F",): Right.CONFIRM_FIRE,
    ("S",): Right.SHELVE,
}

#: What the map draws besides devices: the letter of its icon and its word.
ICONS: Final = (
    (FacilityKind.HYDRANT, "栓", words.FACILITY_KIND[FacilityKind.HYDRANT]),
    (FacilityKind.MICRO_STATION, "站", words.FACILITY_KIND[FacilityKind.MICRO_STATION]),
    (DeviceKind.CAMERA, "视", words.DEVICE_KIND[DeviceKind.CAMERA]),
)


@dataclass(frozen=True, slots=True)
class DeskView:
    """What the duty desk differs in from one installation and person to another.

    ``bounds`` are west, south, east, north of the sub-district in degrees (EPSG:4326); ``basemaps``
    the configured sources besides the built-in one.
    """

    header: HeaderView
    bounds: Bounds
    basemaps: Sequence[str]
    basemap: str
    schematic: bool
    demo: bool


def desk(view: DeskView) -> Component:
    """Return the whole page."""
    _ = translator(view.header.lang)
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            header(view.header, _, active="desk"),
            html.Div(id=ids.STREAM_LOST, className="stream-lost", role="alert", hidden=True),
            html.Main(
                [_queue(_), _map_frame(view, _), _drilldown(_)], id="main", className="desk-main"
            ),
            _kpi_strip(_),
            _help(view.header, _),
        ],
        className="desk",
        **data(
            lang=view.header.lang,
            rights=" ".join(sorted(rights_of(view.header.role))),
            alarms=" ".join(sorted(alarms_of(view.header.role))),
        ),
    )


def basemap_layer(source: str | None, basemaps: Sequence[str]) -> list[Component]:
    """Return the tiles of a configured source; none for the built-in basemap."""
    if source is None or source == BUILTIN or source not in basemaps:
        return []
    return [
        dl.TileLayer(
            url=f"/tiles/{source}/{{z}}/{{x}}/{{y}}",
            attribution=ATTRIBUTION.get(source, ""),
            maxZoom=MAX_ZOOM,
            maxNativeZoom=18,
            className=f"basemap basemap-{source}",
        )
    ]


def _queue(_: Translator) -> Component:
    return html.Section(
        [
            html.Div(
                [html.H2(_("未结报警")), html.Span(id=ids.QUEUE_COUNT, className="count")],
                className="panel-head",
            ),
            html.Div(
                id=ids.QUEUE_KIND, className="chips", role="group", **aria(label=_("按类别筛选"))
            ),
            html.Div(id=ids.QUEUE_FILTER, className="queue-filter"),
            html.Div(id=ids.QUEUE_FLOOD, className="queue-flood", role="status", hidden=True),
            html.Div(id=ids.QUEUE_WORK, className="queue-work", hidden=True),
            html.Ol(id=ids.QUEUE_LIST, className="queue", **aria(label=_("未结报警"))),
            html.Div(id=ids.QUEUE_DOCK, className="queue-dock"),
        ],
        className="panel desk-queue",
        **aria(label=_("未结报警")),
    )


def _map_frame(view: DeskView, _: Translator) -> Component:
    return html.Section(
        [
            html.Div([_search(_), _layers_menu(_), _basemap_menu(view, _)], className="map-tools"),
            area_map(view.bounds, _basemap(view)),
            html.Div(id=ids.FLY_OFFER, className="fly-offer", role="status", hidden=True),
            html.Div(
                [_legend(_), notices(_, schematic=view.schematic, demo=view.demo)],
                className="map-foot",
            ),
        ],
        id=ids.MAP_FRAME,
        className="desk-map",
        **aria(label=_("地图")),
        **data(basemap=view.basemap),
    )


def _search(_: Translator) -> Component:
    return html.Div(
        [
            html.Label(_("搜索"), htmlFor=ids.SEARCH_INPUT, className="visually-hidden"),
            dcc.Input(
                id=ids.SEARCH_INPUT,
                type="search",
                maxLength=60,
                placeholder=_("搜索社区、建筑、设备、地址"),
                autoComplete="off",
                className="search-input",
            ),
            html.Div(id=ids.SEARCH_RESULTS, className="search-results", **aria(live="polite")),
        ],
        className="search",
        role="search",
    )


def _menu(title: str, body: Part, key: str | None = None) -> Component:
    inside: dict[str, Any] = {} if key is None else {"id": key}
    return html.Details(
        [
            html.Summary(title, className="button"),
            html.Div(body, className="menu-body", **inside),
        ],
        className="menu",
    )


def _layers_menu(_: Translator) -> Component:
    return _menu(_("图层"), None, ids.LAYERS_MENU)


def _basemap_menu(view: DeskView, _: Translator) -> Component:
    sources = [BUILTIN, *(source for source in view.basemaps if source != BUILTIN)]
    choice = dcc.RadioItems(
        id=ids.BASEMAP_MENU,
        options=[{"label": _(BASEMAPS[source]), "value": source} for source in sources],
        value=view.basemap,
        className="radio-list",
        persistence=True,
        persistence_type="local",
    )
    return _menu(_("底图"), choice)


def _basemap(view: DeskView) -> list[Component]:
    return [dl.LayerGroup(basemap_layer(view.basemap, view.basemaps), id=ids.BASEMAP_LAYER)]


def _legend(_: Translator) -> Component:
    items = [
        html.Li([mark(status), _(words.STATUS[status])], className="legend-item")
        for status in sorted(Status, reverse=True)
    ]
    icons = [
        html.Li(
            [html.Span(_(letter), className=f"legend-icon legend-icon-{kind}"), _(word)],
            className="legend-item",
        )
        for kind, letter, word in ICONS
    ]
    return html.Ul([*items, *icons], className="legend", **aria(label=_("图例")))


def _drilldown(_: Translator) -> Component:
    return html.Aside(
        [
            dcc.Store(id=ids.HANDLING_AGAIN),
            html.Div(skeleton(12), id=ids.DRILLDOWN, className="drilldown"),
        ],
        className="panel desk-drilldown",
        **aria(label=_("详情")),
    )


def _kpi_strip(_: Translator) -> Component:
    return html.Footer(
        [
            _kpi("online", _("设备在线率"), "%"),
            _kpi("fire", _("火警"), _("条未结"), Status.ALARM),
            _kpi("prealarm", _("预警"), _("条未结"), Status.PREALARM),
            _kpi("fault", _("故障"), _("条未结"), Status.FAULT),
            _kpi("stale", _("失联"), _("台"), Status.STALE),
            _kpi("rate", _("近 10 分钟报警"), _("条")),
        ],
        id=ids.KPI_STRIP,
        className="kpi-strip",
        **aria(label=_("关键指标")),
    )


def _kpi(name: str, label: str, unit: str, status: Status | None = None) -> Component:
    return html.Div(
        [
            None if status is None else mark(status),
            html.Span(label, className="kpi-label"),
            html.B("—", className="kpi-value"),
            html.Span(unit, className="kpi-unit"),
            html.Span(className="kpi-note"),
        ],
        id=ids.kpi(name),
        className="kpi",
    )


def _help(who: HeaderView, _: Translator) -> Component:
    held = rights_of(who.role)
    known = [(keys, what) for keys, what in KEYS if RIGHT_OF_KEY.get(keys, Right.LOOK_INTO) in held]
    return html.Dialog(
        [
            html.H2(_("键盘快捷键"), id="help-title"),
            html.Dl(
                [
                    html.Div([html.Dt([html.Kbd(key) for key in keys]), html.Dd(_(what))])
                    for keys, what in known
                ],
                className="keys",
            ),
            html.Form(html.Button(_("关闭"), type="submit", className="button"), method="dialog"),
        ],
        id=ids.HELP_DIALOG,
        className="help",
        **aria(labelledby="help-title"),
    )
