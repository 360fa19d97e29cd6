"""The HTTP way in: what a gateway may send and what it is told."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from callbacks.http import readings
from data.feeds.http import intake
from data.store.models import AlarmRow
from tests.lane import T0
from tests.servers import wait_for
from tests.site import KEY, Site

AUTH = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def gateway(site: Site) -> TestClient:
    return site.client(headers=AUTH)


def item(message_id: str, **more: Any) -> dict[str, Any]:
    base = {"device_id": "S0", "message_id": message_id, "measured_at": T0.isoformat()}
    return {**base, "values": {"smoke_pct": 1}, **more}


def post(client: TestClient, body: Any) -> Any:
    return client.post(
        "/api/v1/readings", content=body if isinstance(body, bytes) else json.dumps(body)
    )


def test_good_bad_and_repeated_items_are_told_apart(gateway: TestClient) -> None:
    body = [
        item("a1"),
        item("a2", device_id="nobody"),
        item("a1"),
        item("a3", values={"smoke_pct": "x"}),
    ]
    answer = post(gateway, body)

    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 1,
        "rejected": [
            {"index": 1, "error": "unknown device 'nobody'"},
            {"index": 3, "error": "smoke_pct must be a number, not str"},
        ],
    }


def test_a_fire_is_committed_before_the_answer(site: Site, gateway: TestClient) -> None:
    assert post(gateway, [item("fire", device_id="S1", status="fire")]).json()["accepted"] == 1
    with site.services.database.reading() as session:
        assert session.query(AlarmRow).filter_by(device_id="S1", cause="reported_fire").count() == 1


def test_a_batch_of_bad_items_is_a_problem_that_names_each(gateway: TestClient) -> None:
    answer = post(
        gateway,
        [
            item("b", measured_at="2026-06-01T04:10:00Z"),
            item("c", measured_at="2025-06-01T04:00:00Z"),
        ],
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert "more than 5 min in the future" in problem["detail"]
    assert [r["index"] for r in problem["rejected"]] == [0, 1]
    assert "more than 30 days old" in problem["rejected"][1]["error"]


def test_nan_costs_only_its_own_item(gateway: TestClient) -> None:
    bad = json.dumps(item("n1", values={"smoke_pct": float("nan")}))
    answer = post(gateway, f"[{bad}, {json.dumps(item('n2'))}]".encode())
    assert answer.json()["accepted"] == 1
    assert answer.json()["rejected"] == [{"index": 0, "error": "smoke_pct must be a finite number"}]


@pytest.mark.parametrize(
    ("body", "reason"), [(b"[{", "not JSON"), (b"{}", "must be a JSON list"), (b"[]", "1 to 5000")]
)
def test_a_bad_body_is_a_problem_with_the_reason(
    gateway: TestClient, body: bytes, reason: str
) -> None:
    answer = post(gateway, body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert reason in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {KEY}"},
        {"authorization": "Bearer"},
    ],
)
def test_without_a_key_nothing_is_read(site: Site, headers: dict[str, str]) -> None:
    answer = post(site.client(headers=headers), [item("k")])
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Authorization: Bearer KEY" in answer.json()["detail"]


def test_ten_megabytes_are_refused_and_the_next_reading_passes(gateway: TestClient) -> None:
    assert post(gateway, b"[" + b" " * 10_000_000 + b"]").status_code == 413
    assert post(gateway, [item("after")]).json()["accepted"] == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_another_method_is_told_which_one_is_right(
    gateway: TestClient, method: str, accept: str
) -> None:
    answer = gateway.request(method, "/api/v1/readings", headers={"accept": accept})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_database_that_hangs_is_answered_in_time_and_the_body_keeps_its_place(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "ANSWER_WITHIN_S", 0.3)
    monkeypatch.setattr(intake, "MAX_BODIES", 2)  # half of them may be one key's
    with site.client(headers=AUTH) as gateway:
        with site.services.database.writing() as session:
            session.execute(text("UPDATE device SET name = name"))
            hung = post(gateway, [item("h1")])
            assert (hung.status_code, hung.headers["retry-after"]) == (503, "5")
            full = post(gateway, [item("h2")])
            assert "too many bodies" in full.json()["detail"]
        wait_for(lambda: post(gateway, [item("h1")]).status_code == 200)
        assert post(gateway, [item("h1")]).json()["duplicates"] == 1


def test_rejected_readings_are_counted_by_a_few_reasons(site: Site, gateway: TestClient) -> None:
    reasons = ("format", "clock", "value", "device")

    def counted() -> list[float]:
        read = site.services.registry.get_sample_value
        name = "xt_readings_rejected_total"
        return [read(name, {"reason": reason}) or 0 for reason in reasons]

    before = counted()
    post(
        gateway,
        [
            item("r1"),
            item("r2", values={"smoke_pct": "x"}),
            item(""),
            item("r4", measured_at="2025-06-01T04:00:00Z"),
            item("r5", values={"smoke_pct": 101}),
            item("r6", values={"colour": 1}),
            item("r7", device_id="nobody"),
        ],
    )
    assert [now - was for now, was in zip(counted(), before, strict=True)] == [2, 1, 2, 1]


def test_everything_is_counted(site: Site, gateway: TestClient) -> None:
    def metrics() -> dict[str, float]:
        registry = site.services.registry
        return {
            "accepted": registry.get_sample_value("xt_readings_total", {"outcome": "accepted"})
            or 0,
            "rejected": registry.get_sample_value("xt_readings_total", {"outcome": "rejected"})
            or 0,
            "body": registry.get_sample_value("xt_readings_refused_total", {"reason": "body"}) or 0,
            "size": registry.get_sample_value("xt_readings_refused_total", {"reason": "size"}) or 0,
            "key": registry.get_sample_value("xt_readings_refused_total", {"reason": "key"}) or 0,
        }

    before = metrics()
    post(gateway, [item("m1"), item("m2", device_id="nobody")])
    post(gateway, b"{")
    post(site.client(), [item("m3")])
    post(gateway, b"[" + b" " * 1_000_000 + b"]")
    gateway.post("/login", content=b"x" * 1_000_001)  # no reading
    assert {name: value - before[name] for name, value in metrics().items()} == {
        "accepted": 1,
        "rejected": 1,
        "body": 1,
        "size": 1,
        "key": 1,
    }
