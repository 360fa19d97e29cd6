"""The HTTP way in as a process of its own: readings, health, metrics, and no page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from callbacks.http.gate import Gate
from callbacks.http.health import health_router
from callbacks.http.metrics import Metrics, RequestMetrics, metrics_router
from callbacks.http.problems import LastResort, install_problems
from callbacks.http.readings import ReadingCounters, readings_router, tell_sources
from callbacks.http.refusals import Refusals
from callbacks.http.security import BodyLimit, SecurityHeaders
from callbacks.services import Services


def create_feeds_asgi(services: Services) -> FastAPI:
    """Return the application that takes readings only; a flood of them leaves the screens alone."""
    metrics = Metrics(services.registry)
    counters = ReadingCounters(services.registry)
    app = FastAPI(
        title="Xintang feeds",
        lifespan=_lifespan(services),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    install_problems(app)
    app.include_router(health_router(services))
    app.include_router(readings_router(services, counters))
    app.include_router(metrics_router(services, metrics))
    refusals = Refusals(services.database, services.now)
    app.add_middleware(Gate, sessions=services.sessions, refusals=refusals)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(LastResort)
    app.add_middleware(SecurityHeaders, https=services.settings.https)
    return app


def _lifespan(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        telling = asyncio.create_task(tell_sources(services))
        try:
            yield
        finally:
            telling.cancel()

    return lifespan
