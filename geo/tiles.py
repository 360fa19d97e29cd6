"""XYZ tiles (Web Mercator, y from the north), and how GCJ-02 tiles fit under WGS 84 data."""

import math
from dataclasses import dataclass

import numpy as np

from geo.errors import CoordinateError
from geo.gcj02 import wgs84_to_gcj02

TILE_PX = 256
MAX_ZOOM = 24
MAX_LATITUDE_DEG = 85.0511287798066


@dataclass(frozen=True, slots=True)
class Tile:
    """One XYZ tile; ``y`` counts from the north.

    Raises
    ------
    CoordinateError
        If the zoom is not in 0 … 24, or ``x`` or ``y`` not in 0 … 2**z - 1.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise CoordinateError(f"zoom {self.z} is not within 0 … {MAX_ZOOM}")
        if not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise CoordinateError(f"there is no tile {self.z}/{self.x}/{self.y}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A source tile and where its upper left corner goes in the wanted tile, in pixels."""

    tile: Tile
    left: int
    top: int


def pixel_of(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Return the world pixel (from the upper left, 256 px tiles) of a point in degrees (EPSG:4326).

    Raises
    ------
    CoordinateError
        If a value is not finite or the latitude is beyond ±85.0511°, where the projection ends.

    Examples
    --------
    >>> pixel_of(0.0, 0.0, 1)
    (256.0, 256.0)
    """
    if not math.isfinite(lon) or not abs(lat) <= MAX_LATITUDE_DEG:
        raise CoordinateError(f"({lon}, {lat}) is not on the Web Mercator map")
    size = TILE_PX * 2**zoom
    sine = math.sin(math.radians(lat))
    x = (lon + 180.0) / 360.0 * size
    y = (0.5 - math.atanh(sine) / (2.0 * math.pi)) * size
    return x, y


def lonlat_of(x: float, y: float, zoom: int) -> tuple[float, float]:
    """Return longitude and latitude in degrees (EPSG:4326) of a world pixel.

    Examples
    --------
    >>> lonlat_of(256.0, 256.0, 1)
    (0.0, 0.0)
    """
    size = TILE_PX * 2**zoom
    lon = x / size * 360.0 - 180.0
    lat = math.degrees(math.atan(math.sinh((0.5 - y / size) * 2.0 * math.pi)))
    return lon, lat


def tile_at(lon: float, lat: float, zoom: int) -> Tile:
    """Return the tile that holds a point in degrees (EPSG:4326).

    Raises
    ------
    CoordinateError
        If the point is not on the Web Mercator map, or the zoom is out of range.

    Examples
    --------
    >>> tile_at(118.6, 24.77, 14)
    Tile(z=14, x=13589, y=7027)
    """
    last = 2**zoom - 1
    x, y = pixel_of(lon, lat, zoom)
    return Tile(zoom, min(max(int(x // TILE_PX), 0), last), min(max(int(y // TILE_PX), 0), last))


def tile_bounds(tile: Tile) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in degrees (EPSG:4326).

    Examples
    --------
    >>> [round(edge, 4) for edge in tile_bounds(Tile(1, 1, 0))]
    [0.0, 0.0, 180.0, 85.0511]
    """
    west, north = lonlat_of(tile.x * TILE_PX, tile.y * TILE_PX, tile.z)
    east, south = lonlat_of((tile.x + 1) * TILE_PX, (tile.y + 1) * TILE_PX, tile.z)
    return west, south, east, north


def gcj02_offset_px(tile: Tile) -> tuple[float, float]:
    """Return how far right and down a WGS 84 tile's content lies in a GCJ-02 tile source.

    Parameters
    ----------
    tile
        The tile wanted, in WGS 84.

    Returns
    -------
    tuple of float
        Pixels at the tile's centre: what belongs at world pixel (x, y) is found at
        (x + dx, y + dy) in the source. (0, 0) outside China. Within one tile from zoom 10 on the
        offset changes by less than a quarter of a pixel.
    """
    x, y = (tile.x + 0.5) * TILE_PX, (tile.y + 0.5) * TILE_PX
    shifted = wgs84_to_gcj02(np.array([lonlat_of(x, y, tile.z)]))[0]
    source_x, source_y = pixel_of(float(shifted[0]), float(shifted[1]), tile.z)
    return source_x - x, source_y - y


def gcj02_pieces(tile: Tile) -> tuple[Piece, ...]:
    """Return the one to four tiles of a GCJ-02 source that make up a WGS 84 tile.

    Paste each whole source tile at its ``left``, ``top`` (whole pixels, may be negative) on an
    empty tile of 256 × 256 pixels.
    """
    dx, dy = gcj02_offset_px(tile)
    left, top = tile.x * TILE_PX + round(dx), tile.y * TILE_PX + round(dy)
    last = 2**tile.z - 1
    return tuple(
        Piece(Tile(tile.z, x, y), x * TILE_PX - left, y * TILE_PX - top)
        for y in range(max(top // TILE_PX, 0), min((top + TILE_PX - 1) // TILE_PX, last) + 1)
        for x in range(max(left // TILE_PX, 0), min((left + TILE_PX - 1) // TILE_PX, last) + 1)
    )
