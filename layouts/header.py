"""The header of the duty desk and the week: name, navigation, data age, account, language."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from data.domain.words import Role
from layouts import ids
from layouts.i18n import HTML_LANG, Lang, Translator

#: ``data-*`` and ``aria-*`` attributes; Dash types its named arguments, and not these.
_Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeaderView:
    """Who is signed in and how the page is shown; ``csrf`` guards the sign-out form."""

    label: str
    role: str
    lang: Lang
    csrf: str = ""


@dataclass(frozen=True, slots=True)
class _Surface:
    key: str
    path: str
    label: str
    #: The only role that may open it; empty for everybody's.
    role: str = ""


NAVIGATION: Final = (
    _Surface("desk", "/", "值班台"),
    _Surface("wall", "/wall/", "大屏"),
    _Surface("weekly", "/weekly/", "周报"),
    _Surface("risk", "/risk/", "风险"),
    _Surface("history", "/history/", "历史"),
    _Surface("rules", "/rules/", "规则"),
    _Surface("feeds", "/feeds/", "接入", Role.ADMIN),
    _Surface("displays", "/displays/", "大屏管理", Role.ADMIN),
    _Surface("audit", "/audit/", "审计", Role.ADMIN),
)
LIVE_SURFACE: Final = "desk"


def header(view: HeaderView, _: Translator, *, active: str) -> Component:
    """Return the header; ``active`` is the key of the surface that is shown.

    Data age and the list of shortcuts belong to the live surface, the desk, alone.
    """
    here = next((surface for surface in NAVIGATION if surface.key == active), NAVIGATION[0])
    live = here.key == LIVE_SURFACE
    tools = [_account(view, _), _language(view, _, here.path)]
    return html.Header(
        [
            html.A(_("跳到主要内容"), href="#main", className="skip-link"),
            html.A(_("新塘街道智慧消防"), href="/", className="header-name"),
            _navigation(view, here.key, _),
            _status(live=live),
            html.Div([*tools, _help(_)] if live else tools, className="header-tools"),
        ],
        className="header",
    )


def _status(*, live: bool) -> Component:
    clock = html.Span(id=ids.HEADER_CLOCK, className="header-clock")
    age = html.Span(id=ids.HEADER_DATA_AGE, className="header-data-age")
    return html.Div([clock, age] if live else [clock], className="header-status")


def _navigation(view: HeaderView, active: str, _: Translator) -> Component:
    def item(surface: _Surface) -> Component:
        current: _Attributes = {"aria-current": "page"} if surface.key == active else {}
        return html.A(_(surface.label), href=surface.path, className="header-nav-item", **current)

    named: _Attributes = {"aria-label": _("主导航")}
    mine = [surface for surface in NAVIGATION if surface.role in {"", view.role}]
    return html.Nav([item(surface) for surface in mine], className="header-nav", **named)


def _account(view: HeaderView, _: Translator) -> Component:
    # The token travels as the value of the button itself: html has no hidden input.
    sign_out = html.Button(
        _("退出登录"),
        type="submit",
        name="csrf",
        value=view.csrf,
        className="button header-sign-out",
    )
    facts: _Attributes = {"data-role": view.role}
    return html.Details(
        [
            html.Summary(_(view.label), className="header-account-name"),
            html.Form(sign_out, action="/logout", method="post", className="header-account-menu"),
        ],
        className="header-account",
        **facts,
    )


def _language(view: HeaderView, _: Translator, here: str) -> Component:
    other: Lang = "zh" if view.lang == "en" else "en"
    return html.A(
        "中文" if other == "zh" else "EN",
        href=f"/language/{other}?next={quote(here, safe='/')}",
        hrefLang=HTML_LANG[other],
        lang=HTML_LANG[other],
        title=_("切换为中文") if other == "zh" else _("切换为英文"),
        className="header-language",
    )


def _help(_: Translator) -> Component:
    named: _Attributes = {
        "data-opens": ids.HELP_DIALOG,
        "aria-label": _("键盘快捷键"),
        "aria-haspopup": "dialog",
    }
    return html.Button(
        "?",
        type="button",
        title=_("键盘快捷键"),
        className="header-help",
        **named,
    )
