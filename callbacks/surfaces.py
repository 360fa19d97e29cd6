"""The surfaces as Dash apps of their own, each sending only the component libraries it uses."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from dash import Dash
from dash.development.base_component import Component
from flask import Flask, Response, request

from callbacks.door import guard
from callbacks.http.auth import LANG_COOKIE
from callbacks.http.problems import MEDIA_TYPE, problem_response
from callbacks.http.security import CSP, content_security_policy, inline_script_hashes
from callbacks.services import Services
from data.domain.accounts import SignedIn
from data.domain.words import Role
from data.store.geometry import geometry_version
from data.store.guard import StoreUnavailableError, reading
from layouts.i18n import as_lang
from layouts.page import DashTags, PageView, page

ASSETS_FOLDER: Final = Path(__file__).parents[1] / "assets"
USER: Final = "xt.user"
#: Package folders of Dash's own libraries, as they stand in a bundle's URL.
LIBRARY_URLS: Final = {"dcc": "dash/dcc/", "html": "dash/html/", "dash_table": "dash/dash_table/"}
#: Dash's renderer and React; sent always.
CORE_URLS: Final = ("dash/deps/", "dash/dash-renderer/")
#: A browser that runs our modules has everything that the polyfill brings.
NEEDLESS: Final = "dash/deps/polyfill"
_SUITE = re.compile(r'_dash-component-suites/(?P<path>[^"]+)"')

#: Who asks for the pages while they are being warmed.
NOBODY: Final = SignedIn(0, "", "", Role.LEADER, "", "", None)

Layout = Callable[[], Component]
Register = Callable[[Dash, Services], None]


class SurfaceError(RuntimeError):
    """A surface that cannot show its page."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What distinguishes one surface from another."""

    name: str
    #: A msgid.
    title: str
    #: Where it is mounted, with slashes on both ends: ``/``, ``/wall/``.
    prefix: str
    #: Component libraries whose bundles its page loads: ``html``, ``dcc``, ``dash_leaflet`` …
    libraries: frozenset[str]
    #: Module in ``assets/js``; empty for a page without one.
    entry: str
    #: Files in ``assets/css``.
    styles: Sequence[str]
    #: What its modules ask for first, besides the live picture.
    fetches: Sequence[str] = ()


