"""What the gate adds to a request: session and right, remembered and asked of SQL."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.harness import report, spread
from callbacks.http.gate import SESSION_COOKIE, Gate
from callbacks.http.refusals import Refusals
from callbacks.http.sessions import Sessions
from data.domain.words import Role
from data.store.database import Database
from data.store.migrate import upgrade
from data.store.users import Client, Users

ACCOUNTS: Final = 20
SESSIONS_EACH: Final = 50
PASSWORD: Final = "correct horse"  # noqa: S105 (of accounts that live as long as this run)
#: What a session check may take.
GOAL_MS: Final = 1.0
OK: Final = 200


def main(
    requests: Annotated[int, typer.Option(min=1, help="Requests of each kind.")] = 2000,
) -> None:
    """Measure in one run: the bare application, then the gate in front of it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        upgrade(url)
        database = Database(url)
        users = Users(database)
        token = _fill(users)
        sessions = Sessions(users, lambda: datetime.now(UTC))
        refusals = Refusals(database, lambda: datetime.now(UTC))
        asyncio.run(_measure(sessions, refusals, token, requests))
        database.close()


def _fill(users: Users) -> str:
    """Make accounts with open sessions; return the token of one of them."""
    now, token = datetime.now(UTC), ""
    for number in range(ACCOUNTS):
        name = f"duty{number}"
        users.add(name, Role.DUTY, name, PASSWORD, now)
        for _ in range(SESSIONS_EACH):
            opened = users.sign_in(name, PASSWORD, now, Client())
            token = opened.token if opened else token
    return token


async def _measure(sessions: Sessions, refusals: Refusals, token: str, requests: int) -> None:
    gate = Gate(_answer, sessions, refusals)
    scope = _scope(token)
    bare = await _times(_answer, scope, requests, lambda: None)
    remembered = await _times(gate, scope, requests, lambda: None)
    asked = await _times(gate, scope, requests, sessions._known.clear)
    _tell("nothing in front", bare)
    _tell("session remembered", remembered, goal_ms=GOAL_MS)
    _tell("session asked of SQL, at most once a second", asked)


async def _times(
    app: ASGIApp, scope: Scope, requests: int, before: Callable[[], object]
) -> list[float]:
    taken = []
    for _ in range(requests):
        before()
        statuses: list[int] = []

        async def send(message: Any, seen: list[int] = statuses) -> None:
            seen.append(message["status"])

        begun = time.perf_counter()
        await app({**scope, "state": {}}, _receive, send)
        taken.append((time.perf_counter() - begun) * 1000)
        if statuses != [OK]:
            raise RuntimeError(f"the gate answered {statuses}")
    return taken


def _scope(token: str) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/incidents",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"cookie", f"{SESSION_COOKIE}={token}".encode())],
    }


async def _answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": OK, "headers": []})


async def _receive() -> Any:
    return {"type": "http.request"}


def _tell(what: str, taken: list[float], **more: Any) -> None:
    report(f"a request: {what}", unit="ms", **spread(taken, 4), **more)


if __name__ == "__main__":
    typer.run(main)
