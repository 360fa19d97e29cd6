import io
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr

from data.feeds.tiles import (
    FileTiles,
    ShiftedTiles,
    TileCache,
    TileError,
    TileMissingError,
    TileTimeoutError,
    WebTiles,
    configured_basemaps,
    open_sources,
    paste,
)
from data.settings import Settings
from geo.tiles import TILE_PX, Tile, gcj02_offset_px, tile_at

XINTANG = tile_at(118.590, 24.762, 16)


def png(colour, size=TILE_PX):
    out = io.BytesIO()
    Image.new("RGBA", (size, size), colour).save(out, "PNG")
    return out.getvalue()


def world_png(z, x, y):
    """A tile whose pixels say where they lie, by the last bits of their world pixel."""
    image = Image.new("RGBA", (TILE_PX, TILE_PX))
    image.putdata(
        [
            (column, row, (x * 16 + y) % 256, 255)
            for row in range(TILE_PX)
            for column in range(TILE_PX)
        ]
    )
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Upstream(BaseHTTPRequestHandler):
    """A tile server with every bad habit."""

    def do_GET(self):
        self.server.asked.append(self.path)
        kind, *rest = self.path.strip("/").split("?")[0].split("/")
        bodies = {
            "world": lambda: world_png(*map(int, rest)),
            "red": lambda: png("red"),
            "label": lambda: png((0, 0, 255, 0)),
            "html": lambda: b"<html>limit reached</html>",
            "slow": lambda: time.sleep(1) or png("red"),
            "large": lambda: png("red") + b"\0" * 3_000_000,
            "cut": lambda: png("red")[:40],
        }
        status = {"missing": 404, "broken": 500}.get(kind, 200)
        body = bodies.get(kind, lambda: b"")()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def web(upstream):
    def web(*kinds, key="", timeout=20):
        urls = tuple(f"http://127.0.0.1:{upstream.server_port}/{kind}" for kind in kinds)
        return WebTiles("xyz", urls, httpx.AsyncClient(timeout=timeout), key)

    return web


def pixel(content, x, y):
    return Image.open(io.BytesIO(content)).convert("RGBA").getpixel((x, y))


async def test_web_tile_fills_the_address(web, upstream):
    content = await web("world/{z}/{x}/{y}?tk={key}", key="secret").fetch(Tile(3, 5, 6))
    assert upstream.asked[-1] == "/world/3/5/6?tk=secret"
    assert content == world_png(3, 5, 6)


async def test_layers_lie_on_top_of_each_other(web):
    content = await web("red", "label").fetch(Tile(0, 0, 0))
    assert pixel(content, 9, 9) == (255, 0, 0, 255)


@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        ("missing", TileMissingError, "no such tile"),
        ("broken", TileError, "500"),
        ("html", TileError, "without an image"),
        ("slow", TileTimeoutError, "in time"),
        ("large", TileError, "large"),
    ],
)
async def test_bad_answers_are_named_without_address(web, kind, error, said):
    with pytest.raises(error, match=said) as raised:
        await web(kind, key="secret", timeout=0.3 if kind == "slow" else 20).fetch(Tile(0, 0, 0))
    assert "127.0.0.1" not in str(raised.value)


async def test_server_that_is_not_there():
    source = WebTiles("xyz", ("http://127.0.0.1:9/{z}",), httpx.AsyncClient(timeout=0.5))
    with pytest.raises(TileError, match="cannot be reached"):
        await source.fetch(Tile(0, 0, 0))


async def test_damaged_image_in_a_stack(web):
    with pytest.raises(TileError, match="no image"):
        await web("red", "cut").fetch(Tile(0, 0, 0))


