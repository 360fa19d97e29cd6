import gzip
import re

import brotli
import pytest

from callbacks.http import bundles
from callbacks.http.bundles import Compressor, files_hash
from callbacks.surfaces import ASSETS_FOLDER
from tests.site import BUILD, PAGE

TEXT = b"let status = 'normal';\n" * 400
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def compressor(tmp_path):
    compressor = Compressor(tmp_path / "compressed")
    compressor.start()
    yield compressor
    compressor.close()


def test_bundle_is_at_hand_at_once_and_best_later(compressor):
    bundle = compressor.add("a.js", TEXT)
    assert brotli.decompress(bundle.brotli) == gzip.decompress(bundle.gzip) == TEXT
    compressor.wait()
    assert bundle.best
    assert brotli.decompress(bundle.brotli) == TEXT


def test_best_form_is_kept_for_the_next_start(compressor, monkeypatch):
    compressor.add("a.js", TEXT)
    compressor.wait()
    monkeypatch.setattr(bundles.brotli, "compress", None)  # calling it would fail
    again = Compressor(compressor.folder)
    assert again.add("a.js", TEXT).best
    again.close()


def test_kept_form_that_was_damaged_is_made_anew(compressor):
    compressor.add("a.js", TEXT)
    compressor.wait()
    for path in compressor.folder.iterdir():
        path.write_bytes(b"not brotli")
    again = Compressor(compressor.folder)
    assert brotli.decompress(again.add("a.js", TEXT).brotli) == TEXT
    again.close()


def test_small_and_packed_files_stay_as_they_are(compressor):
    assert compressor.add("a.js", b"tiny").brotli == b""
    assert compressor.add("a.png", TEXT).gzip == b""


def test_nothing_is_improved_before_the_start(tmp_path):
    compressor = Compressor(tmp_path)
    bundle = compressor.add("a.js", TEXT)
    compressor.wait()
    assert not bundle.best
    compressor.start()
    compressor.wait()
    assert bundle.best
    compressor.close()


def test_same_content_is_compressed_once(compressor):
    assert compressor.add("a.js", TEXT) is compressor.add("b.js", bytes(bytearray(TEXT)))


def test_files_hash_notices_content_and_name(tmp_path):
    (tmp_path / "a.js").write_text("1")
    first = files_hash(tmp_path)
    (tmp_path / "a.js").write_text("2")
    second = files_hash(tmp_path)
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert len({first, second, files_hash(tmp_path)}) == 3
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_own_file_is_immutable_and_brotli(site):
    path = f"/assets/{BUILD}/css/base.css"
    answer = site.client().get(path, headers={"accept-encoding": "br, gzip"})
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.content == (ASSETS_FOLDER / "css" / "base.css").read_bytes()
    plain = site.client().get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/ffffffffffffffff/js/boot.js",
        f"/assets/{BUILD}/js/nothing.js",
        f"/assets/{BUILD}/js",
        f"/assets/{BUILD}/..%2f..%2fpyproject.toml",
        f"/assets/{BUILD}/%2e%2e/callbacks/surfaces.py",
        f"/assets/{BUILD}//etc/passwd",
    ],
)
def test_other_files_are_not_there(site, path):
    assert site.client().get(path).status_code == 404


@pytest.mark.parametrize("surface", ["/", "/wall/", "/weekly/"])
def test_every_script_of_a_page_arrives_compressed(site, surface):
    client = site.client("admin", headers={"accept-encoding": "br"})
    page = client.get(surface, headers=PAGE).text
    scripts = re.findall(r'src="([^"]*_dash-component-suites[^"]*)"', page)
    assert len(scripts) >= 5
    for script in scripts:
        for _ in range(2):  # from Dash, then from memory
            answer = client.get(script)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, IMMUTABLE)
            assert answer.headers.get("content-encoding") == "br"


def test_unknown_suite_is_not_remembered(site):
    client = site.client("admin")
    for _ in range(2):
        assert client.get("/_dash-component-suites/dash/dcc/nothing.js").status_code in {404, 500}


def test_pages_and_layouts_leave_gzip_compressed(site):
    client = site.client("duty", headers={"accept-encoding": "gzip"})
    for path in ("/", "/_dash-layout"):
        assert client.get(path, headers=PAGE).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/healthz").headers