class SurfaceApp(Dash):
    """A Dash app whose page is ours and whose script tags are fixed when it starts.

    Dash keeps the component libraries of the whole process in one list and sends them all to every
    page; here each app filters what it sends, and nothing shared is changed.
    """

    def __init__(self, surface: Surface, build: str, geometry: Callable[[], str]) -> None:
        self._tags_lock = threading.Lock()
        self._scripts_html: str | None = None
        self._css_html: str | None = None
        self.surface = surface
        self._view = _page_view(surface, build)
        self._geometry = geometry
        self.policy = content_security_policy()
        super().__init__(
            f"xintang.{surface.name}",
            server=Flask(f"xintang.{surface.name}", static_folder=None),  # type: ignore[arg-type]
            routes_pathname_prefix="/",
            requests_pathname_prefix=surface.prefix,
            assets_ignore=".*",
            include_assets_files=False,
            use_pages=False,  # its callbacks would be two that nobody needs
            serve_locally=True,
            compress=False,
            suppress_callback_exceptions=True,
            title=surface.title,
            update_title=None,  # type: ignore[arg-type]
            add_log_handler=False,
        )

    def _generate_scripts_html(self) -> str:
        with self._tags_lock:
            if self._scripts_html is None:
                tags = str(super()._generate_scripts_html()).splitlines()
                self._scripts_html = "\n".join(_kept(tags, self.surface.libraries))
            return self._scripts_html

    def _generate_css_dist_html(self) -> str:
        with self._tags_lock:
            if self._css_html is None:
                tags = str(super()._generate_css_dist_html()).splitlines()  # type: ignore[no-untyped-call]
                self._css_html = "\n".join(_kept(tags, self.surface.libraries))
            return self._css_html

    def _config(self) -> dict[str, Any]:
        """Say nothing about versions; they serve only Dash's developer tools."""
        config: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]
        return {
            **config,
            "python_version": "",
            "dash_version_url": "",
            "disable_version_check": True,
        }

    def bundles(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of every component bundle that the page loads."""
        client = self.server.test_client()
        for found in _SUITE.finditer(self._generate_scripts_html()):
            path = f"/_dash-component-suites/{found['path']}"
            yield path, client.get(path).data

    def interpolate_index(self, *_: Any, **parts: Any) -> str:
        """Put Dash's tags into our page, for the person and language of this request."""
        user = request.environ.get(USER)
        view = replace(
            self._view,
            lang=as_lang(request.cookies.get(LANG_COOKIE)),
            csrf=user.csrf if isinstance(user, SignedIn) else "",
            geometry=self._geometry() if self._view.has_map else "",
        )
        tags = DashTags(parts["css"], parts["config"], parts["scripts"], parts["renderer"])
        return page(view, tags)


def make_surface(
    services: Services, surface: Surface, layout: Layout, register: Register
) -> SurfaceApp:
    """Return a surface that is ready to answer: registered, warmed, guarded.

    Parameters
    ----------
    services : Services
    surface : Surface
    layout : callable
        Called for every page load, inside its request.
    register : callable
        Attaches the surface's callbacks.
    """
    app = SurfaceApp(surface, services.build, lambda: _geometry(services))
    app.layout = layout
    register(app, services)
    _only_known_paths(app.server)
    guard(app)
    _send_policy(app)
    _warm(app)
    return app


def _geometry(services: Services) -> str:
    """Return the version of the static geometry; nothing to preload while SQL is away."""
    try:
        with reading(services.database) as session:
            return geometry_version(session)
    except StoreUnavailableError:
        return ""


def with_user(app: Any) -> Any:
    """Wrap a WSGI app: what the gate found out is in ``environ["xt.user"]``."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Any:
        environ[USER] = environ["asgi.scope"].get("state", {}).get("user")
        return app(environ, start_response)

    return wrapped


def library_of(tag: str) -> str | None:
    """Return the component library that a script or link tag belongs to, ``None`` for the core."""
    found = _SUITE.search(tag)
    if found is None or found["path"].startswith(CORE_URLS):
        return None
    path = found["path"]
    known = (name for name, url in LIBRARY_URLS.items() if path.startswith(url))
    return next(known, path.partition("/")[0])


def _kept(tags: Iterable[str], libraries: frozenset[str]) -> list[str]:
    return [
        tag
        for tag in tags
        if NEEDLESS not in tag and (library_of(tag) is None or library_of(tag) in libraries)
    ]


def _page_view(surface: Surface, build: str) -> PageView:
    return PageView(
        lang="zh",
        title=surface.title,
        assets=f"/assets/{build}",
        build=build,
        csrf="",
        styles=surface.styles,
        entry=surface.entry,
        has_map="dash_leaflet" in surface.libraries,
        has_charts="dcc" in surface.libraries,
        fetches=(
            f"{surface.prefix}_dash-layout",
            f"{surface.prefix}_dash-dependencies",
            *surface.fetches,
        ),
    )


def _only_known_paths(server: Flask) -> None:
    """Answer 404 where Dash would show its page at any path that it does not know."""

    @server.before_request
    def refuse_unknown() -> Response | None:
        if request.path == "/" or request.path.startswith("/_dash"):
            return None
        body = problem_response(404, "There is no page here.").body
        return Response(bytes(body), 404, mimetype=MEDIA_TYPE)


def _send_policy(app: SurfaceApp) -> None:
    """Allow the page's own inline scripts by their hashes, and no others."""
    server: Flask = app.server

    @server.after_request
    def add_policy(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers[CSP] = app.policy
        return response


def _warm(app: SurfaceApp) -> None:
    """Ask for page, layout and dependencies once, before anybody else does.

    A worker that has not served its index yet answers 500 for component scripts, and Dash's set-up
    at the first request is not safe against a second one beside it.

    Raises
    ------
    SurfaceError
        If one of them does not answer 200: better at the start than on the first screen.
    """
    app.server.config["PROPAGATE_EXCEPTIONS"] = True  # at the start an error is to be seen as it is
    client = app.server.test_client()
    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        answer = client.get(path, environ_overrides={USER: NOBODY})
        if answer.status_code != HTTPStatus.OK:
            raise SurfaceError(f"{app.title}: {path} answers {answer.status_code} at the start")
        if path == "/":
            app.policy = content_security_policy(inline_script_hashes(answer.text))
    app.server.config["PROPAGATE_EXCEPTIONS"] = None
