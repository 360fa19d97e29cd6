"""Where basemap tiles come from: Tianditu, Amap, OSM, any XYZ server, an MBTiles file."""

import asyncio
import contextlib
import io
import logging
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import httpx
from PIL import Image, UnidentifiedImageError

from data.settings import Settings
from geo.tiles import TILE_PX, Tile, gcj02_pieces

TIMEOUT_S: Final = 8.0
MAX_TILE_BYTES: Final = 2_000_000
CACHE_BYTES: Final = 500_000_000
CACHE_LIFE_S: Final = 14 * 86_400
#: The cache is swept after this many new tiles, and then down to this share of its bound.
SWEEP_EVERY: Final = 500
SWEEP_TO: Final = 0.8
USER_AGENT: Final = "xintang-smart-fire/0.1 (+basemap proxy)"
SIGNATURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")

OSM_URL: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
AMAP_URL: Final = (
    "https://webrd01.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
)
#: Ground and names are two layers of the same service: ``vec_w`` below, ``cva_w`` above.
TIANDITU_URLS: Final = tuple(
    f"https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
    for layer in ("vec", "cva")
)


class TileError(RuntimeError):
    """The source cannot give this tile now; the message names no address and no key."""


class TileTimeoutError(TileError):
    """The source did not answer in time."""


class TileMissingError(TileError):
    """The source has no such tile."""


class TileSource(Protocol):
    """Something that gives WGS 84 web-mercator tiles."""

    @property
    def name(self) -> str:
        """Name in the URL and in the settings."""
        ...

    @property
    def remote(self) -> bool:
        """Whether asking costs a request to another server, so that answers are kept."""
        ...

    async def fetch(self, tile: Tile) -> bytes:
        """Return the encoded image of a tile, or raise a :class:`TileError`."""
        ...


@dataclass(frozen=True)
class WebTiles:
    """Tiles of a server, one or more layers on top of each other."""

    name: str
    urls: tuple[str, ...]
    client: httpx.AsyncClient
    key: str = ""
    remote: bool = True

    async def fetch(self, tile: Tile) -> bytes:
        """Return the tile; several layers are put together into one PNG."""
        layers = await asyncio.gather(*(self._layer(url, tile) for url in self.urls))
        if len(layers) == 1:
            return layers[0]
        return await asyncio.to_thread(stack, layers)

    async def _layer(self, url: str, tile: Tile) -> bytes:
        address = url
        fields = {"z": tile.z, "x": tile.x, "y": tile.y, "key": self.key}
        for field, value in fields.items():
            address = address.replace(f"{{{field}}}", str(value))
        return await _download(self.client, address, self.name)


@dataclass(frozen=True)
class ShiftedTiles:
    """Tiles whose source is in GCJ-02, put together anew so that they fit WGS 84 data."""

    inner: WebTiles
    remote: bool = True

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.inner.name

    async def fetch(self, tile: Tile) -> bytes:
        """Return the tile as PNG, made of up to four tiles of the source."""
        pieces = gcj02_pieces(tile)
        images = await asyncio.gather(*(self.inner.fetch(piece.tile) for piece in pieces))
        places = [(piece.left, piece.top) for piece in pieces]
        return await asyncio.to_thread(paste, list(zip(images, places, strict=True)))


class FileTiles:
    """Tiles of an MBTiles file, read only; its rows count from the south."""

    remote = False

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"

    async def fetch(self, tile: Tile) -> bytes:
        """Return the tile as it stands in the file."""
        return await asyncio.to_thread(self._read, tile)

    def _read(self, tile: Tile) -> bytes:
        row = 2**tile.z - 1 - tile.y
        query = "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"
        try:
            with contextlib.closing(sqlite3.connect(self._uri, uri=True)) as file:
                found = file.execute(query, (tile.z, tile.x, row)).fetchone()
        except sqlite3.Error as error:
            raise TileError("the MBTiles file cannot be read") from error
        if found is None:
            raise TileMissingError(f"the file has no tile {tile.z}/{tile.x}/{tile.y}")
        return bytes(found[0])


