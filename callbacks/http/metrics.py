"""``/metrics`` for Prometheus: what this process did, by route template."""

import time
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callbacks.http.problems import Problem
from callbacks.services import Services
from data.domain.accounts import SignedIn
from data.domain.rights import Right, key_may

BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
#: Path prefix → label, for what is not a FastAPI route; a raw path would be a series each.
MOUNTED: Final = (("/wall/", "/wall/"), ("/weekly/", "/weekly/"))
STREAM: Final = "/live/events"


class Metrics:
    """The measurements of the web server itself; others register their own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["method", "route", "status"]
        self.requests = Counter("xt_http_requests_total", "Requests", labels, registry=registry)
        self.seconds = Histogram(
            "xt_http_request_seconds",
            "Time to the whole answer, event streams left out",
            ["route"],
            buckets=BUCKETS_S,
            registry=registry,
        )
        self.clients = Gauge("xt_stream_clients", "Open event streams", registry=registry)
        self.tiles = Counter(
            "xt_tiles_total",
            "Map tiles by source and outcome",
            ["source", "outcome"],
            registry=registry,
        )


class RequestMetrics:
    """ASGI middleware: counts and times every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, watched)
        finally:
            route = route_label(scope)
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            if route != STREAM:
                self._metrics.seconds.labels(route).observe(time.perf_counter() - started)


def route_label(scope: Scope) -> str:
    """Return the template of the route that answered, or the surface it was mounted under."""
    template = getattr(scope.get("route"), "path", None)
    if template:
        return str(template)
    path = scope["path"]
    surface = next((label for prefix, label in MOUNTED if path.startswith(prefix)), "/")
    kinds = (
        "_dash-component-suites",
        "_dash-update-component",
        "_dash-layout",
        "_dash-dependencies",
    )
    kind = next((kind for kind in kinds if f"/{kind}" in path), None)
    if kind is not None:
        return f"{surface}{kind}"
    return surface if path == surface else "other"


def metrics_router(services: Services, metrics: Metrics) -> APIRouter:
    """Return ``/metrics``: for a bearer of a key for it or a signed-in administrator."""
    router = APIRouter()

    @router.get("/metrics")
    async def show(request: Request) -> Response:
        user = request.scope["state"].get("user")
        key = await services.keys.find(request.headers)
        if key is not None and key_may(key.scopes, Right.READ_METRICS):
            await run_in_threadpool(services.keys.note_use, key)
        elif not (isinstance(user, SignedIn) and user.may(Right.READ_METRICS)):
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "The measurements need a key for them (Authorization: Bearer KEY).",
                headers={"www-authenticate": "Bearer"},
            )
        metrics.clients.set(services.hub.clients)
        text = await run_in_threadpool(generate_latest, services.registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return router
