"""The live picture under ``/live``, as docs/live-protocol.md describes it."""

import time
from collections.abc import AsyncIterator
from typing import Final

import brotli
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from callbacks.http.problems import Problem
from callbacks.services import Services
from data.live.geometry_files import encode_geometry
from data.live.present import Present, PresentMissingError
from data.live.wire import to_json
from data.store.geometry import geometry_version

IMMUTABLE: Final = "private, max-age=31536000, immutable"
SESSION_CHECK_S: Final = 0.9
_TYPES: Final = {"json": "application/json", "bin": "application/octet-stream"}


class GeometryCache:
    """The compressed geometry files of the present version."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._version = ""
        self._files: dict[str, bytes] = {}

    def version(self) -> str:
        """Return the version in SQL."""
        with self._services.database.reading() as session:
            return geometry_version(session)

    def get(self, version: str, name: str) -> bytes | None:
        """Return a file compressed with brotli; None if it is not of the present version."""
        if version != self._version:
            current = self.version()
            if version != current:
                return None
            files = encode_geometry(self._services.database)
            self._files = {name: brotli.compress(data, quality=6) for name, data in files.items()}
            self._version = current
        return self._files.get(name)


def live_router(services: Services) -> APIRouter:
    """Make the router; the session middleware in front of it keeps strangers out."""
    router = APIRouter(prefix="/live")
    geometry = GeometryCache(services)
    present = Present(services.redis)

    @router.get("/geometry/{version}/{name}")
    def get_geometry(version: str, name: str, request: Request) -> Response:
        data = geometry.get(version, name)
        if data is None:
            raise Problem(404, f"there is no geometry {version}/{name}")
        return _compressed(request, data, _TYPES[name.rpartition(".")[2]])

    @router.get("/snapshot")
    def get_snapshot() -> Response:
        try:
            body = to_json(present.snapshot())
        except PresentMissingError as error:
            raise Problem(
                503, "the live picture is not available now", headers={"Retry-After": "1"}
            ) from error
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})

    @router.get("/events")
    async def get_events(
        request: Request, after: str | None = None, building: str | None = None
    ) -> StreamingResponse:
        last = request.headers.get("last-event-id") or after
        frames = while_signed_in(services, request, services.hub.subscribe(last, building))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(frames, media_type="text/event-stream", headers=headers)

    return router


async def while_signed_in(
    services: Services, request: Request, frames: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Pass frames on for as long as the session that asked for them is valid."""
    session = request.scope["state"]["session"]
    checked = time.monotonic()
    async for data in frames:
        if time.monotonic() - checked > SESSION_CHECK_S:
            checked = time.monotonic()
            if not await run_in_threadpool(services.sessions.is_valid, session):
                return
        yield data


def _compressed(request: Request, data: bytes, media_type: str) -> Response:
    headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
    if "br" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "br"
        return Response(data, media_type=media_type, headers=headers)
    return Response(brotli.decompress(data), media_type=media_type, headers=headers)
