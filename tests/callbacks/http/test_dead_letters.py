"""What could not be taken: set aside, looked at, replayed once it can be, or discarded."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from data.domain.words import DeviceKind
from data.store.database import Database
from data.store.models import AlarmRow, Audit, DeadLetter, Device
from tests.callbacks.http.test_keys import Desk
from tests.lane import T0
from tests.site import KEY, Site

PATH = "/api/v1/dead-letters"
AUTH = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def desk(site: Site) -> Iterator[Desk]:
    with site.services.database.writing() as session:
        session.query(DeadLetter).delete()
    yield Desk(site)
    site.clock.now = T0


def send(site: Site, body: bytes, **headers: str) -> Any:
    return site.client(headers={**AUTH, **headers}).post("/api/v1/readings", content=body)


def newcomer(message: str, device: str = "NEW1", **more: Any) -> bytes:
    item = {"device_id": device, "message_id": message, "measured_at": T0.isoformat(), **more}
    return (
        b'[{"device_id": "S0"}, ' + json.dumps(item, indent=1, ensure_ascii=False).encode() + b"]"
    )


def register(site: Site, device: str) -> None:
    with site.services.database.writing() as session:
        slot = (session.query(Device).count()) + 10
        session.add(
            Device(
                id=device,
                slot=slot,
                kind=DeviceKind.SMOKE,
                name="烟感",
                location="",
                building_id="B1",
                community_code="350582005001",
                lon=118.59,
                lat=24.76,
                interval_s=180,
            )
        )


def test_what_is_refused_is_kept_byte_for_byte(site: Site, desk: Desk) -> None:
    body = newcomer("k1", status="fire", extra="烟")
    assert send(site, body).status_code == 422
    assert send(site, b"\xff\xfe{not json").status_code == 400
    listed = desk.client.get(PATH).json()
    assert listed["waiting"] == {"http": 3}
    assert [row["source"] for row in listed["letters"]] == ["gateway"] * 3
    whole, unknown, first = listed["letters"]
    assert (whole["reason"], first["reason"]) == ("format", "format")
    assert "unknown fields: extra" in unknown["error"]
    shown = desk.client.get(f"{PATH}/{unknown['id']}").json()
    assert shown["text"].encode() == body[body.index(b"{\n") : -1]
    assert base64.b64decode(shown["base64"]) == shown["text"].encode()
    shown = desk.client.get(f"{PATH}/{whole['id']}").json()
    assert (shown["text"], base64.b64decode(shown["base64"])) == (None, b"\xff\xfe{not json")


def test_an_empty_or_endless_batch_is_no_letter(site: Site, desk: Desk) -> None:
    assert send(site, b"[]").status_code == 400
    assert send(site, json.dumps([1] * 5001).encode()).status_code == 400
    assert desk.client.get(PATH).json()["letters"] == []


def test_a_fire_of_an_unknown_device_alarms_once_it_is_registered(site: Site, desk: Desk) -> None:
    send(site, newcomer("f1", "NEW2", status="fire"))
    (letter, _) = desk.client.get(PATH).json()["letters"]
    site.clock.tick(3600)
    ids = {"ids": [letter["id"]]}
    refused = desk.post(f"{PATH}/replay", ids).json()
    assert refused == {
        "replayed": [],
        "refused": [{"id": letter["id"], "error": "unknown device 'NEW2'"}],
    }
    register(site, "NEW2")
    assert desk.post(f"{PATH}/replay", ids).json()["replayed"] == [letter["id"]]
    again = desk.post(f"{PATH}/replay", ids).json()
    assert "before" in again["refused"][0]["error"]
    with site.services.database.reading() as session:
        (alarm,) = session.query(AlarmRow).filter_by(device_id="NEW2").all()
        assert (alarm.raised_at, alarm.received_at) == (T0, T0)
        (audit,) = session.query(Audit).filter_by(action="letter.replayed", result="done").all()
        assert (audit.actor, audit.subject) == ("admin", f"dead-letter:{letter['id']}")
    (settled,) = desk.client.get(PATH, params={"settled": True}).json()["letters"]
    assert (settled["outcome"], settled["settled_by"]) == ("replayed", "admin")
    # The gateway repeats it too: it had its effect.
    assert send(site, newcomer("f1", "NEW2", status="fire")).json()["duplicates"] == 1


def test_garbage_is_discarded_and_can_not_be_replayed(site: Site, desk: Desk) -> None:
    send(site, b"garbage")
    (letter,) = desk.client.get(PATH).json()["letters"]
    ids = {"ids": [letter["id"], 10**6]}
    refused = desk.post(f"{PATH}/replay", ids).json()["refused"]
    assert ["not JSON" in refused[0]["error"], "no dead letter" in refused[1]["error"]] == [
        True
    ] * 2
    assert desk.post(f"{PATH}/discard", {**ids, "reason": "noise"}).json() == {
        "discarded": [letter["id"]]
    }
    assert desk.post(f"{PATH}/discard", ids).json() == {"discarded": []}
    assert desk.client.get(PATH).json()["letters"] == []
    with site.services.database.reading() as session:
        audit = session.query(Audit).filter_by(action="letters.discarded").first()
        assert audit is not None
        assert audit.reason == "noise"


def test_pages_and_sources(site: Site, desk: Desk) -> None:
    for number in range(3):
        send(site, b"garbage %d" % number)
    rows = desk.client.get(PATH, params={"way": "http", "source": "gateway"}).json()["letters"]
    older = desk.client.get(PATH, params={"before": rows[0]["id"]}).json()["letters"]
    assert older == rows[1:]
    assert desk.client.get(PATH, params={"way": "mqtt"}).json()["letters"] == []
    assert desk.client.get(PATH, params={"way": "pigeon"}).status_code == 422
    assert desk.client.get(f"{PATH}/{10**6}").status_code == 404


@pytest.mark.parametrize("user", ["duty", "leader"])
def test_only_admins_look_and_act(site: Site, user: str) -> None:
    other = Desk(site, user)
    assert other.client.get(PATH).status_code == 403
    assert other.client.get(f"{PATH}/1").status_code == 403
    for verb in ("replay", "discard"):
        assert other.post(f"{PATH}/{verb}", {"ids": [1]}).status_code == 403


def test_while_sql_is_away_it_is_to_be_tried_again(
    site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setattr(site.services.commands, "_database", nowhere)
    answer = desk.post(f"{PATH}/discard", {"ids": [1]})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    nowhere.close()
