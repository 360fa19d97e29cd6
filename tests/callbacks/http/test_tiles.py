import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.site import KEY, close_site, make_site

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


class Upstream(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_):
        pass


@pytest.fixture
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    server.asked, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def tiles(upstream, redis_url, tmp_path):
    """A site with a basemap server and a file; and the browser of a duty officer."""
    path = tmp_path / "x.mbtiles"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data BLOB)")
    file.execute("INSERT INTO tiles VALUES (0, 0, 0, ?)", (PNG,))
    file.commit()
    file.close()
    url = f"http://127.0.0.1:{upstream.server_port}/{{z}}/{{x}}/{{y}}.png"
    site = make_site(tmp_path, redis_url, basemap="xyz", basemap_xyz_url=url, basemap_mbtiles=path)
    yield site
    close_site(site)


def test_tile_is_fetched_once_and_then_kept(tiles, upstream):
    client = tiles.client("duty")
    for _ in range(2):
        answer = client.get("/tiles/xyz/3/5/6")
        assert (answer.status_code, answer.content) == (200, PNG)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "private, max-age=86400"
    assert upstream.asked == ["/3/5/6.png"]


def test_tile_of_a_file(tiles):
    assert tiles.client("display").get("/tiles/mbtiles/0/0/0").content == PNG


@pytest.mark.parametrize(
    "path",
    ["osm/0/0/0", "builtin/0/0/0", "xyz/3/8/0", "xyz/3/0/-1", "xyz/25/0/0", "mbtiles/1/0/0"],
)
def test_tiles_that_are_not_there(tiles, upstream, path):
    answer = tiles.client("duty").get(f"/tiles/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert upstream.asked == []


def test_no_numbers_no_tile(tiles):
    assert tiles.client("duty").get("/tiles/xyz/a/b/c").status_code == 422


def test_failing_server_is_a_bad_gateway_and_counted(tiles, upstream):
    upstream.status = 500
    answer = tiles.client("duty").get("/tiles/xyz/3/5/6")
    assert answer.status_code == 502
    assert "127.0.0.1" not in answer.text
    upstream.status = 200
    assert tiles.client("duty").get("/tiles/xyz/3/5/6").status_code == 200
    text = tiles.client().get("/metrics", headers={"authorization": f"Bearer {KEY}"}).text
    assert 'xt_tiles_total{outcome="error",source="xyz"} 1.0' in text
    assert 'xt_tiles_total{outcome="fetched",source="xyz"} 1.0' in text