class TileCache:
    """Tiles kept on disk, bounded in size and age; the longest unused go first."""

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = CACHE_BYTES,
        life_s: float = CACHE_LIFE_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._life_s = life_s
        self._clock = clock
        self._new = 0

    def get(self, source: str, tile: Tile) -> bytes | None:
        """Return a kept tile unless it is too old."""
        path = self._path(source, tile)
        try:
            if self._clock() - path.stat().st_mtime > self._life_s:
                return None
            return path.read_bytes()
        except OSError:
            return None

    def put(self, source: str, tile: Tile, content: bytes) -> None:
        """Keep a tile; a full or read-only disk is no reason not to show it."""
        path = self._path(source, tile)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written aside and moved: another process may read it at this moment.
            handle, half = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(half).replace(path)
            os.utime(path, (self._clock(), self._clock()))
        self._new += 1
        if self._new % SWEEP_EVERY == 0:
            self.sweep()

    def sweep(self) -> None:
        """Delete tiles that are too old, then the oldest until the bound is kept again."""
        kept: list[tuple[float, int, Path]] = []
        for path in self._folder.rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    facts = path.stat()
                    kept.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in kept)
        bound = self._max_bytes if total <= self._max_bytes else self._max_bytes * SWEEP_TO
        for modified, size, path in sorted(kept):
            if total <= bound and self._clock() - modified <= self._life_s:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _path(self, source: str, tile: Tile) -> Path:
        return self._folder / source / str(tile.z) / str(tile.x) / str(tile.y)


def configured_basemaps(settings: Settings) -> list[str]:
    """Return the basemaps a person may choose, the set one first and ``builtin`` always."""
    remote = {
        "tianditu": bool(settings.tianditu_key.get_secret_value()),
        "amap": settings.basemap == "amap",
        "osm": settings.basemap == "osm",
        "xyz": bool(settings.basemap_xyz_url),
        "mbtiles": settings.basemap_mbtiles is not None,
    }
    names = ["builtin", *(name for name, there in remote.items() if there)]
    return sorted(names, key=lambda name: name != settings.basemap)


def open_sources(
    settings: Settings,
    *,
    client: httpx.AsyncClient | None = None,
    urls: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, TileSource]:
    """Return name → source for every configured basemap but the built-in one.

    ``client`` and ``urls`` replace the connection and the addresses of the public services.
    """
    at = {"tianditu": TIANDITU_URLS, "amap": (AMAP_URL,), "osm": (OSM_URL,), **(urls or {})}
    http = client or httpx.AsyncClient(timeout=TIMEOUT_S, headers={"user-agent": USER_AGENT})
    # httpx logs every address it asks for, and Tianditu's carry the key.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    key = settings.tianditu_key.get_secret_value()
    sources: dict[str, TileSource] = {}
    for name in configured_basemaps(settings):
        if name == "mbtiles" and settings.basemap_mbtiles is not None:
            sources[name] = FileTiles(name, settings.basemap_mbtiles)
        elif name == "xyz":
            sources[name] = WebTiles(name, (settings.basemap_xyz_url,), http)
        elif name == "amap":
            sources[name] = ShiftedTiles(WebTiles(name, at[name], http))
        elif name != "builtin":
            sources[name] = WebTiles(name, at[name], http, key)
    return sources


async def _download(client: httpx.AsyncClient, address: str, name: str) -> bytes:
    try:
        answer = await client.get(address)
    except httpx.TimeoutException as error:
        raise TileTimeoutError(f"the basemap {name} did not answer in time") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TileError(f"the basemap {name} cannot be reached") from error
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise TileMissingError(f"the basemap {name} has no such tile")
    content = answer.content
    if answer.status_code != httpx.codes.OK or not content.startswith(SIGNATURES):
        raise TileError(f"the basemap {name} answered {answer.status_code} without an image")
    if len(content) > MAX_TILE_BYTES:
        raise TileError(f"the basemap {name} sent an unreasonably large tile")
    return content


def stack(layers: list[bytes]) -> bytes:
    """Put transparent images of the same size on top of each other; return a PNG."""
    return paste([(layer, (0, 0)) for layer in layers])


def paste(images: list[tuple[bytes, tuple[int, int]]]) -> bytes:
    """Paste encoded images at (left, top) pixels on one empty tile; return a PNG.

    Raises
    ------
    TileError
        If one of them is no image.
    """
    canvas = Image.new("RGBA", (TILE_PX, TILE_PX))
    for content, place in images:
        try:
            image = Image.open(io.BytesIO(content)).convert("RGBA")
        except (UnidentifiedImageError, OSError) as error:
            raise TileError("the basemap sent something that is no image") from error
        layer = Image.new("RGBA", canvas.size)
        layer.paste(image, place)
        canvas.alpha_composite(layer)
    out = io.BytesIO()
    canvas.save(out, "PNG", optimize=False, compress_level=3)
    return out.getvalue()
