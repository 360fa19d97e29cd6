"""A message has its effect once: repeated, late, out of order, by two keys, by two ways in."""

import asyncio
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from callbacks.http.feeds import create_feeds_asgi
from callbacks.http.key_book import KeyBook
from callbacks.http.sessions import Sessions
from callbacks.services import Services
from data.domain.api_keys import KeyWish
from data.domain.words import FalseCause, Verdict
from data.feeds import gb26875 as gb
from data.feeds.http.intake import HttpIntake
from data.live.hub import Hub
from data.settings import Settings
from data.store import api_keys
from data.store.alarms import open_alarm_views
from data.store.models import AlarmRow, DeviceState, Incident
from data.store.users import Users
from tests.lane import DUTY, T0, Lane
from tests.transmitters import frame, part, register, serving

KEYS = ("first-gateway", "second-gateway")


@pytest.fixture
def web(lane: Lane, tmp_path: Path) -> TestClient:
    """The feeds process on the lane's database and Redis, with two keys."""
    register(lane.database)
    with lane.database.writing() as session:
        for name in KEYS:
            api_keys.add(session, KeyWish(name), name, "admin", T0)
    services = Services(
        settings=Settings(_env_file=None, data_dir=tmp_path),  # type: ignore[call-arg]
        database=lane.database,
        redis=lane.redis,
        hub=Hub("redis://127.0.0.1:1"),
        pipeline=lane.pipeline,
        commands=lane.commands,
        registry=CollectorRegistry(),
        now=lane.clock,
        build="b",
        sessions=Sessions(Users(lane.database), lane.clock),
        keys=KeyBook(lane.database, lane.clock),
        intake=HttpIntake(lane.database, lane.pipeline, lane.redis, lane.clock),
    )
    return TestClient(create_feeds_asgi(services))


@pytest.fixture
def lane(lane: Lane) -> Iterator[Lane]:
    yield lane
    assert lane.present.snapshot()["alarms"] == open_in_sql(lane)


def open_in_sql(lane: Lane) -> Any:
    with lane.database.reading() as session:
        return open_alarm_views(session)


def item(lane: Lane, message: str, behind_s: float = 0, **more: Any) -> dict[str, Any]:
    at = lane.clock() - timedelta(seconds=behind_s)
    return {"device_id": "S0", "message_id": message, "measured_at": at.isoformat(), **more}


def post(web: TestClient, *items: dict[str, Any], key: str = KEYS[0]) -> tuple[int, int]:
    headers = {"authorization": f"Bearer {key}"}
    told = web.post("/api/v1/readings", json=list(items), headers=headers).json()
    return told["accepted"], told["duplicates"]


def the_alarm(lane: Lane) -> AlarmRow:
    (alarm,) = lane.rows(AlarmRow)
    assert lane.count(Incident) == 1
    return alarm


def test_the_same_message_twice_by_two_keys(lane: Lane, web: TestClient) -> None:
    fire = item(lane, "m1", status="fire")
    assert post(web, fire, fire) == (1, 1)
    lane.clock.tick(5)
    assert post(web, fire, key=KEYS[1]) == (0, 1)
    alarm = the_alarm(lane)
    assert (alarm.count, alarm.raised_at, alarm.received_at, alarm.last_at) == (1, T0, T0, T0)


def test_by_both_keys_at_once(lane: Lane, web: TestClient) -> None:
    fires = [item(lane, f"m{n}", status="fire", values={"smoke_pct": 40.0}) for n in range(8)]

    def gateway(number: int) -> tuple[int, int]:
        chance, taken = random.Random(number), [0, 0]
        for one in chance.sample(fires, len(fires)):
            accepted, duplicates = post(web, one, key=KEYS[number % 2])
            taken[0] += accepted
            taken[1] += duplicates
        return taken[0], taken[1]

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(gateway, range(4)))
    assert (sum(a for a, _ in told), sum(d for _, d in told)) == (8, 24)
    alarms = {alarm.cause: alarm.count for alarm in lane.rows(AlarmRow)}
    # A value that stays above its threshold is one alarm that goes on.
    assert alarms == {"reported_fire": 8, "smoke_fire": 1}


def test_out_of_order_a_fire_still_burns_and_nothing_newer_is_lost(
    lane: Lane, web: TestClient
) -> None:
    assert post(web, item(lane, "m2", values={"smoke_pct": 1.0}, status="normal")) == (1, 0)
    assert post(web, item(lane, "m1", 60, values={"smoke_pct": 40.0}), key=KEYS[1]) == (1, 0)
    alarm = the_alarm(lane)
    assert (alarm.cause, alarm.value) == ("smoke_fire", 40.0)
    assert (alarm.raised_at, alarm.received_at) == (T0 - timedelta(seconds=60), T0)
    state = lane.rows(DeviceState)[0]
    assert (state.values["smoke_pct"], state.measured_at) == (1.0, T0)
    # What was true before the fire does not end it.
    assert post(web, item(lane, "m0", 90, values={"smoke_pct": 0.0}, status="normal")) == (1, 0)
    assert the_alarm(lane).cleared_at is None


def test_late_by_a_day(lane: Lane, web: TestClient) -> None:
    day = timedelta(days=1).total_seconds()
    fire = item(lane, "m1", day, status="fire")
    for key in (*KEYS, KEYS[0]):
        post(web, fire, key=key)
        lane.clock.tick(1)
    alarm = the_alarm(lane)
    assert (alarm.count, alarm.raised_at) == (1, T0 - timedelta(days=1))
    assert alarm.received_at == T0


def test_a_message_that_nobody_remembers_raises_no_second_alarm(
    lane: Lane, web: TestClient
) -> None:
    fire = item(lane, "m1", status="fire")
    post(web, fire)
    for number in range(40):
        lane.clock.tick(1)
        post(web, item(lane, f"t{number}", status="normal"))
    lane.commands.close(the_alarm(lane).id, DUTY, Verdict.FALSE, "", FalseCause.DUST)
    post(web, fire, key=KEYS[1])
    assert the_alarm(lane).closed_at is not None


async def test_the_same_fire_over_http_and_gb26875(lane: Lane, web: TestClient) -> None:
    at = lane.clock()
    said = frame(at, gb.Kind.PART_STATE, part(at))
    async with serving(lane) as running:
        client = await running.connect()
        over_http = asyncio.to_thread(post, web, item(lane, "m1", 2, status="fire"))
        told, answer = await asyncio.gather(over_http, client.ask(said))
        assert (told, answer) == ((1, 0), gb.Command.CONFIRM)
        assert await client.ask(frame(at, gb.Kind.PART_STATE, part(at), serial=2)) == answer
        assert await asyncio.to_thread(post, web, item(lane, "m1", 2, status="fire")) == (0, 1)
    alarm = the_alarm(lane)
    assert (alarm.device_id, alarm.cause, alarm.count) == ("S0", "reported_fire", 2)
    assert (alarm.raised_at - at).total_seconds() in {-2, 0}
    assert (alarm.received_at, alarm.last_at) == (at, at)
