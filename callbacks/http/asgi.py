"""The whole web server as one ASGI application: middleware, routers, and the Dash surfaces last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from a2wsgi import WSGIMiddleware
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response

from callbacks import audit, desk, displays, feeds, history, risk, rules, wall, weekly
from callbacks.desk.page import current_header
from callbacks.desk.page import page as desk_page
from callbacks.http.api_docs import api_docs_router
from callbacks.http.audit import audit_router
from callbacks.http.auth import auth_router
from callbacks.http.building import building_router
from callbacks.http.bundles import MIN_BYTES, Compressor, SuiteCache, assets_router
from callbacks.http.cameras import cameras_router
from callbacks.http.commands import commands_router
from callbacks.http.counts import CountsOfWays
from callbacks.http.day import day_router
from callbacks.http.dead_letters import dead_letters_router
from callbacks.http.displays import displays_router
from callbacks.http.exports import exports_router
from callbacks.http.feeds_screen import feeds_screen_router
from callbacks.http.gate import Gate
from callbacks.http.handover import handover_router
from callbacks.http.health import health_router
from callbacks.http.incidents import incidents_router
from callbacks.http.keys import keys_router
from callbacks.http.live import GeometryCache, live_router
from callbacks.http.metrics import Metrics, RequestMetrics, metrics_router
from callbacks.http.photos import photos_router
from callbacks.http.problems import LastResort, install_problems
from callbacks.http.rates import BY_ADDRESS, BY_USER, Counter, RateLimit
from callbacks.http.readings import ReadingCounters, readings_router, tell_sources
from callbacks.http.refusals import Refusals
from callbacks.http.risk import risk_router
from callbacks.http.risk_book import RiskBook
from callbacks.http.rules import rules_router
from callbacks.http.security import BodyLimit, SecurityHeaders
from callbacks.http.tiles import tiles_router
from callbacks.http.transmitters import transmitters_router
from callbacks.services import Services
from callbacks.surfaces import ASSETS_FOLDER, Surface, SurfaceApp, make_surface, with_user
from layouts.weekly import weekly_page

DESK: Final = Surface(
    name="desk",
    title="值班台",
    prefix="/",
    libraries=frozenset({"html", "dcc", "dash_leaflet"}),
    entry="desk.mjs",
    styles=("base.css", "map.css", "desk.css", "handling.css", "risk_parts.css"),
)
WALL: Final = Surface(
    name="wall",
    title="大屏",
    prefix="/wall/",
    libraries=frozenset({"html", "dash_leaflet"}),
    entry="wall.mjs",
    styles=("base.css", "wall.css"),
    fetches=("/live/day",),
)
WEEKLY: Final = Surface(
    name="weekly",
    title="周报",
    prefix="/weekly/",
    libraries=frozenset({"html", "dcc"}),
    entry="weekly.mjs",
    styles=("base.css", "weekly.css"),
)
HISTORY: Final = Surface(
    name="history",
    title="历史",
    prefix="/history/",
    libraries=frozenset({"html", "dcc", "dash_ag_grid"}),
    entry="history.mjs",
    styles=("base.css", "history.css"),
)
RULES: Final = Surface(
    name="rules",
    title="报警规则",
    prefix="/rules/",
    libraries=frozenset({"html"}),
    entry="rules.mjs",
    styles=("base.css", "rules.css"),
)
FEEDS: Final = Surface(
    name="feeds",
    title="接入",
    prefix="/feeds/",
    libraries=frozenset({"html"}),
    entry="feeds.mjs",
    styles=("base.css", "feeds.css"),
)
RISK: Final = Surface(
    name="risk",
    title="风险",
    prefix="/risk/",
    libraries=frozenset({"html", "dash_leaflet"}),
    entry="risk.mjs",
    styles=("base.css", "map.css", "risk.css", "risk_parts.css"),
)
AUDIT: Final = Surface(
    name="audit",
    title="审计",
    prefix="/audit/",
    libraries=frozenset({"html"}),
    entry="audit.mjs",
    styles=("base.css", "audit.css"),
)
DISPLAYS: Final = Surface(
    name="displays",
    title="大屏管理",
    prefix="/displays/",
    libraries=frozenset({"html"}),
    entry="displays.mjs",
    styles=("base.css", "displays.css"),
)
GZIP_LEVEL: Final = 5


def create_asgi(services: Services) -> FastAPI:
    """Return the application; its lifespan starts and stops the hub of the event streams."""
    compressor = Compressor(services.settings.data_dir / "compressed")
    metrics = Metrics(services.registry)
    counters = ReadingCounters(services.registry)
    geometry = GeometryCache(services)
    app = FastAPI(
        title="Xintang smart fire",
        lifespan=_lifespan(services, compressor, geometry),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    install_problems(app)
    app.include_router(readings_router(services, counters))
    app.include_router(live_router(services, geometry))
    _include_routers(app, services, compressor, metrics)
    _mount_surfaces(app, services, compressor)
    _add_middleware(app, services, compressor, metrics)
    return app


def make_surfaces(services: Services) -> tuple[SurfaceApp, ...]:
    """Return the surfaces, warmed, the one at ``/`` last: it catches what nobody else takes."""
    return (
        make_surface(services, WALL, lambda: wall.page(services), wall.register),
        make_surface(services, WEEKLY, lambda: weekly_page(current_header()), weekly.register),
        make_surface(services, HISTORY, lambda: history.page(services), history.register),
        make_surface(services, RISK, lambda: risk.page(services), risk.register),
        make_surface(services, RULES, lambda: rules.page(services), rules.register),
        make_surface(services, FEEDS, feeds.page, feeds.register),
        make_surface(services, DISPLAYS, displays.page, displays.register),
        make_surface(services, AUDIT, audit.page, audit.register),
        make_surface(services, DESK, lambda: desk_page(services), desk.register),
    )


def _lifespan(
    services: Services, compressor: Compressor, geometry: GeometryCache
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await services.hub.start()
        checking = asyncio.create_task(services.sessions.end_streams(services.hub))
        warming = asyncio.create_task(asyncio.to_thread(geometry.warm))
        telling = asyncio.create_task(tell_sources(services))
        compressor.start()
        try:
            yield
        finally:
            checking.cancel()
            warming.cancel()
            telling.cancel()
            await services.hub.stop()
            compressor.close()

    return lifespan


def _include_routers(
    app: FastAPI, services: Services, compressor: Compressor, metrics: Metrics
) -> None:
    assets = f"/assets/{services.build}"
    secure = services.settings.https
    app.include_router(health_router(services))
    app.include_router(auth_router(services.sessions, assets=assets, secure=secure))
    app.include_router(displays_router(services, assets=assets, secure=secure))
    app.include_router(assets_router(ASSETS_FOLDER, services.build, compressor))
    app.include_router(building_router(services))
    app.include_router(day_router(services))
    app.include_router(risk_router(services, RiskBook(services)))
    app.include_router(commands_router(services))
    app.include_router(rules_router(services))
    app.include_router(transmitters_router(services))
    app.include_router(feeds_screen_router(services))
    app.include_router(audit_router(services))
    app.include_router(keys_router(services))
    app.include_router(dead_letters_router(services))
    app.include_router(incidents_router(services))
    app.include_router(photos_router(services))
    app.include_router(handover_router(services, assets=assets))
    app.include_router(exports_router(services))
    app.include_router(cameras_router(services))
    app.include_router(tiles_router(services, metrics))
    app.include_router(metrics_router(services, metrics))
    app.include_router(api_docs_router(app, services, assets=assets))
    CountsOfWays(services.redis, services.registry)


def _mount_surfaces(app: FastAPI, services: Services, compressor: Compressor) -> None:
    for surface in make_surfaces(services):
        for path, content in surface.bundles():
            compressor.add(path, content)
        prefix = surface.surface.prefix.rstrip("/")
        if prefix:
            _redirect_to_slash(app, prefix)
        # a2wsgi spells the ASGI types out, which Starlette's looser ones do not match.
        mounted: Any = WSGIMiddleware(with_user(surface.server))
        app.mount(prefix, mounted, name=surface.surface.name)


def _redirect_to_slash(app: FastAPI, prefix: str) -> None:
    """Lead ``/wall`` to ``/wall/``; without, the desk at ``/`` would take it."""

    @app.get(prefix, include_in_schema=False)
    def to_slash() -> Response:
        return RedirectResponse(f"{prefix}/", HTTPStatus.PERMANENT_REDIRECT)


def _add_middleware(
    app: FastAPI,
    services: Services,
    compressor: Compressor,
    metrics: Metrics,
) -> None:
    """Add from the inside out: what is added last sees a request first."""
    app.add_middleware(SuiteCache, compressor=compressor)
    app.add_middleware(GZipMiddleware, minimum_size=MIN_BYTES, compresslevel=GZIP_LEVEL)
    refusals = Refusals(services.database, services.now)
    counter = Counter(services.settings.redis_url)
    app.add_middleware(RateLimit, counter=counter, rules=BY_USER)
    app.add_middleware(Gate, sessions=services.sessions, refusals=refusals)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit, counter=counter, rules=BY_ADDRESS)
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(LastResort)
    app.add_middleware(SecurityHeaders, https=services.settings.https)
