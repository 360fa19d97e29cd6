"""Thousands of made-up requests: nothing answers 5xx, or otherwise than the description says."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from callbacks.http.api_description import ROUTES, describe
from callbacks.http.auth import SESSION_COOKIE
from data.embedded import EmbeddedRedis
from data.live import keys
from data.store.models import AlarmRow, Incident
from layouts.i18n import translator
from tests.lane import T0
from tests.servers import psycopg_execute
from tests.site import FROM_HERE, KEY, Site, close_site, make_site
from tests.transmitters import register

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: The event stream never ends; tests/callbacks/http/test_live.py reads it.
ASKED = sorted(route for route in ROUTES if route != "GET /live/events")
EXAMPLES = 12
LIKELY = {
    "alarm_id": 1,
    "incident_id": 1,
    "device_id": "S0",
    "address": 889,
    "letter_id": 1,
    "point_id": 1,
    "key_id": 2,
    "device_kind": "smoke",
    "cause": "smoke_fire",
}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def burning(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    embedded_redis: EmbeddedRedis,
) -> Iterator[Site]:
    """A site with something of everything to ask for."""
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        psycopg_execute(server, "CREATE DATABASE fuzz TEMPLATE template0")
        url = f"{server}/fuzz"
    site = make_site(tmp_path_factory.mktemp("fuzz"), embedded_redis.url, url)
    register(site.services.database)
    client = site.client(headers={"authorization": f"Bearer {KEY}"})
    items = [
        {"device_id": f"S{n}", "message_id": f"f{n}", "measured_at": T0.isoformat(), "status": word}
        for n, word in enumerate(("fire", "fault", "prealarm"))
    ]
    assert client.post("/api/v1/readings", json=[*items, {"x": 1}]).json()["accepted"] == 3
    site.services.redis.set(keys.WORKER, "alive")
    yield site
    close_site(site)
    if url:
        psycopg_execute(server, "DROP DATABASE fuzz WITH (FORCE)")


@pytest.fixture(scope="module")
def schema(burning: Site) -> Any:
    return schemathesis.openapi.from_dict(describe(burning.app, translator("en")))


@pytest.fixture(scope="module")
def caller(burning: Site) -> Iterator[Any]:
    with asgi.get_client(burning.app) as client:
        yield client


def headers_of(site: Site, route: str, user: str) -> dict[str, str]:
    if route.endswith("/readings"):
        return {"authorization": f"Bearer {KEY}"}
    browser = site.client(user)
    cookie = f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"
    return {**FROM_HERE, "cookie": cookie, "x-csrf-token": site.csrf(browser)}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("route", ASKED)
def test_every_answer_is_as_described(
    burning: Site, schema: Any, caller: Any, route: str, mode: GenerationMode
) -> None:
    method, path = route.split()
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters):
        pytest.skip("there is nothing to send")
    headers = headers_of(burning, route, "admin")

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(
        case=operation.as_strategy(generation_mode=mode), likely=hypothesis.strategies.booleans()
    )
    def ask(case: Any, likely: bool) -> None:
        if likely:
            known = {k: v for k, v in LIKELY.items() if k in (case.path_parameters or {})}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        response = case.call(session=caller, headers=headers, app=burning.app)
        case.validate_response(response, checks=CHECKS)

    ask()


def test_the_fuzzed_site_has_something_to_find(burning: Site) -> None:
    with burning.services.database.reading() as session:
        assert session.scalars(select(AlarmRow.id)).all()
        assert session.scalars(select(Incident.id)).all()
