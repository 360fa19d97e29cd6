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


def command(
    site: Site, client: TestClient, path: str, body: Any = None, key: str = "", of: str = "alarms"
) -> Any:
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    if key:
        headers["idempotency-key"] = key
    return client.post(f"/api/v1/{of}/{path}", json=body or {}, headers=headers)


def test_the_life_of_a_false_alarm(site: Site) -> None:
    alarm = burn(site, "S0", "c1")
    duty = site.client("duty")
    acked = command(site, duty, f"{alarm}/acknowledge")
    again = command(site, duty, f"{alarm}/acknowledge")
    closed = command(site, duty, f"{alarm}/close", {"verdict": "false", "cause": "cooking"})
    late = command(site, duty, f"{alarm}/close", {"verdict": "real"})

    assert (acked.status_code, acked.json()["acked_by"]) == (200, "duty")
    assert again.status_code == 409
    assert "already acknowledged by duty" in again.json()["detail"]
    assert (again.json()["error"], again.json()["by"]) == ("AlreadyAcknowledged", "duty")
    assert again.json()["at"] == acked.json()["acked_at"]
    assert (closed.status_code, closed.json()["verdict"]) == (200, "false")
    assert late.status_code == 409


def test_a_click_sent_twice_is_answered_twice_and_carried_out_once(site: Site) -> None:
    alarm = burn(site, "S2", "c3")
    duty = site.client("duty")
    first = command(site, duty, f"{alarm}/confirm", {"note": "明火"}, key="k1")
    again = command(site, duty, f"{alarm}/confirm", {"note": "明火"}, key="k1")
    other = command(site, duty, f"{alarm}/confirm", {"note": "没有"}, key="k1")

    assert (first.status_code, first.json()["confirmed_by"]) == (200, "duty")
    assert again.json() == first.json()
    assert (other.status_code, other.json()["error"]) == (422, "RepeatedKey")
    real = {"verdict": "real", "note": "已扑灭"}
    assert command(site, duty, f"{alarm}/close", real, key="k2").status_code == 200


@pytest.mark.parametrize("key", ["k" * 65, "k\t1"])
def test_a_key_is_short_and_printable(site: Site, key: str) -> None:
    assert command(site, site.client("duty"), "1/acknowledge", key=key).status_code == 422


def test_shelving_and_service_over_http(site: Site) -> None:
    now, duty = site.clock(), site.client("duty")
    flat = Reading("S3", "c4", now, now, None, {"battery_pct": 3})
    site.services.pipeline.ingest([flat])
    alarm = max(int(key) for key in site.services.redis.hkeys("xt:alarms"))

    shelved = command(site, duty, f"{alarm}/shelve", {"minutes": 30, "reason": "检修"})
    assert shelved.json()["shelved_until"] == round(now.timestamp() * 1000) + 30 * 60_000
    assert command(site, duty, f"{alarm}/unshelve").json()["shelved_until"] is None
    out = command(site, duty, "S3/out-of-service", {"reason": "检修"}, of="devices")
    assert (out.json()["disabled"], out.json()["disabled_by"]) == (True, "duty")
    twice = command(site, duty, "S3/out-of-service", {"reason": "检修"}, of="devices")
    assert (twice.status_code, twice.json()["by"]) == (409, "duty")
    back = command(site, duty, "S3/back-in-service", {"reason": "修好"}, of="devices")
    assert back.json()["disabled"] is False
    many = command(site, duty, "acknowledge", {"ids": [alarm, 999]}).json()
    assert [view["id"] for view in many["acknowledged"]] == [alarm]
    assert many["left"] == [{"id": 999, "why": "there is no alarm 999"}]


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
        ("1/close", {"verdict": "false", "cause": "ghosts"}, 422),
        ("1/shelve", {"minutes": 481, "reason": "x"}, 422),
        ("1/shelve", {"minutes": 0, "reason": "x"}, 422),
        ("1/shelve", {"minutes": 5, "reason": ""}, 422),
        ("99999999999999999999/acknowledge", {}, 422),
        ("acknowledge", {"ids": []}, 422),
        ("acknowledge", {"ids": [1] * 1001}, 422),
        ("acknowledge", {"ids": [2**63]}, 422),
    ],
)
def test_bad_commands_are_problems(site: Site, path: str, body: Any, status: int) -> None:
    answer = command(site, site.client("duty"), path, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
