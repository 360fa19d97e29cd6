"""Snapshot and geometry over HTTP; the stream itself is tested in tests/data/live/test_hub.py."""

import base64

import orjson
import pytest

from callbacks.http.live import GeometryCache
from data.live import keys
from data.store.models import Meta
from tests.site import Site


@pytest.mark.parametrize(
    "path", ["/live/snapshot", "/live/events", "/live/geometry/lane/context.json"]
)
def test_the_live_picture_is_closed_to_strangers(site: Site, path: str) -> None:
    assert site.client().get(path).status_code == 401


def test_a_snapshot_has_every_device_and_where_to_go_on(site: Site) -> None:
    snapshot = site.client("display").get("/live/snapshot").json()
    assert len(base64.b64decode(snapshot["status"])) == 7
    assert snapshot["geometry"] == "lane"
    assert snapshot["id"].partition("-")[0].isdigit()


def test_no_snapshot_while_the_present_is_missing(site: Site) -> None:
    client = site.client("duty")
    epoch = site.services.redis.get(keys.EPOCH)
    site.services.redis.delete(keys.EPOCH)
    answer = client.get("/live/snapshot")
    site.services.redis.set(keys.EPOCH, epoch)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_geometry_travels_once(site: Site) -> None:
    client = site.client("duty")
    answer = client.get("/live/geometry/lane/buildings.json", headers={"accept-encoding": "br"})
    assert answer.headers["content-encoding"] == "br"
    assert "immutable" in answer.headers["cache-control"]
    assert orjson.loads(answer.content)["ids"] == ["B1"]
    plain = client.get("/live/geometry/lane/devices.bin", headers={"accept-encoding": "identity"})
    assert plain.content[:4] == b"XTG1"


@pytest.mark.parametrize("path", ["old/context.json", "lane/secrets.json"])
def test_other_geometry_is_not_found(site: Site, path: str) -> None:
    assert site.client("duty").get(f"/live/geometry/{path}").status_code == 404


def test_a_new_version_replaces_the_old_files(site: Site) -> None:
    cache = GeometryCache(site.services)
    assert cache.get("lane", "context.json")
    with site.services.database.writing() as session:
        session.get_one(Meta, "geometry_version").value = "next"
    try:
        assert cache.get("next", "context.json")
        assert cache.get("lane", "context.json") is None
    finally:
        with site.services.database.writing() as session:
            session.get_one(Meta, "geometry_version").value = "lane"
