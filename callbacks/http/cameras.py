"""``/live/camera/{id}/…``: the picture of a camera as HLS; of demo cameras a test picture."""

from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Response

from callbacks.http.problems import Problem
from callbacks.services import Services
from data.demo.video import fragment, load_loop, playlist
from data.domain.words import Status
from data.live.look import reader
from data.store.cameras import find_camera
from data.store.guard import StoreUnavailableError, reading


class Cameras:
    """Knows which cameras have a picture, and until when."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._read_now = reader(services.redis)

    def clock(self, device_id: str) -> datetime:
        """Return the time of the newest picture: now, or when a silent camera was last heard.

        Raises
        ------
        Problem
            404 for what is no camera or has no stream, 503 without a database.
        """
        try:
            with reading(self._services.database) as session:
                camera = find_camera(session, device_id)
        except StoreUnavailableError as error:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
        if camera is None:
            raise Problem(HTTPStatus.NOT_FOUND, "There is no such camera.")
        if not camera.demo or camera.disabled:
            raise Problem(HTTPStatus.NOT_FOUND, "This camera has no stream.")
        state = self._read_now([device_id]).get(device_id)
        now = self._services.now()
        if state is None or state.status is not Status.STALE:
            return now
        if state.measured_at is None:
            raise Problem(HTTPStatus.NOT_FOUND, "This camera was never heard.")
        return min(now, state.measured_at)


def cameras_router(services: Services) -> APIRouter:
    """Make the router; the gate keeps strangers out."""
    router = APIRouter(prefix="/live/camera", include_in_schema=False)
    cameras = Cameras(services)

    @router.get("/{device_id}/index.m3u8")
    def index(device_id: str) -> Response:
        listed = playlist(cameras.clock(device_id))
        return Response(listed, media_type="application/vnd.apple.mpegurl")

    @router.get("/{device_id}/init.mp4")
    def head(device_id: str) -> Response:
        cameras.clock(device_id)
        return Response(load_loop().head, media_type="video/mp4")

    @router.get("/{device_id}/{number}.m4s")
    def part(device_id: str, number: int) -> Response:
        found = fragment(number, cameras.clock(device_id))
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "This part of the stream is not there.")
        return Response(found, media_type="video/iso.segment")

    return router
