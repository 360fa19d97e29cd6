"""The history page: filters, tabs, a table of any length, and the way out as a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import dash_ag_grid as dag
from dash import dcc, html
from dash.development.base_component import Component

from data.domain.history import HistoryQuery, Tab
from data.domain.views import Place
from layouts import ids
from layouts.components import aria, data, empty, skeleton
from layouts.header import HeaderView, header
from layouts.history_columns import COLUMNS, Column
from layouts.i18n import Translator, translator
from layouts.shown import Shown, number

#: Rows that are fetched at once, and blocks that are kept.
BLOCK: Final = 100
BLOCKS_KEPT: Final = 20
ROW_PX: Final = 34
TAB_WORDS: Final = {Tab.ALARMS: "报警记录", Tab.INCIDENTS: "警情记录"}
MONOSPACED: Final = frozenset({"time", "acked_at", "cleared_at", "closed_at", "arrived_at"})
NUMBERS: Final = frozenset({"count", "alarms", "id", "incident"})


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What the page differs in from one person to another."""

    header: HeaderView
    communities: Sequence[Place]
    may_export: bool
    demo: bool


def history_page(view: HistoryView) -> Component:
    """Return the page; the address says what is listed."""
    _ = translator(view.header.lang)
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            header(view.header, _, active="history"),
            html.Main(
                [
                    _filter_form(view, _),
                    html.Div(
                        skeleton(12),
                        id=ids.HISTORY_PLACE,
                        className="history-place",
                        **data(tab=""),
                    ),
                ],
                id="main",
                className="history-main",
            ),
        ],
        className="history",
        **data(lang=view.header.lang),
    )


def _filter_form(view: HistoryView, _: Translator) -> Component:
    """Return the place of the filters; the browser fills it, now and when the address changes."""
    places = [
        {"id": place.id, "name": place.called(view.header.lang)} for place in view.communities
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.H1(_("历史")),
                    html.Span(_("演示数据"), className="notice") if view.demo else None,
                ],
                className="history-title",
            ),
            html.Div(
                id=ids.HISTORY_FILTER,
                className="history-filter",
                role="search",
                **aria(label=_("筛选")),
                **data(communities=json.dumps(places, ensure_ascii=False)),
            ),
            html.Div(id=ids.HISTORY_EXPORT, className="history-export")
            if view.may_export
            else None,
        ],
        className="history-head",
    )


def history_table(tab: Tab, query: HistoryQuery, shown: Shown) -> list[Component]:
    """Return tabs, status line and table of one tab."""
    _ = shown.translate
    return [
        html.Div(
            [
                html.Nav(
                    [_tab_link(each, tab, _) for each in Tab],
                    className="history-tabs",
                    **aria(label=_("报警或警情")),
                ),
                html.Div(
                    html.P(_("正在载入…"), className="quiet"),
                    id=ids.history_status(tab),
                    className="history-status",
                    role="status",
                ),
            ],
            className="history-bar",
        ),
        _grid(tab, query, _),
    ]


def history_count(tab: Tab, total: int, shown: Shown) -> Component:
    """Return how many rows there are, or what to do when there is none."""
    _ = shown.translate
    if not total:
        return empty(_("没有符合条件的记录。放宽筛选条件或时间范围再试。"))
    counted = {
        Tab.ALARMS: _("共 {n} 条报警"),
        Tab.INCIDENTS: _("共 {n} 起警情"),
    }[tab]
    return html.P(
        [
            html.B(counted.format(n=number(total)), className="num"),
            html.Span(_("回车或点击打开"), className="quiet"),
        ]
    )


def history_failed(shown: Shown) -> Component:
    """Say that the data could not be read just now, with a button to try again."""
    _ = shown.translate
    return html.P(
        [
            _("暂时无法读取数据"),
            html.Button(
                _("重试"), type="button", className="button button-small", **data(action="retry")
            ),
        ],
        className="history-failed",
        role="alert",
    )


def _tab_link(tab: Tab, chosen: Tab, _: Translator) -> Component:
    here: dict[str, Any] = aria(current="page") if tab is chosen else {}
    return html.A(
        _(TAB_WORDS[tab]),
        href=f"/history/?tab={tab}",
        className="history-tab",
        **here,
        **data(tab=tab),
    )


def _grid(tab: Tab, query: HistoryQuery, _: Translator) -> Component:
    options = {
        "cacheBlockSize": BLOCK,
        "maxBlocksInCache": BLOCKS_KEPT,
        # The answers carry no number: one question at a time keeps them apart.
        "maxConcurrentDatasourceRequests": 1,
        "blockLoadDebounceMillis": 60,
        "infiniteInitialRowCount": BLOCK,
        "rowHeight": ROW_PX,
        "headerHeight": ROW_PX,
        "suppressMultiSort": True,
        "theme": {"function": f"themeQuartz.withParams({json.dumps(_THEME)})"},
        "localeText": {"noRowsToShow": _("没有记录"), "loadingOoo": _("正在载入…")},
    }
    grid: Component = dag.AgGrid(
        id=ids.history_grid(tab),
        rowModelType="infinite",
        columnDefs=[_column(column, query, _) for column in COLUMNS[tab]],
        defaultColDef={
            "resizable": True,
            "sortable": False,
            "sortingOrder": ["desc", "asc"],
            "suppressHeaderMenuButton": True,
        },
        dashGridOptions=options,
        className="history-grid",
        style={"height": "100%"},
    )
    return grid


def _column(column: Column, query: HistoryQuery, _: Translator) -> dict[str, Any]:
    order = query.order
    found: dict[str, Any] = {
        "field": column.key,
        "headerName": _(column.title),
        "width": column.width,
        "sortable": bool(column.sort),
    }
    if column.sort == order.key:
        found["initialSort"] = "desc" if order.descending else "asc"
    if column.key == "kind":
        found["cellClassRules"] = {
            f"cell-{kind}": f"params.data && params.data.kind_word == '{kind}'"
            for kind in ("fire", "prealarm", "fault", "supervisory")
        }
    if column.key in MONOSPACED:
        found["cellClass"] = "num"
    if column.key in NUMBERS:
        found["type"] = "rightAligned"
    return found


_THEME: Final = {
    "backgroundColor": "#1c2024",
    "foregroundColor": "#e8eaed",
    "headerBackgroundColor": "#23282d",
    "headerTextColor": "#9aa4ae",
    "chromeBackgroundColor": "#23282d",
    "borderColor": "#323a42",
    "rowHoverColor": "#23282d",
    "oddRowBackgroundColor": "#1c2024",
    "accentColor": "#8ab8e6",
    "fontFamily": "inherit",
    "fontSize": 14,
    "headerFontSize": 13,
    "wrapperBorderRadius": 4,
    "borderRadius": 4,
    "browserColorScheme": "dark",
}
