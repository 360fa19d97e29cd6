"""Photos of incidents: sent in by a person who may act, shown to whoever is signed in."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from callbacks.http.commands import IdInPath, carry_out, commander_of
from callbacks.services import Services
from data.domain.errors import NotFoundError
from data.store.drilldown_handling import photo_file

FOLDER: Final = "photos"
#: A photo being made anew keeps a core busy and its pixels in memory.
AT_ONCE: Final = 2
CACHE: Final = {"Cache-Control": "private, max-age=31536000, immutable"}


def photos_router(services: Services) -> APIRouter:
    """Make the router; an unknown incident or photo is answered with 404 problem+json."""
    router = APIRouter(prefix="/api/v1/incidents/{incident_id}/photos")
    folder = services.settings.data_dir / FOLDER
    slots = asyncio.Semaphore(AT_ONCE)

    @router.post("")
    async def add(incident_id: IdInPath, request: Request) -> Response:
        actor, raw = commander_of(request), await request.body()
        async with slots:
            return await carry_out(services.commands.photo, incident_id, actor, raw, folder)

    @router.get("/{photo_id}")
    def get_one(incident_id: IdInPath, photo_id: IdInPath, *, small: bool = False) -> Response:
        with services.database.reading() as session:
            name = photo_file(session, incident_id, photo_id)
        path = folder / f"{name}{'-small' if small else ''}.jpg"
        if not path.is_file():
            raise NotFoundError(f"the file of photo {photo_id} is gone")
        return FileResponse(path, media_type="image/jpeg", headers=CACHE)

    return router
