"""How often somebody may ask: counted by address and by account, in Redis and without it."""

from collections.abc import Iterator
from typing import Any

import pytest
from limits import parse
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from callbacks.http import rates
from callbacks.http.rates import BY_ADDRESS, BY_USER, Counter, RateLimit, Rule
from tests.site import FROM_HERE, Site

THREE = Rule("three", parse("3 per minute"), None, rates.re.compile(r"/login"))
NOBODY = "redis://127.0.0.1:1"


def client_of(counter: Counter, address: str = "192.0.2.1") -> TestClient:
    """A browser at an address, on a site where nothing is but the rule."""
    app = RateLimit(PlainTextResponse("ok"), counter, (THREE,))
    return TestClient(app, client=(address, 1))


def statuses(client: TestClient, path: str = "/login", number: int = 4) -> list[int]:
    return [client.get(path).status_code for _ in range(number)]


@pytest.fixture(params=["redis", "nobody"])
def url(request: pytest.FixtureRequest) -> str:
    """Address of a Redis that is there, and of one that is away."""
    return str(request.getfixturevalue("redis_url")) if request.param == "redis" else NOBODY


def test_the_fourth_of_three_is_too_many(url: str) -> None:
    counter = Counter(url)
    client = client_of(counter)
    assert statuses(client) == [200, 200, 200, 429]
    answer = client.get("/login")
    assert (answer.headers["retry-after"], answer.json()["status"]) == ("60", 429)
    assert statuses(client, "/other") == [200] * 4
    assert statuses(client_of(counter, "192.0.2.2")) == [200, 200, 200, 429]


def test_processes_count_together_while_redis_is_there(redis_url: str) -> None:
    assert statuses(client_of(Counter(redis_url)), number=3) == [200] * 3
    assert statuses(client_of(Counter(redis_url)), number=1) == [429]
    assert statuses(client_of(Counter(NOBODY)), number=1) == [200]


def test_redis_is_asked_again_after_a_while(redis_url: str) -> None:
    counter = Counter(redis_url)
    counter._again = rates.time.monotonic() + 60
    assert statuses(client_of(counter)) == [200, 200, 200, 429]
    counter._again = 0
    assert statuses(client_of(counter)) == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("POST", "/login", ["all", "sign-in", "command"]),
        ("GET", "/login", ["all"]),
        ("GET", "/pair", ["all", "pair"]),
        ("POST", "/pair/session", ["all", "pair", "command"]),
        ("POST", "/api/v1/alarms/1/close", ["all", "command"]),
        ("POST", "/_dash-update-component", ["all", "command"]),
        ("GET", "/history/export/alarms.csv", ["all", "export"]),
        ("GET", "/audit/export/audit.xlsx", ["all", "export"]),
        ("GET", "/history/export/progress/00", ["all"]),
        ("GET", "/\n", ["all"]),
    ],
)
def test_what_counts_as_what(method: str, path: str, names: list[str]) -> None:
    assert [rule.name for rule in (*BY_ADDRESS, *BY_USER) if rule.fits(method, path)] == names


@pytest.fixture
def busy(site: Site) -> Iterator[Any]:
    client = site.client("admin")
    client.headers.update({**FROM_HERE, "x-csrf-token": site.csrf(client)})
    yield client
    for key in site.services.redis.scan_iter("xt:rate*"):
        site.services.redis.delete(key)


def test_an_account_that_exports_without_end_is_stopped_and_nobody_else(
    site: Site, busy: Any
) -> None:
    got = [busy.get("/audit/export/audit.csv").status_code for _ in range(31)]
    assert (got[:30], got[30]) == ([200] * 30, 429)
    assert busy.get("/api/v1/audit").status_code == 200
    duty = site.client("duty", headers=FROM_HERE)
    key = "0123456789abcdef"
    assert duty.get("/history/export/alarms.csv", params={"key": key}).status_code == 200
