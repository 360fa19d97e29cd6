"""Photos of incidents over HTTP."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from data.domain.readings import Reading
from data.store.models import Audit
from tests.data.commands.test_photos import photo, with_exif
from tests.site import FROM_HERE, Site


@pytest.fixture(scope="module")
def number(site: Site) -> int:
    now = site.clock()
    reading = Reading("S0", "photos", now, now, None, {"smoke_pct": 40.0})
    site.services.pipeline.ingest([reading])
    (incident,) = site.client("duty").get("/api/v1/incidents").json()
    return int(incident["id"])


def send(site: Site, user: str, number: int, content: bytes, **headers: str) -> Any:
    client = site.client(user)
    sent = {**FROM_HERE, "x-csrf-token": site.csrf(client), "content-type": "image/jpeg", **headers}
    return client.post(f"/api/v1/incidents/{number}/photos", content=content, headers=sent)


def files(site: Site) -> set[str]:
    folder = site.services.settings.data_dir / "photos"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_photo_is_kept_told_audited_and_shown(site: Site, number: int) -> None:
    answer = send(site, "duty", number, with_exif())
    assert answer.status_code == 200, answer.text
    entry = answer.json()["timeline"][-1]
    assert (entry["action"], entry["actor"]) == ("photo", "duty")
    path = f"/api/v1/incidents/{number}/photos/{entry['detail']}"
    for query, size in (("", (300, 400)), ("?small=1", (270, 360))):
        got = site.client("leader").get(path + query)
        assert got.headers["content-type"] == "image/jpeg"
        assert "private" in got.headers["cache-control"]
        assert Image.open(io.BytesIO(got.content)).size == size
    with site.services.database.reading() as session:
        audited = session.scalars(select(Audit.action)).all()
    assert "incident.photographed" in audited


def test_photos_are_closed_and_belong_to_their_incident(site: Site, number: int) -> None:
    photo_id = send(site, "duty", number, photo()).json()["timeline"][-1]["detail"]
    path = f"/api/v1/incidents/{number}/photos/{photo_id}"
    assert site.client().get(path).status_code == 401
    assert site.client("display").get(path).status_code == 403
    other = f"/api/v1/incidents/{number + 1}/photos/{photo_id}"
    assert site.client("duty").get(other).status_code == 404


def test_a_repeated_click_keeps_one(site: Site, number: int) -> None:
    key = {"idempotency-key": "k"}
    one, again = (send(site, "duty", number, photo(size=(50, 50)), **key) for _ in range(2))
    assert one.json()["timeline"] == again.json()["timeline"]


def test_a_refused_photo_leaves_nothing(site: Site, number: int) -> None:
    before = files(site)
    assert send(site, "leader", number, photo(size=(61, 61))).status_code == 403
    assert send(site, "duty", 999_999, photo(size=(62, 62))).status_code == 404
    bad = send(site, "duty", number, b"no photo")
    assert (bad.status_code, bad.json()["error"]) == (422, "Photo")
    assert send(site, "duty", number, b"\0" * 8_000_001).status_code == 413
    assert files(site) == before


def test_only_photos_may_be_large(site: Site, number: int) -> None:
    noise = Image.effect_noise((1800, 1800), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert 1_000_000 < len(out.getvalue()) < 8_000_000
    assert send(site, "duty", number, out.getvalue()).status_code == 200
    client = site.client("duty")
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    path = f"/api/v1/incidents/{number}/note"
    assert client.post(path, content=out.getvalue(), headers=headers).status_code == 413
