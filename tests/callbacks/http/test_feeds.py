from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from callbacks.http.feeds import create_feeds_asgi
from tests.site import KEY, Site, sign_in

BEARER = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def feeds(site: Site) -> Iterator[TestClient]:
    services = replace(site.services, registry=CollectorRegistry())
    with TestClient(create_feeds_asgi(services), follow_redirects=False) as client:
        yield client


def reading(site: Site, message_id: str, **values: float) -> dict[str, object]:
    return {
        "device_id": "S0",
        "message_id": message_id,
        "measured_at": site.clock().isoformat(),
        "values": values,
    }


def test_readings_are_taken_and_counted(site: Site, feeds: TestClient) -> None:
    batch = [reading(site, "f1", smoke_pct=1), reading(site, "f2", colour=3)]
    answer = feeds.post("/api/v1/readings", json=batch, headers=BEARER)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [item["index"] for item in answer.json()["rejected"]] == [1]
    measured = feeds.get("/metrics", headers=BEARER).text
    assert 'xt_readings_total{outcome="accepted"} 1.0' in measured
    assert feeds.get("/healthz").status_code == 200


def test_nobody_gets_in_without_a_key(feeds: TestClient) -> None:
    assert feeds.post("/api/v1/readings", json=[]).status_code == 401
    assert feeds.get("/metrics").status_code == 401


def test_there_are_no_screens_and_no_way_to_sign_in(site: Site, feeds: TestClient) -> None:
    with site.client() as browser:
        sign_in(browser, "admin")
        feeds.cookies = browser.cookies
        paths = ("/", "/wall/", "/live/snapshot", "/live/events", "/login")
        assert {path: feeds.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_a_large_body_is_refused(feeds: TestClient) -> None:
    answer = feeds.post("/api/v1/readings", content=b" " * 2_000_000, headers=BEARER)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
