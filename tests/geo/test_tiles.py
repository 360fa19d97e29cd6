import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import CoordinateError
from geo.gcj02 import wgs84_to_gcj02
from geo.tiles import (
    TILE_PX,
    Tile,
    gcj02_offset_px,
    gcj02_pieces,
    lonlat_of,
    pixel_of,
    tile_at,
    tile_bounds,
)

ON_THE_MAP = st.tuples(st.floats(-179.9, 179.9), st.floats(-85.0, 85.0), st.integers(0, 20))


@given(ON_THE_MAP)
def test_a_point_lies_within_its_tile(place: tuple[float, float, int]) -> None:
    lon, lat, zoom = place
    west, south, east, north = tile_bounds(tile_at(lon, lat, zoom))
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(ON_THE_MAP)
def test_pixels_round_trip(place: tuple[float, float, int]) -> None:
    lon, lat, zoom = place
    assert lonlat_of(*pixel_of(lon, lat, zoom), zoom) == pytest.approx((lon, lat), abs=1e-8)


def test_the_corners_of_the_world_have_tiles() -> None:
    assert tile_at(180.0, -85.0511287798066, 3) == Tile(3, 7, 7)
    assert tile_at(-180.0, 85.0511287798066, 3) == Tile(3, 0, 0)


@pytest.mark.parametrize("zxy", [(-1, 0, 0), (25, 0, 0), (2, 4, 0), (2, 0, -1)])
def test_tiles_that_do_not_exist_are_refused(zxy: tuple[int, int, int]) -> None:
    with pytest.raises(CoordinateError):
        Tile(*zxy)


@pytest.mark.parametrize("place", [(118.6, 86.0), (118.6, float("nan")), (float("inf"), 0.0)])
def test_places_off_the_map_are_refused(place: tuple[float, float]) -> None:
    with pytest.raises(CoordinateError, match="Web Mercator"):
        pixel_of(*place, 3)


def test_there_is_no_offset_outside_china() -> None:
    assert gcj02_offset_px(tile_at(2.35, 48.85, 15)) == pytest.approx((0.0, 0.0), abs=1e-5)
    paris = tile_at(2.35, 48.85, 15)
    assert gcj02_pieces(paris)[0].tile == paris


@pytest.mark.parametrize("zoom", [10, 13, 16, 18])
def test_the_offset_holds_for_the_whole_tile(zoom: int) -> None:
    tile = tile_at(118.6, 24.77, zoom)
    dx, dy = gcj02_offset_px(tile)
    for across, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        x, y = (tile.x + across) * TILE_PX, (tile.y + down) * TILE_PX
        shifted = wgs84_to_gcj02(np.array([lonlat_of(x, y, zoom)]))[0]
        source = pixel_of(float(shifted[0]), float(shifted[1]), zoom)
        assert source == pytest.approx((x + dx, y + dy), abs=0.25)


@pytest.mark.parametrize("zoom", [3, 10, 14, 18])
def test_the_pieces_cover_every_pixel_of_the_tile_once(zoom: int) -> None:
    covered = np.zeros((TILE_PX, TILE_PX), dtype=int)
    for piece in gcj02_pieces(tile_at(118.6, 24.77, zoom)):
        rows = slice(max(piece.top, 0), max(piece.top + TILE_PX, 0))
        columns = slice(max(piece.left, 0), max(piece.left + TILE_PX, 0))
        covered[rows, columns] += 1
    assert (covered == 1).all()


def test_a_landmark_lands_on_its_pixel() -> None:
    """Where WGS 84 data draws a point, the pasted GCJ-02 tiles show the same point."""
    lon, lat, zoom = 118.6711365, 24.8770487, 17
    tile = tile_at(lon, lat, zoom)
    x, y = pixel_of(lon, lat, zoom)
    shifted = wgs84_to_gcj02(np.array([[lon, lat]]))[0]
    source = pixel_of(float(shifted[0]), float(shifted[1]), zoom)
    holder = Tile(zoom, int(source[0] // TILE_PX), int(source[1] // TILE_PX))
    piece = next(piece for piece in gcj02_pieces(tile) if piece.tile == holder)
    shown = (
        source[0] - holder.x * TILE_PX + piece.left,
        source[1] - holder.y * TILE_PX + piece.top,
    )
    assert shown == pytest.approx((x - tile.x * TILE_PX, y - tile.y * TILE_PX), abs=0.8)
