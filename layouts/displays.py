"""The page of the displays, for admins: letting a screen in by its code, and shutting one out.

The browser fills the places (``assets/js/displays.mjs``).
"""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.components import data, skeleton
from layouts.header import HeaderView, header
from layouts.i18n import translator


def displays_page(view: HeaderView) -> Component:
    """Return the page with its empty places."""
    _ = translator(view.lang)
    about = _("打开大屏的 /wall/ 页，在下面输入屏幕上的配对码。大屏只能看，不会过期，可随时撤销。")
    return html.Div(
        [
            header(view, _, active="displays"),
            html.Main(
                [
                    html.H1(_("大屏管理")),
                    html.P(about, className="quiet"),
                    html.Div(id=ids.DISPLAYS_PAIR, className="displays-pair"),
                    html.Div(skeleton(3), id=ids.DISPLAYS_PLACE),
                ],
                id="main",
                className="displays-main",
            ),
        ],
        className="displays",
        **data(lang=view.lang),
    )
