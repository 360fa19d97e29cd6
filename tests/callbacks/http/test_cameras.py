from datetime import timedelta

import pytest

from data.demo.video import newest_number
from data.domain.words import Status
from data.live import keys
from data.live.wire import to_ms
from data.store.models import Device

BASE = "/live/camera/C0"


@pytest.fixture
def camera(site):
    """The lane's camera, as one of the demo town, not heard of in the present."""
    with site.services.database.writing() as session:
        device = session.get_one(Device, "C0")
        device.demo, device.disabled = True, False
    site.services.redis.delete(keys.device("C0"))
    return site


def change(site, **facts):
    with site.services.database.writing() as session:
        for name, value in facts.items():
            setattr(session.get_one(Device, "C0"), name, value)


@pytest.mark.parametrize("name", ["duty", "leader", "display"])
def test_a_stream_is_a_playlist_a_head_and_parts(camera, name):
    client = camera.client(name)
    listed = client.get(f"{BASE}/index.m3u8")
    assert listed.headers["content-type"] == "application/vnd.apple.mpegurl"
    last = listed.text.split()[-1]
    assert client.get(f"{BASE}/init.mp4").content[4:8] == b"ftyp"
    part = client.get(f"{BASE}/{last}")
    assert (part.headers["content-type"], part.content[4:8]) == ("video/iso.segment", b"moof")


def test_a_camera_that_fell_silent_shows_its_last_picture(camera):
    heard = camera.clock() - timedelta(minutes=10)
    facts = {
        "status": int(Status.STALE),
        "since": to_ms(heard),
        "measured_at": to_ms(heard),
        "received_at": to_ms(heard),
        "values": b"{}",
    }
    camera.services.redis.hset(keys.device("C0"), mapping=facts)
    client = camera.client("duty")
    first = client.get(f"{BASE}/index.m3u8").text
    assert first.split()[-1] == f"{newest_number(heard)}.m4s"
    camera.clock.tick(20)
    assert client.get(f"{BASE}/index.m3u8").text == first


@pytest.mark.parametrize(
    "facts", [{"demo": False}, {"disabled": True}], ids=["not connected", "out of service"]
)
def test_a_camera_without_a_stream_is_said(camera, facts):
    change(camera, **facts)
    answer = camera.client("duty").get(f"{BASE}/index.m3u8")
    assert (answer.status_code, answer.json()["detail"]) == (404, "This camera has no stream.")


@pytest.mark.parametrize("path", ["/live/camera/S0/index.m3u8", "/live/camera/X/init.mp4"])
def test_only_cameras_have_pictures(camera, path):
    assert camera.client("duty").get(path).status_code == 404


def test_parts_that_are_not_there(camera):
    client = camera.client("duty")
    assert client.get(f"{BASE}/1.m4s").status_code == 404
    assert client.get(f"{BASE}/x.m4s").status_code == 422


def test_strangers_see_no_camera(camera):
    assert camera.client().get(f"{BASE}/index.m3u8").status_code == 401


def test_the_page_may_play_it(camera):
    policy = camera.client("duty").get("/").headers["content-security-policy"]
    assert "media-src 'self' blob:" in policy
