"""A signed-in crawler with hostile strings over the whole HTTP surface: ``make fuzz``.

It takes every route of the application with every method, and every callback of Dash, and fills
paths, queries, bodies and properties with strings that break parsers, queries and pages. No answer
may have a status of 500 or a string unescaped in a page that would run it.
"""

import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import orjson
import structlog
import typer
from rich.progress import track
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from data.embedded import EmbeddedRedis
from tests.site import FROM_HERE, PAGE, Site, close_site, make_site

MARK: Final = "xtfuzz"
#: What would run if it came back as it is.
SCRIPTS: Final = (
    f"<script>{MARK}</script>",
    f'"><img src=x onerror={MARK}>',
    f"'-{MARK}-'",
    f"</script><script>{MARK}</script>",
    f"javascript:{MARK}",
    f"<svg/onload={MARK}>",
    "{{7*7}}" + MARK,
)
HOSTILE: Final = (
    *SCRIPTS,
    "' OR 1=1 --",
    "'; DROP TABLE audit; --",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%00",
    "\x00",
    "\ud800",
    "\u202e\u0000\uffff",
    "A" * 5000,
    "９" * 40,
    "-1",
    "0",
    "1e999",
    "NaN",
    "99999999999999999999",
    "9223372036854775808",
    "true",
    "null",
    "[]",
    "{}",
    "",
    " ",
    "=cmd|' /C calc'!A0",
    "${jndi:ldap://127.0.0.1/x}",
    "\r\nset-cookie: x=1",
    "()",
    "%25%32%65",
    "S0",
    "B1",
    "1",
)
NUMBERS: Final = (0, -1, 1, 2**31, 2**63, 1e308, 0.5, True)
#: A string that stands in a page as it was sent would run there.
UNESCAPED: Final = re.compile(rf"<(script|img|svg)[^>]*>?[^<]*{MARK}")
#: Never end, or end the session that asks.
LEFT_OUT: Final = frozenset({"/live/events", "/live/ws", "/logout"})
ROLES: Final = ("admin", "duty", "leader")
STEP: Final = 100
SHOWN: Final = 50
METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


