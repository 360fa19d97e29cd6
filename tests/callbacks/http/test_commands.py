"""Acknowledging and closing over HTTP: who may, what is refused, what is answered."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from data.domain.readings import Reading
from tests.site import FROM_HERE, Site


def burn(site: Site, device_id: str, message_id: str) -> int:
    """Raise a fire; its alarm's id."""
    now = site.clock()
    reading = Reading(device_id, message_id, now, now, None, {"smoke_pct": 40.0})
    assert site.services.pipeline.ingest([reading]).accepted == 1
    alarms = site.services.redis.hkeys("xt:alarms")
    return max(int(key) for key in alarms)


def command(site: Site, client: TestClient, path: str, body: Any = None) -> Any:
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    return client.post(f"/api/v1/alarms/{path}", json=body or {}, headers=headers)


def test_the_life_of_a_false_alarm(site: Site) -> None:
    alarm = burn(site, "S0", "c1")
    duty = site.client("duty")
    acked = command(site, duty, f"{alarm}/acknowledge")
    again = command(site, duty, f"{alarm}/acknowledge")
    closed = command(site, duty, f"{alarm}/close", {"verdict": "false", "note": "做饭油烟"})
    late = command(site, duty, f"{alarm}/close", {"verdict": "real"})

    assert (acked.status_code, acked.json()["acked_by"]) == (200, "duty")
    assert again.status_code == 409
    assert "already acknowledged by duty" in again.json()["detail"]
    assert (closed.status_code, closed.json()["verdict"]) == (200, "false")
    assert late.status_code == 409


@pytest.mark.parametrize("role", ["leader", "display"])
def test_who_only_looks_may_not_act(site: Site, role: str) -> None:
    alarm = burn(site, "S1", f"c2-{role}")
    client = site.client(role)
    assert command(site, client, f"{alarm}/acknowledge").status_code == 403
    assert (
        command(site, site.client("duty"), f"{alarm}/close", {"verdict": "test"}).status_code == 200
    )


def test_a_command_without_the_token_of_the_page_is_refused(site: Site) -> None:
    duty = site.client("duty")
    assert duty.post("/api/v1/alarms/1/acknowledge", json={}, headers=FROM_HERE).status_code == 403
    assert site.client().post("/api/v1/alarms/1/acknowledge", json={}).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("999/acknowledge", {}, 404),
        ("x/acknowledge", {}, 422),
        ("1/close", {}, 422),
        ("1/close", {"verdict": "maybe"}, 422),
        ("1/close", {"verdict": "real", "note": "x" * 1001}, 422),
        ("1/close", {"verdict": "real", "colour": 1}, 422),
    ],
)
def test_bad_commands_are_problems(site: Site, path: str, body: Any, status: int) -> None:
    answer = command(site, site.client("duty"), path, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
