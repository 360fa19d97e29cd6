"""Text that PostgreSQL can't store is refused, wherever it comes in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from data.embedded import EmbeddedRedis
from tests.callbacks.http.test_keys import Desk
from tests.servers import psycopg_execute
from tests.site import KEY, Site, close_site, make_site, sign_in

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    embedded_redis: EmbeddedRedis,
    postgres_server: str,
) -> Iterator[Site]:
    psycopg_execute(postgres_server, "CREATE DATABASE unstorable TEMPLATE template0")
    folder = tmp_path_factory.mktemp("unstorable")
    site = make_site(folder, embedded_redis.url, f"{postgres_server}/unstorable")
    yield site
    close_site(site)
    psycopg_execute(postgres_server, "DROP DATABASE unstorable WITH (FORCE)")


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/keys", {"name": "TEXT"}),
        ("/api/v1/keys/1/revoke", {"reason": "TEXT"}),
        ("/api/v1/dead-letters/discard", {"ids": [1], "reason": "TEXT"}),
        ("/api/v1/devices/S0/out-of-service", {"reason": "TEXT"}),
        ("/api/v1/incidents/1/note", {"text": "TEXT"}),
        ("/api/v1/rules/gas/gas_leak", {"on": 9, "off": 5, "reason": "TEXT"}),
    ],
)
def test_a_command_with_it_is_refused(
    site: Site, path: str, body: dict[str, Any], text: str
) -> None:
    sent = {name: text if value == "TEXT" else value for name, value in body.items()}
    desk = Desk(site)
    headers = {**desk.headers, "content-type": "application/json"}
    answer = desk.client.post(path, content=json.dumps(sent).encode(), headers=headers)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "path",
    ["/api/v1/dead-letters?source=a%00b", "/live/building/a%00b", "/api/v1/rules?x=%00"],
)
def test_an_address_with_it_is_refused(site: Site, path: str) -> None:
    assert site.client("admin").get(path).status_code == 400
    assert Desk(site).post(path, {"reason": "x"}).status_code == 400


def test_nobody_signs_in_with_it(site: Site) -> None:
    assert sign_in(site.client(), "adm\x00in", "wrong").status_code == 401


def test_a_reading_with_it_is_refused_and_set_aside(site: Site) -> None:
    bad = [
        b'{"device_id": "a\\u0000b", "message_id": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"device_id": "S0", "message_id": "m", "measured_at": "2026-06-01T04:00:00Z", '
        b'"values": {"\\ud800": "x"}}',
    ]
    client = site.client(headers={"authorization": f"Bearer {KEY}"})
    answer = client.post("/api/v1/readings", content=b"[" + b",".join(bad) + b"]")
    assert answer.status_code == 422
    letters = Desk(site).client.get("/api/v1/dead-letters").json()["letters"]
    shown = [Desk(site).client.get(f"/api/v1/dead-letters/{one['id']}").json() for one in letters]
    assert [one["text"].encode() for one in reversed(shown)] == bad
    site.services.intake.sources.tell(site.services.redis)
