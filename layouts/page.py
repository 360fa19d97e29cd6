"""The HTML page around a surface: what stands before and after Dash's own tags."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from layouts.i18n import HTML_LANG, Lang, browser_messages, translator

GEOMETRY: Final = ("context.json", "buildings.json", "map.bin")


@dataclass(frozen=True, slots=True)
class PageView:
    """What one page differs in from another."""

    lang: Lang
    #: A msgid: 值班台, 大屏, 周报.
    title: str
    #: Path prefix of the versioned assets, e.g. ``/assets/3f2a…``.
    assets: str
    build: str
    csrf: str
    styles: Sequence[str]
    #: Module that brings the page to life, e.g. ``desk.mjs``; empty for a page without one.
    entry: str
    #: Version of the static geometry, for a page with a map; fetched beside the scripts.
    geometry: str = ""
    #: What the page will ask for first besides, e.g. ``/wall/_dash-layout``.
    fetches: Sequence[str] = ()
    #: Whether there is a Leaflet map for ``boot.js`` to find.
    has_map: bool = True
    #: Whether Dash's charts may be shown: their loader needs the generator runtime.
    has_charts: bool = False


@dataclass(frozen=True, slots=True)
class DashTags:
    """The tags that Dash writes itself."""

    css: str
    config: str
    scripts: str
    renderer: str


def page(view: PageView, tags: DashTags) -> str:
    """Return the page: our head, Dash's entry point, our module, Dash's scripts in order.

    The module begins when it is there, with the picture and the geometry, and waits for Dash's
    part of the page only where it fills it. ``boot.js`` stands between the component bundles and
    the renderer: it hooks into Leaflet before the first map is made.
    """
    _ = translator(view.lang)
    return f"""<!DOCTYPE html>
<html lang="{HTML_LANG[view.lang]}">
<head>
{_metas(view)}
<title>{escape(_(view.title))} · {escape(_("新塘街道智慧消防"))}</title>
<link rel="icon" href="{view.assets}/icons/favicon.svg" type="image/svg+xml">
{_style_links(view)}
{tags.css}
{_preloads(view)}
</head>
<body>
<div id="react-entry-point"><p class="page-loading">{escape(_("正在载入…"))}</p></div>
<noscript><p class="page-loading">{escape(_("此页面需要 JavaScript。"))}</p></noscript>
{_messages(view.lang)}
{_entry(view)}
<footer>
{tags.config}
{tags.scripts}
{_boot(view)}
{tags.renderer}
</footer>
</body>
</html>
"""


def _metas(view: PageView) -> str:
    facts = {
        "viewport": "width=device-width, initial-scale=1",
        "color-scheme": "dark",
        "xt-csrf": view.csrf,
        "xt-lang": view.lang,
        "xt-build": view.build,
        **({"xt-geometry": view.geometry} if view.geometry else {}),
    }
    return "\n".join(
        ['<meta charset="utf-8">']
        + [f'<meta name="{name}" content="{escape(fact)}">' for name, fact in facts.items()]
    )


def _style_links(view: PageView) -> str:
    return "\n".join(
        f'<link rel="stylesheet" href="{view.assets}/css/{style}">' for style in view.styles
    )


def _preloads(view: PageView) -> str:
    """Ask for module, live picture and geometry at once, not when the scripts before have run."""
    modules = [f"{view.assets}/js/{view.entry}"] if view.entry else []
    fetches = [*view.fetches, *(["/live/snapshot"] if view.geometry else [])]
    fetches += [f"/live/geometry/{view.geometry}/{name}" for name in GEOMETRY if view.geometry]
    return "\n".join(
        [f'<link rel="modulepreload" href="{url}">' for url in modules]
        + [f'<link rel="preload" as="fetch" crossorigin href="{url}">' for url in fetches]
    )


def _messages(lang: Lang) -> str:
    # "<" is escaped so that no translation can end the script element.
    text = json.dumps(browser_messages(lang), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="xt-messages">{text}</script>'


def _boot(view: PageView) -> str:
    scripts = {"boot.js": view.has_map, "vendor/regenerator-runtime.js": view.has_charts}
    return "\n".join(
        f'<script src="{view.assets}/js/{name}"></script>' for name, on in scripts.items() if on
    )


def _entry(view: PageView) -> str:
    if not view.entry:
        return ""
    return f'<script type="module" async src="{view.assets}/js/{view.entry}"></script>'