@dataclass
class Found:
    """What the crawler saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Crawler:
    """Asks; the same seed asks the same."""

    def __init__(self, site: Site, roles: tuple[str, ...], seed: int) -> None:
        self._chance = random.Random(seed)
        self._site = site
        self._clients = [self._client(role) for role in roles]
        self._routes = sorted(set(_routes(site)))
        self._mounts = sorted(_mounts(site))
        self._callbacks = {mount: self._callbacks_of(mount) for mount in self._mounts}
        self.found = Found()

    def run(self, number: int) -> Found:
        """Send so many requests."""
        for _ in range(number):
            if self._chance.random() < 0.25:
                self._ask("POST", *self._callback())
            else:
                method, path = self._chance.choice(self._routes)
                if self._chance.random() < 0.1:
                    method = self._chance.choice(METHODS)
                self._ask(method, self._filled(path), self._body())
        return self.found

    def _client(self, role: str) -> TestClient:
        client = self._site.client(role, raise_server_exceptions=False)
        client.headers.update({**FROM_HERE, **PAGE, "x-csrf-token": self._site.csrf(client)})
        return client

    def _ask(self, method: str, path: str, body: bytes) -> None:
        query = "&".join(
            f"{self._chance.choice(_NAMES)}={_quoted(self._text())}"
            for _ in range(self._chance.randrange(3))
        )
        url = f"{path}?{query}" if query else path
        client = self._chance.choice(self._clients)
        headers = {"content-type": self._chance.choice(_TYPES)}
        if self._chance.random() < 0.1:
            name = self._chance.choice(("idempotency-key", "last-event-id", "referer", "range"))
            headers[name] = self._text().encode("utf-8", "replace").hex()[:90]
        content = None if method in {"GET", "HEAD", "OPTIONS"} else body
        answer = client.request(method, url, content=content, headers=headers)
        self.found.statuses[answer.status_code] += 1
        if answer.status_code == 500:
            self.found.wrong.append(f"500 {method} {url[:300]} {body[:300]!r}")
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html") and UNESCAPED.search(answer.text):
            self.found.wrong.append(f"reflected {method} {url[:300]}")

    def _filled(self, path: str) -> str:
        return re.sub(r"\{[^}]*\}", lambda _: _quoted(self._text())[:3000], path) or "/"

    def _text(self) -> str:
        text = self._chance.choice(HOSTILE)
        return text + self._chance.choice(HOSTILE) if self._chance.random() < 0.1 else text

    def _value(self, depth: int = 0) -> Any:
        sort = self._chance.random()
        if sort < 0.55 or depth > 2:
            return self._text().encode("utf-8", "replace").decode()
        if sort < 0.7:
            return self._chance.choice(NUMBERS)
        if sort < 0.8:
            return None
        if sort < 0.9:
            return [self._value(depth + 1) for _ in range(self._chance.randrange(4))]
        return {self._chance.choice(_NAMES): self._value(depth + 1) for _ in range(3)}

    def _body(self) -> bytes:
        sort = self._chance.random()
        if sort < 0.1:
            return self._chance.randbytes(self._chance.randrange(200))
        if sort < 0.2:
            return b"&".join(
                f"{name}={_quoted(self._text())}".encode()
                for name in self._chance.sample(_NAMES, 3)
            )
        names = self._chance.sample(_NAMES, self._chance.randrange(1, 5))
        return _json({name: self._value() for name in names})

    def _callbacks_of(self, mount: str) -> list[dict[str, Any]]:
        """What Dash says of its callbacks: as an attacker learns them."""
        answer = self._clients[0].get(f"{mount}/_dash-dependencies")
        return list(answer.json()) if answer.status_code == 200 else []

    def _callback(self) -> tuple[str, bytes]:
        mount = self._chance.choice(self._mounts)
        known = self._callbacks[mount]
        path = f"{mount}/_dash-update-component"
        if not known or self._chance.random() < 0.1:
            return path, self._body()
        one = self._chance.choice(known)
        outputs = [
            {"id": key, "property": prop}
            for key, _, prop in (
                part.rpartition(".") for part in one["output"].strip(".").split("...")
            )
        ]
        inputs = [{**given, "value": self._value()} for given in one["inputs"]]
        state = [{**given, "value": self._value()} for given in one["state"]]
        changed = [f"{given['id']}.{given['property']}" for given in inputs][:1]
        body = {
            "output": one["output"],
            "outputs": outputs if one["output"].startswith("..") else outputs[0],
            "inputs": inputs,
            "state": state,
            "changedPropIds": changed,
        }
        if self._chance.random() < 0.15:
            body[self._chance.choice(list(body))] = self._value()
        return path, _json(body)


_TYPES: Final = ("application/json",) * 8 + (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "image/jpeg",
    "text/plain",
)
#: Names that the application reads, and others.
_NAMES: Final = (
    *("name", "password", "csrf", "next", "reason", "note", "verdict", "cause", "ids", "minutes"),
    *("code", "place", "device", "new", "building", "kind", "community", "since", "until", "q"),
    *("actor", "action", "subject", "address", "result", "before", "after", "limit", "other"),
    *("alarms", "text", "item", "to", "on", "off", "on_delay_s", "off_delay_s", "scopes", "x"),
    *("week", "slot", "incident", "tab", "sort", "key", "way", "settled", "without_alarms"),
)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _routes(site: Site) -> Iterator[tuple[str, str]]:
    for route in _every(site.app):
        if isinstance(route, Route) and route.path not in LEFT_OUT:
            for method in route.methods or ():
                yield method, route.path
        elif isinstance(route, Mount):
            for path in ("/", "/_dash-layout", "/_dash-dependencies", "/{x}", "/assets/{x}"):
                yield "GET", route.path + path
            yield "GET", f"{route.path}/_dash-component-suites/{{x}}/{{y}}.js"


def _every(router: Any) -> Iterator[Any]:
    for route in router.routes:
        included = getattr(route, "original_router", None)
        yield from (route,) if included is None else _every(included)


def _mounts(site: Site) -> Iterator[str]:
    yield from (route.path for route in _every(site.app) if isinstance(route, Mount))


def main(
    requests: Annotated[int, typer.Option(help="how many requests are sent")] = 100_000,
    seed: Annotated[int, typer.Option(help="the same seed sends the same requests")] = 1,
) -> None:
    """Send requests; what was answered wrongly is shown, and ends with exit code 1."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with EmbeddedRedis() as redis, tempfile.TemporaryDirectory() as folder:
        site = make_site(Path(folder), redis.url)
        crawler = Crawler(site, ROLES, seed)
        for _ in track(range(requests // STEP), description="HTTP", transient=True):
            crawler.run(STEP)
        close_site(site)
    statuses = " ".join(f"{int(s)}×{n}" for s, n in sorted(crawler.found.statuses.items()))
    typer.echo(f"{crawler.found.statuses.total():,} requests: {statuses}")
    for line in crawler.found.wrong[:SHOWN]:
        typer.echo(line)
    typer.echo(f"{len(crawler.found.wrong)} wrong")
    if crawler.found.wrong:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
