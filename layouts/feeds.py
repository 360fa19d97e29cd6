"""The feeds page: the ways in, transmitters, what nobody registered, what was set aside.

The browser fills the places (``assets/js/feeds.mjs``) and asks again every few seconds.
"""

from typing import Final

from dash import html
from dash.development.base_component import Component

from data.domain.rights import Right, may, rights_of
from layouts import ids
from layouts.components import data, skeleton
from layouts.header import HeaderView, header
from layouts.i18n import Translator, translator


def _(msgid: str) -> str:
    """Mark a title for translation; it is translated where it is shown."""
    return msgid


#: Id of the place, its title, what it is about, who sees it.
PLACES: Final = (
    (
        ids.FEEDS_STRANGERS,
        _("未登记"),
        _("发来过消息、但还没有登记是哪台设备的传输装置和部件。"),
        Right.SEE_FEEDS,
    ),
    (
        ids.FEEDS_LETTERS,
        _("死信"),
        _("无法接收的消息，原样保存，可重放或丢弃。"),
        Right.MANAGE_LETTERS,
    ),
    (
        ids.FEEDS_TRANSMITTERS,
        _("已登记的传输装置"),
        _("消防主机经 GB/T 26875.3 上报。"),
        Right.SEE_FEEDS,
    ),
    (ids.FEEDS_SOURCES, _("网关与平台"), _("经 HTTP 和 MQTT 上报的来源。"), Right.SEE_FEEDS),
)


def feeds_page(view: HeaderView) -> Component:
    """Return the page with its empty places."""
    _ = translator(view.lang)
    return html.Div(
        [
            header(view, _, active="feeds"),
            html.Main(
                [
                    html.Div(
                        [
                            html.H1(_("接入")),
                            html.Div(id=ids.FEEDS_STATE, className="feeds-state"),
                        ],
                        className="feeds-head",
                    ),
                    *(
                        _place(key, title, about, _)
                        for key, title, about, right in PLACES
                        if may(view.role, right)
                    ),
                ],
                id="main",
                className="feeds-main",
            ),
        ],
        className="feeds",
        **data(lang=view.lang, rights=" ".join(sorted(rights_of(view.role)))),
    )


def _place(key: str, title: str, about: str, _: Translator) -> Component:
    return html.Section(
        [
            html.Div(
                [html.H2(_(title)), html.Span(_(about), className="quiet")],
                className="feeds-title",
            ),
            html.Div(skeleton(3), id=key, className="feeds-place"),
        ],
        className="feeds-section",
    )