async def test_shifted_tile_shows_the_same_place(web):
    """The pixel at a place in the WGS 84 tile is the source's pixel at that place in GCJ-02."""
    content = await ShiftedTiles(web("world/{z}/{x}/{y}")).fetch(XINTANG)
    dx, dy = gcj02_offset_px(XINTANG)
    for column, row in ((0, 0), (100, 200), (255, 255), (17, 255)):
        x = XINTANG.x * TILE_PX + column + round(dx)
        y = XINTANG.y * TILE_PX + row + round(dy)
        expected = (x % 256, y % 256, (x // 256 * 16 + y // 256) % 256, 255)
        assert pixel(content, column, row) == expected


def test_paste_leaves_the_rest_transparent():
    content = paste([(png("red"), (200, 0))])
    assert pixel(content, 199, 0)[3] == 0
    assert pixel(content, 200, 255) == (255, 0, 0, 255)


@pytest.fixture
def mbtiles(tmp_path):
    path = tmp_path / "town map #1.mbtiles"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data BLOB)")
    file.execute("INSERT INTO tiles VALUES (3, 5, 1, ?)", (png("red"),))  # TMS row 1 = XYZ row 6
    file.commit()
    file.close()
    return path


async def test_mbtiles_rows_count_from_the_south(mbtiles):
    source = FileTiles("mbtiles", mbtiles)
    assert await source.fetch(Tile(3, 5, 6)) == png("red")
    with pytest.raises(TileMissingError, match="3/5/1"):
        await source.fetch(Tile(3, 5, 1))


async def test_mbtiles_file_is_never_written_and_may_be_missing(mbtiles, tmp_path):
    before = mbtiles.read_bytes(), set(tmp_path.iterdir())
    await FileTiles("mbtiles", mbtiles).fetch(Tile(3, 5, 6))
    assert (mbtiles.read_bytes(), set(tmp_path.iterdir())) == before
    with pytest.raises(TileError, match="cannot be read"):
        await FileTiles("mbtiles", tmp_path / "nothing").fetch(Tile(0, 0, 0))


class Seconds:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def test_cache_keeps_and_forgets_by_age(tmp_path):
    clock = Seconds()
    cache = TileCache(tmp_path, life_s=100, clock=clock)
    assert cache.get("osm", XINTANG) is None
    cache.put("osm", XINTANG, b"tile")
    assert cache.get("osm", XINTANG) == b"tile"
    assert cache.get("amap", XINTANG) is None
    clock.now += 101
    assert cache.get("osm", XINTANG) is None
    cache.sweep()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_cache_is_bounded_oldest_first(tmp_path):
    clock = Seconds()
    cache = TileCache(tmp_path, max_bytes=1000, clock=clock)
    for x in range(12):
        clock.now += 1
        cache.put("osm", Tile(8, x, 0), b"a" * 100)
    cache.sweep()
    kept = [x for x in range(12) if cache.get("osm", Tile(8, x, 0))]
    assert kept == list(range(4, 12))


def test_cache_on_a_full_disk_does_no_harm(tmp_path):
    (tmp_path / "osm").write_text("a file where a folder should be")
    TileCache(tmp_path).put("osm", XINTANG, b"tile")


def settings(**chosen):
    return Settings(_env_file=None, **chosen)


def test_configured_basemaps_chosen_one_first(tmp_path):
    assert configured_basemaps(settings()) == ["builtin"]
    assert configured_basemaps(settings(basemap="osm")) == ["osm", "builtin"]
    many = settings(
        basemap="xyz",
        basemap_xyz_url="http://tiles.lan/{z}/{x}/{y}.png",
        tianditu_key=SecretStr("k"),
        basemap_mbtiles=tmp_path / "x.mbtiles",
    )
    assert configured_basemaps(many) == ["xyz", "builtin", "tianditu", "mbtiles"]


def test_open_sources_only_what_is_configured(tmp_path):
    assert open_sources(settings()) == {}
    sources = open_sources(settings(basemap="amap", tianditu_key=SecretStr("k")))
    assert {name: type(source) for name, source in sources.items()} == {
        "amap": ShiftedTiles,
        "tianditu": WebTiles,
    }
    assert sources["amap"].name == "amap"
    assert sources["amap"].remote
