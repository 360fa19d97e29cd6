"""Incidents over HTTP: list, one, hand-over record, commands."""

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.domain.readings import Reading
from tests.site import FROM_HERE, Site


def send(site: Site, client: TestClient, path: str, body: Any) -> Any:
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    return client.post(f"/api/v1/incidents/{path}", json=body, headers=headers)


def burn(site: Site, device_id: str) -> int:
    """Raise a fire; its incident's id."""
    site.clock.tick(1)  # a message of its own
    now = site.clock()
    message = f"i{now.timestamp()}{device_id}"
    site.services.pipeline.ingest(
        [Reading(device_id, message, now, now, None, {"smoke_pct": 40.0})]
    )
    (incident,) = site.client("duty").get("/api/v1/incidents").json()
    return int(incident["id"])


def test_the_life_of_an_incident(site: Site) -> None:
    number, duty = burn(site, "S0"), site.client("duty")
    sent = send(site, duty, f"{number}/dispatched", {"to": "沙塘微型消防站"})
    assert (sent.status_code, sent.json()["response"]["stage"]) == (200, "dispatched")
    early = send(site, duty, f"{number}/close", {"verdict": "real", "note": "电线"})
    assert (early.status_code, early.json()["error"]) == (409, "ResponseRunning")
    for stage in ("arrived", "controlled", "ended"):
        assert send(site, duty, f"{number}/{stage}", {"note": "到"}).status_code == 200
    assert send(site, duty, f"{number}/note", {"text": "电线短路"}).status_code == 200
    assert send(site, duty, f"{number}/check", {"item": "cut_power"}).status_code == 200
    closed = send(site, duty, f"{number}/close", {"verdict": "real", "note": "电线"})
    assert closed.json()["verdict"] == "real"
    one = site.client("leader").get(f"/api/v1/incidents/{number}").json()
    assert [e["action"] for e in one["timeline"]][2:] == [
        "dispatched",
        "arrived",
        "controlled",
        "ended",
        "note",
        "checked",
        "closed",
    ]
    assert site.client("duty").get("/api/v1/incidents").json() == []


def test_an_incident_whose_alarms_are_over_is_listed_until_somebody_says_what_it_was(
    site: Site,
) -> None:
    number, duty = burn(site, "S1"), site.client("duty")

    def without_alarms() -> list[tuple[int, str]]:
        rows = site.client("leader").get("/api/v1/incidents?without_alarms=true").json()
        return [(row["id"], row["response"]["stage"]) for row in rows]

    assert without_alarms() == []
    send(site, duty, f"{number}/dispatched", {"to": "微型消防站"})
    (alarm,) = duty.get(f"/api/v1/incidents/{number}").json()["alarms"]
    send(site, duty, f"../alarms/{alarm['id']}/close", {"verdict": "test"})
    assert without_alarms() == [(number, "dispatched")]
    for stage in ("arrived", "controlled", "ended"):
        send(site, duty, f"{number}/{stage}", {})
    assert without_alarms() == []


def test_the_hand_over_record_of_a_confirmed_fire(site: Site) -> None:
    number, duty = burn(site, "S1"), site.client("duty")
    alarm = duty.get(f"/api/v1/incidents/{number}").json()["alarms"][0]["id"]
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(duty)}
    duty.post(f"/api/v1/alarms/{alarm}/confirm", json={"note": "明火"}, headers=headers)

    began = time.perf_counter()
    record = duty.get(f"/api/v1/incidents/{number}/handover").json()
    assert time.perf_counter() - began < 3

    assert record["what"]["confirmed_by"] == "duty"
    assert record["what"]["causes"] == ["smoke_fire"]
    where = record["where"]
    assert (where["building"], where["address"]) == ("沙塘 1 号出租屋", "沙塘一路 1 号")
    (device,) = record["devices"]
    assert (device["device"], device["now"]["values"], device["now"]["status"]) == (
        "S1",
        {"smoke_pct": 40},
        "alarm",
    )
    assert set(record) == {
        "incident", "made_at", "what", "where", "who", "devices", "water", "access", "response",
        "demo",
    }  # fmt: skip
    send(site, duty, f"{number}/close", {"verdict": "drill"})


def test_merge_and_split(site: Site) -> None:
    number, duty = burn(site, "S2"), site.client("duty")
    burn(site, "S3")
    alarms = [a["id"] for a in duty.get(f"/api/v1/incidents/{number}").json()["alarms"]]
    fresh = send(site, duty, f"{number}/split", {"alarms": alarms[1:], "reason": "两回事"}).json()
    assert [a["id"] for a in fresh["alarms"]] == alarms[1:]
    back = send(site, duty, f"{number}/merge", {"other": fresh["id"]})
    assert [a["id"] for a in back.json()["alarms"]] == alarms
    again = send(site, duty, f"{number}/merge", {"other": fresh["id"]})
    assert (again.status_code, again.json()["error"]) == (409, "IncidentClosed")
    send(site, duty, f"{number}/close", {"verdict": "test"})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("999/arrived", {}, 404),
        ("999/close", {"verdict": "test"}, 404),
        ("1/dispatched", {"to": ""}, 422),
        ("1/split", {"alarms": []}, 422),
        ("1/merge", {"other": 0}, 422),
        ("1/check", {"item": ""}, 422),
    ],
)
def test_bad_commands_are_problems(site: Site, path: str, body: Any, status: int) -> None:
    answer = send(site, site.client("duty"), path, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["999", "999/handover"])
def test_an_unknown_incident(site: Site, path: str) -> None:
    assert site.client("duty").get(f"/api/v1/incidents/{path}").status_code == 404
    leader = site.client("leader")
    assert send(site, leader, "1/note", {"text": "x"}).status_code == 403
