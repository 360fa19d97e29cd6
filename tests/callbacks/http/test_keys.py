"""Keys over HTTP: made and closed by admins, audited, and what each opens."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from data.store.models import Audit
from tests.lane import T0
from tests.site import FROM_HERE, Site

READINGS = "/api/v1/readings"


class Desk:
    """A signed-in person's hands on the keys."""

    def __init__(self, site: Site, user: str = "admin") -> None:
        self.client = site.client(user)
        self.headers = {**FROM_HERE, "x-csrf-token": site.csrf(self.client)}

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(path, json=body, headers={**self.headers, **headers})

    def add(self, **wish: Any) -> Any:
        return self.post("/api/v1/keys", wish)


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def forget(site: Site) -> None:
    """Let a second pass for the book of keys."""
    site.services.keys._until = 0


def sends(site: Site, key: str, device: str = "S0", path: str = READINGS) -> Any:
    forget(site)
    client = site.client(headers={"authorization": f"Bearer {key}"})
    item = {"device_id": device, "message_id": key[:9], "measured_at": T0.isoformat()}
    return client.post(path, json=[{**item, "values": {"battery_pct": 50}}])


def test_a_key_opens_until_it_is_revoked(site: Site, desk: Desk) -> None:
    made = desk.add(name="water")
    assert made.status_code == 201
    key = made.json()["key"]
    assert sends(site, key).json()["accepted"] == 1
    listed = desk.client.get("/api/v1/keys").json()
    assert {row["name"] for row in listed} >= {"water", "gateway"}
    assert all("key" not in row for row in listed)
    mine = next(row for row in listed if row["name"] == "water")
    assert mine["last_used_at"] is not None
    assert (mine["created_by"], mine["scopes"], mine["rate_per_s"]) == ("admin", ["readings"], 500)

    path = f"/api/v1/keys/{mine['id']}/revoke"
    assert desk.post(path, {"reason": "lost"}).json()["revoked_by"] == "admin"
    assert sends(site, key).status_code == 401
    again = desk.post(path, {})
    assert (again.status_code, again.json()["by"]) == (409, "admin")
    with site.services.database.reading() as session:
        audits = (
            session.query(Audit).filter(Audit.action.like("key.%"), Audit.result == "done").all()
        )
    assert [(a.action, a.reason) for a in audits[-2:]] == [
        ("key.added", ""),
        ("key.revoked", "lost"),
    ]
    assert key not in str([a.detail for a in audits])


def test_a_repeated_click_shows_no_key_again(desk: Desk) -> None:
    first = desk.post("/api/v1/keys", {"name": "once"}, **{"idempotency-key": "click"})
    again = desk.post("/api/v1/keys", {"name": "once"}, **{"idempotency-key": "click"})
    assert (first.status_code, again.status_code) == (201, 409)
    assert "key" not in again.json()


@pytest.mark.parametrize("user", ["duty", "leader"])
def test_only_admins_see_and_make_keys(site: Site, user: str) -> None:
    other = Desk(site, user)
    assert other.add(name="mine").status_code == 403
    assert other.post("/api/v1/keys/1/revoke", {}).status_code == 403
    assert other.client.get("/api/v1/keys").status_code == 403


@pytest.mark.parametrize(
    "wish",
    [
        {"name": ""},
        {"name": "x" * 65},
        {"name": "a\u0000b"},
        {"name": "a", "scopes": []},
        {"name": "a", "scopes": ["everything"]},
        {"name": "a", "communities": ["1"]},
        {"name": "a", "kinds": ["toaster"]},
        {"name": "a", "rate_per_s": 0},
        {"name": "a", "more": 1},
    ],
)
def test_what_can_not_be_made(desk: Desk, wish: dict[str, Any]) -> None:
    answer = desk.add(**wish)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_opens_what_it_is_for(site: Site, desk: Desk) -> None:
    metrics = desk.add(name="prometheus", scopes=["metrics"]).json()["key"]
    readings = desk.add(name="only-readings").json()["key"]
    assert sends(site, metrics).status_code == 403
    client = site.client(headers={"authorization": f"Bearer {metrics}"})
    assert client.get("/metrics").status_code == 200
    assert client.get("/api/v1/keys").status_code == 401
    client = site.client(headers={"authorization": f"Bearer {readings}"})
    assert client.get("/metrics").status_code == 401


def test_a_narrow_key_reports_for_its_own(site: Site, desk: Desk) -> None:
    key = desk.add(name="narrow", communities=["350582005001"], kinds=["pressure"]).json()["key"]
    assert sends(site, key, "P0").json()["accepted"] == 1
    refused = sends(site, key, "S0")
    assert refused.status_code == 422
    assert "may not report for 'S0'" in refused.json()["detail"]
    assert "unknown device" in sends(site, key, "nobody").json()["detail"]


def test_a_key_that_sends_too_fast_waits(site: Site, desk: Desk) -> None:
    key = desk.add(name="slow", rate_per_s=1).json()["key"]
    client: TestClient = site.client(headers={"authorization": f"Bearer {key}"})

    def send(number: int, count: int, **more: Any) -> Any:
        one = {"device_id": "S1", "measured_at": T0.isoformat(), "values": {"battery_pct": 50}}
        items = [{**one, **more, "message_id": f"{number}-{n}"} for n in range(count)]
        return client.post(READINGS, json=items)

    forget(site)
    assert send(1, 20).status_code == 200
    waits = send(2, 1)
    assert waits.status_code == 429
    assert 9 <= int(waits.headers["retry-after"]) <= 10
    assert send(3, 1, status="fire").json()["accepted"] == 1
