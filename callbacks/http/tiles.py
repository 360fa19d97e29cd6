"""``/tiles/{source}/{z}/{x}/{y}``: basemaps through the server, so that keys stay here.

The answer is always a 256 px web-mercator tile in WGS 84; Amap's are in GCJ-02 and are put
together anew. A tile that the source cannot give now is 502/504, never a wrong picture.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from callbacks.http.metrics import Metrics
from callbacks.http.problems import Problem
from callbacks.services import Services
from data.feeds.tiles import (
    TileCache,
    TileError,
    TileMissingError,
    TileSource,
    TileTimeoutError,
    configured_basemaps,
    open_sources,
)
from geo.errors import CoordinateError
from geo.tiles import Tile

__all__ = ["configured_basemaps", "tiles_router"]

CACHED: Final = "private, max-age=86400"


def tiles_router(services: Services, metrics: Metrics) -> APIRouter:
    """Return the route; only configured sources exist."""
    router = APIRouter(include_in_schema=False)
    sources = open_sources(services.settings)
    cache = TileCache(services.settings.data_dir / "tiles")

    @router.get("/tiles/{source}/{z}/{x}/{y}")
    async def tile(source: str, z: int, x: int, y: int) -> Response:
        found = sources.get(source)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"There is no basemap {source!r} here.")
        content = await _fetch(found, _tile(z, x, y), cache, metrics)
        return Response(content, media_type=media_type(content), headers={"cache-control": CACHED})

    return router


async def _fetch(source: TileSource, tile: Tile, cache: TileCache, metrics: Metrics) -> bytes:
    count = metrics.tiles.labels
    try:
        kept = await asyncio.to_thread(cache.get, source.name, tile) if source.remote else None
        if kept is not None:
            count(source.name, "cached").inc()
            return kept
        content = await source.fetch(tile)
        if source.remote:
            await asyncio.to_thread(cache.put, source.name, tile, content)
    except TileMissingError as error:
        count(source.name, "missing").inc()
        raise Problem(HTTPStatus.NOT_FOUND, str(error)) from error
    except TileTimeoutError as error:
        count(source.name, "timeout").inc()
        raise Problem(HTTPStatus.GATEWAY_TIMEOUT, str(error)) from error
    except TileError as error:
        count(source.name, "error").inc()
        raise Problem(HTTPStatus.BAD_GATEWAY, str(error)) from error
    count(source.name, "fetched").inc()
    return content


def _tile(z: int, x: int, y: int) -> Tile:
    try:
        return Tile(z, x, y)
    except CoordinateError as error:
        raise Problem(HTTPStatus.NOT_FOUND, str(error)) from error


def media_type(content: bytes) -> str:
    """Return the media type by the first bytes; tile servers are careless with theirs."""
    if content.startswith(b"\x89PNG"):
        return "image/png"
    if content.startswith(b"RIFF"):
        return "image/webp"
    return "image/jpeg"
