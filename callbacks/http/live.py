"""The live picture under ``/live``, as docs/live-protocol.md describes it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine
from typing import Any, Final

import brotli
import structlog
from fastapi import APIRouter, Request, Response, WebSocket, WebSocketDisconnect
from starlette.responses import StreamingResponse

from callbacks.http.compressed import IMMUTABLE, compressed_answer
from callbacks.http.paths import comes_from_here
from callbacks.http.problems import Problem
from callbacks.services import Services
from data.live.geometry_files import encode_geometry
from data.live.hub import Hub
from data.live.present import Present, PresentMissingError
from data.live.subscribers import Binary, Subscriber
from data.live.wire import to_json
from data.store.geometry import geometry_version
from data.store.guard import StoreUnavailableError, reading

log = structlog.get_logger()

GEOMETRY_QUALITY: Final = 9
SNAPSHOT_S: Final = 0.5
SNAPSHOT_QUALITY: Final = 4
#: Tabs and screens that one sign-in may have open, in each process.
STREAMS_OF_A_SESSION: Final = 64
TRY_AGAIN_LATER: Final = 1013
#: Longest id of a building.
MAX_ID: Final = 64
_TYPES: Final = {"json": "application/json", "bin": "application/octet-stream"}


class GeometryCache:
    """The compressed geometry files of the present version."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._version = ""
        self._files: dict[str, bytes] = {}

    def version(self) -> str:
        """Return the version in SQL."""
        with self._services.database.reading() as session:
            return geometry_version(session)

    def get(self, version: str, name: str) -> bytes | None:
        """Return a file compressed with brotli; None if it is not of the present version."""
        with self._lock:  # a page asks for all files at once
            if version != self._version:
                current = self.version()
                if version != current:
                    return None
                files = encode_geometry(self._services.database)
                self._files = {
                    name: brotli.compress(data, quality=GEOMETRY_QUALITY)
                    for name, data in files.items()
                }
                self._version = current
            return self._files.get(name)

    def warm(self) -> None:
        """Make the files before the first screen asks; without a database the first one waits."""
        try:
            with reading(self._services.database) as session:
                version = geometry_version(session)
            self.get(version, "context.json")
        except StoreUnavailableError:
            log.warning("the geometry is made when somebody asks for it")


class SnapshotCache:
    """The present, encoded once for all who ask within a moment.

    After a restart every screen asks at once. What happened since stands on the stream, from the
    snapshot's own id on.
    """

    def __init__(self, present: Present) -> None:
        self._present = present
        self._lock = threading.Lock()
        self._epoch: bytes | None = None
        self._made = 0.0
        self._body = b""

    def get(self) -> bytes:
        """Return a snapshot that is at most half a second old, compressed with brotli.

        Raises
        ------
        PresentMissingError
            If there is none to be had; one of another epoch is not shown then.
        """
        with self._lock:
            epoch = self._present.epoch()
            if epoch is None or epoch != self._epoch or time.monotonic() - self._made >= SNAPSHOT_S:
                body = to_json(self._present.snapshot())
                self._body = brotli.compress(body, quality=SNAPSHOT_QUALITY)
                self._epoch, self._made = epoch, time.monotonic()
            return self._body


def live_router(services: Services, geometry: GeometryCache) -> APIRouter:
    """Make the router; the session middleware in front of it keeps strangers out."""
    router = APIRouter(prefix="/live")
    snapshots = SnapshotCache(Present(services.redis))

    @router.get("/geometry/{version}/{name}")
    def get_geometry(version: str, name: str, request: Request) -> Response:
        data = geometry.get(version, name)
        if data is None:
            raise Problem(404, f"there is no geometry {version}/{name}")
        return compressed_answer(request, data, _TYPES[name.rpartition(".")[2]], IMMUTABLE)

    @router.get("/snapshot")
    def get_snapshot(request: Request) -> Response:
        try:
            body = snapshots.get()
        except PresentMissingError as error:
            raise Problem(
                503, "the live picture is not available now", headers={"Retry-After": "1"}
            ) from error
        return compressed_answer(request, body, "application/json", "no-store")

    _stream_routes(router, services)
    return router


def _stream_routes(router: APIRouter, services: Services) -> None:
    @router.get("/events")
    async def get_events(
        request: Request, after: str | None = None, building: str | None = None
    ) -> StreamingResponse:
        if comes_from_here(request.headers) is False:
            raise Problem(403, "Another site's page may not follow the live picture.")
        last = request.headers.get("last-event-id") or after
        session = request.scope["state"]["session"]
        if services.hub.streams_of(session) >= STREAMS_OF_A_SESSION:
            wait = {"Retry-After": "10"}
            raise Problem(429, "This session follows too many streams already.", headers=wait)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        events = services.hub.events(last, building, session)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    @router.websocket("/ws")
    async def follow(socket: WebSocket, after: str, building: str | None = None) -> None:
        session = socket.scope["state"]["session"]
        if services.hub.streams_of(session) >= STREAMS_OF_A_SESSION:
            await socket.close(TRY_AGAIN_LATER)  # before it is accepted: answered with 403
            return
        await socket.accept()
        async with services.hub.subscribed(Binary, after, session) as subscriber:
            await services.hub.watch(subscriber, building)
            await _first_of(_send(socket, subscriber), _listen(socket, services.hub, subscriber))
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # if it has gone by itself
            await socket.close()


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run until one ends; the others end with it."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: WebSocket, subscriber: Subscriber) -> None:
    """Send what is queued until the stream ends or the client is gone."""
    with contextlib.suppress(WebSocketDisconnect):
        while not subscriber.closed:
            for data in await subscriber.next():
                await socket.send_bytes(data)


async def _listen(socket: WebSocket, hub: Hub, subscriber: Subscriber) -> None:
    """Take the client's only message, which building's values it wants; return when it goes."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        watched = (message.get("text") or "")[:MAX_ID]
        await hub.watch(subscriber, watched or None)
