"""The audit page: who did what, when and from where; whether the audit is whole.

The browser fills the places (``assets/js/audit.mjs``).
"""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.components import data, skeleton
from layouts.header import HeaderView, header
from layouts.i18n import translator


def audit_page(view: HeaderView) -> Component:
    """Return the page with its empty places."""
    _ = translator(view.lang)
    return html.Div(
        [
            header(view, _, active="audit"),
            html.Main(
                [
                    html.Div(
                        [
                            html.H1(_("审计")),
                            html.Div(id=ids.AUDIT_STATE, className="audit-state"),
                        ],
                        className="audit-head",
                    ),
                    html.Div(id=ids.AUDIT_FILTER, className="audit-filter"),
                    html.Div(skeleton(8), id=ids.AUDIT_PLACE, className="audit-place"),
                ],
                id="main",
                className="audit-main",
            ),
        ],
        className="audit",
        **data(lang=view.lang),
    )
