"""Snapshot and geometry over HTTP; the stream itself is tested in tests/data/live/test_hub.py."""

import base64

import orjson
import pytest
from starlette.websockets import WebSocketDisconnect

from callbacks.http import live
from callbacks.http.live import GeometryCache
from data.domain.readings import Reading
from data.live import keys
from data.live.hub import Hub
from data.live.present import Present
from data.live.subscribers import Binary, Subscriber
from data.store.guard import StoreUnavailableError
from data.store.models import Meta
from tests.live import decoded
from tests.servers import wait_for
from tests.site import Site

FROM_HERE = {"origin": "http://testserver"}


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
    plain = client.get("/live/geometry/lane/map.bin", headers={"accept-encoding": "identity"})
    assert plain.content[:4] == b"XTG2"


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


def test_a_page_follows_what_happens(site: Site) -> None:
    with site.client("duty") as client:
        after = client.get("/live/snapshot").json()["id"]
        with client.websocket_connect(f"/live/ws?after={after}", headers=FROM_HERE) as socket:
            ((kind, hello),) = decoded([socket.receive_bytes()])
            assert (kind, hello["id"]) == ("hello", after)
            socket.send_text("B1")
            site.services.pipeline.ingest(
                [Reading("S0", "ws-1", site.clock(), site.clock(), None, {"smoke_pct": 40.0})]
            )
            told: dict[str, list[object]] = {"changes": [], "values": [], "beat": []}
            while not (told["beat"] and any(change["alarms"] for change in told["changes"])):
                for name, content in decoded([socket.receive_bytes()]):
                    told[name].append(content)
            changes = told["changes"][-1]  # the snapshot may be half a second older than the last
            assert [alarm["device"] for alarm in changes["alarms"]] == ["S0"]
            assert changes["statuses"] == {0: 5}
            socket.close()  # leaving before the server has seen it cancels its clean-up
            wait_for(lambda: site.services.hub.clients == 0)


@pytest.mark.parametrize(
    ("user", "path", "headers"),
    [
        (None, "/live/ws?after=1-1", FROM_HERE),
        ("duty", "/live/ws?after=1-1", {"origin": "https://elsewhere.example"}),
        ("duty", "/live/ws?after=1-1", {}),
        ("duty", "/live/other?after=1-1", FROM_HERE),
        ("duty", "/", FROM_HERE),
    ],
)
def test_a_socket_is_closed_to_strangers_and_to_other_sites(
    site: Site, user: str | None, path: str, headers: dict[str, str]
) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        site.client(user).websocket_connect(path, headers=headers),
    ):
        pass


def test_all_who_ask_within_a_moment_get_the_same_snapshot(site: Site) -> None:
    client = site.client("duty")
    first = client.get("/live/snapshot").json()
    assert client.get("/live/snapshot").json() == first
    site.services.redis.delete(keys.EPOCH)
    assert client.get("/live/snapshot").status_code == 503
    Present(site.services.redis).begin("lane")
    assert client.get("/live/snapshot").json()["id"] != first["id"]


def test_geometry_is_made_before_anybody_asks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = GeometryCache(site.services)
    cache.warm()
    monkeypatch.setattr("callbacks.http.live.encode_geometry", None)
    assert cache.get("lane", "map.bin")


def test_a_server_starts_without_a_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr("callbacks.http.live.reading", away)
    GeometryCache(site.services).warm()


def test_a_session_may_follow_only_so_many_streams(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site.client("duty")
    monkeypatch.setattr(live, "STREAMS_OF_A_SESSION", 0)
    answer = client.get("/live/events")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/live/ws?after=0-0", headers=FROM_HERE),
    ):
        pytest.fail("the socket was opened")
    assert refused.value.code == live.TRY_AGAIN_LATER


async def test_streams_are_counted_by_session() -> None:
    hub = Hub("redis://127.0.0.1:1")
    hub._subscribers = {Subscriber(Binary, "a"), Subscriber(Binary, "a"), Subscriber(Binary, "b")}
    assert [hub.streams_of(session) for session in "abc"] == [2, 1, 0]
