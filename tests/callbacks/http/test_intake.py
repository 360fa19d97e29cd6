"""Packed bodies, what happens while SQL or Redis is away, and how much is in work at once."""

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import text
from starlette.testclient import TestClient

from callbacks.http.feeds import create_feeds_asgi
from callbacks.http.key_book import KeyBook
from data.domain.api_keys import ApiKey
from data.domain.words import Way
from data.feeds.http.intake import (
    MAX_BODIES,
    MAX_BYTES,
    MAX_BYTES_IN_WORK,
    FullError,
    HttpIntake,
)
from data.feeds.sources import read_sources
from data.live.present import Present
from data.pipeline import Pipeline
from data.store.database import Database
from data.store.models import AlarmRow, DeadLetter
from tests.lane import T0
from tests.servers import wait_for
from tests.site import KEY, Site

AUTH = {"authorization": f"Bearer {KEY}"}
PATH = "/api/v1/readings"
PACKED = {"content-encoding": "gzip"}


def body(message: str, **more: Any) -> bytes:
    item = {"device_id": "S0", "message_id": message, "measured_at": T0.isoformat(), **more}
    return json.dumps([{"values": {"battery_pct": 50}, **item}]).encode()


def post(client: TestClient, content: bytes, **headers: str) -> Any:
    return client.post(PATH, content=content, headers=headers)


@pytest.fixture
def gateway(site: Site) -> TestClient:
    return site.client(headers=AUTH)


def served(site: Site, database: Database, redis: Redis) -> TestClient:
    """The feeds process of the site, with another database or Redis."""
    pipeline = Pipeline(database, Present(redis), site.clock)
    services = replace(
        site.services,
        registry=CollectorRegistry(),
        database=database,
        pipeline=pipeline,
        intake=HttpIntake(database, pipeline, redis, site.clock),
    )
    return TestClient(create_feeds_asgi(services), headers=AUTH)


@pytest.fixture
def nowhere() -> Iterator[Database]:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    yield database
    database.close()


def test_a_packed_body_is_taken_and_a_bomb_is_not(gateway: TestClient) -> None:
    assert post(gateway, gzip.compress(body("z1")), **PACKED).json()["accepted"] == 1
    assert post(gateway, gzip.compress(body("z1")), **PACKED).json()["duplicates"] == 1
    bomb = post(gateway, gzip.compress(b"[" + bytes(50_000_000)), **PACKED)
    assert bomb.status_code == 413
    assert post(gateway, gzip.compress(body("z2"))[:-9], **PACKED).status_code == 400
    assert post(gateway, body("z3"), **PACKED).status_code == 400
    other = post(gateway, body("z4"), **{"content-encoding": "br"})
    assert (other.status_code, other.headers["accept-encoding"]) == (415, "gzip")


def test_while_sql_is_away_it_is_to_be_sent_later(site: Site, nowhere: Database) -> None:
    client = served(site, nowhere, site.services.redis)
    for content in (body("away"), b"no json"):
        answer = post(client, content)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["content-type"] == "application/problem+json"


def test_without_sql_from_the_start_nobody_is_told_that_the_key_is_wrong(
    site: Site, nowhere: Database
) -> None:
    services = replace(
        site.services, registry=CollectorRegistry(), keys=KeyBook(nowhere, site.clock)
    )
    answer = post(TestClient(create_feeds_asgi(services), headers=AUTH), body("away"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_while_redis_is_away_it_is_recorded_and_to_be_sent_again(site: Site) -> None:
    away = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    client = served(site, site.services.database, away)
    fire = body("r1", device_id="S3", status="fire")
    assert post(client, fire).status_code == 503
    with site.services.database.reading() as session:
        assert session.query(AlarmRow).filter_by(device_id="S3").count() == 1
    assert post(site.client(headers=AUTH), fire).json() == {
        "accepted": 0,
        "duplicates": 1,
        "rejected": [],
    }


def test_a_writer_that_holds_the_database_only_delays_the_answer(site: Site) -> None:
    with site.services.database.writing() as session:
        session.execute(text("UPDATE device SET name = name"))
        pending = site.services.intake.threads.submit(
            lambda: post(site.client(headers=AUTH), body("held"))
        )
        with pytest.raises(TimeoutError):
            pending.result(0.3)
    assert pending.result(10).json()["accepted"] == 1


def a_key(number: int) -> ApiKey:
    return ApiKey(
        name=f"k{number}",
        id=number,
        created_at=T0,
        created_by="",
        last_used_at=None,
        revoked_at=None,
        revoked_by=None,
    )


def test_a_bounded_number_of_bodies_is_in_work(site: Site, gateway: TestClient) -> None:
    intake = site.services.intake
    mine = next(key for _, key in site.services.keys._known or ())
    with ExitStack() as held:
        for _ in range(MAX_BODIES // 2):
            held.enter_context(intake.room(mine, 1))
        answer = post(gateway, body("full"))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        for number in range(MAX_BODIES // 2):
            held.enter_context(intake.room(a_key(900 + number // 10), 1))
        with pytest.raises(FullError), intake.room(a_key(999), 1):
            pass
    assert post(gateway, body("full")).json()["accepted"] == 1


def test_and_a_bounded_number_of_bytes(site: Site, gateway: TestClient) -> None:
    intake = site.services.intake
    with ExitStack() as held:
        for number in range(MAX_BYTES_IN_WORK // MAX_BYTES - 1):
            held.enter_context(intake.room(a_key(900 + number // 10), MAX_BYTES))
        assert post(gateway, body("small")).json()["accepted"] == 1
        held.enter_context(intake.room(a_key(950), MAX_BYTES))
        assert post(gateway, gzip.compress(body("packed")), **PACKED).status_code == 503
    assert post(gateway, gzip.compress(body("packed")), **PACKED).json()["accepted"] == 1


async def test_a_sender_that_leaves_in_the_middle_leaves_no_letter(site: Site) -> None:
    with site.services.database.writing() as session:
        session.query(DeadLetter).delete()
    messages = [
        {"type": "http.request", "body": b'[{"device_id"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in AUTH.items()]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": headers}
    await site.app({**scope, "query_string": b"", "raw_path": PATH.encode()}, receive, send)
    assert sent[0]["status"] == 400
    with site.services.database.reading() as session:
        assert session.query(DeadLetter).count() == 0


def test_screens_are_told_what_the_sources_did(site: Site) -> None:
    site.services.intake.sources._news.clear()
    with site.services.database.writing() as session:
        session.query(DeadLetter).delete()
    site.services.redis.delete("xt:sources", "xt:source:http:gateway")
    with served(site, site.services.database, site.services.redis) as client:
        post(client, body("s1", measured_at="2026-06-01T03:59:00Z"))
        post(client, body("s2", device_id="nobody"))
        post(client, b"{")
        wait_for(lambda: [s.received for s in read_sources(site.services.redis) or ()] == [3], 5)
    (source,) = read_sources(site.services.redis) or ()
    assert (source.way, source.name, source.received) == (Way.HTTP, "gateway", 3)
    assert (source.accepted, source.rejected, source.lag_s) == (1, 2, 0.0)
    assert "not JSON" in source.last_error
