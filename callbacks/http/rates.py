"""How often somebody may ask: by address before we know who it is, then by account.

Counted in Redis for all processes; while Redis is away each process counts for itself, so that
nobody is let through unlimited and nobody is shut out. Keys of the HTTP way in have rates of
their own (``data.feeds.http``).
"""

import asyncio
import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from callbacks.http.paths import READINGS
from callbacks.http.problems import Problem

log = structlog.get_logger()
#: After a failure Redis is left alone for so long.
PAUSE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Rule:
    """Requests that are counted together; ``shared``: by all processes, in Redis."""

    name: str
    limit: RateLimitItem
    methods: frozenset[str] | None
    path: re.Pattern[str]
    shared: bool = True

    def fits(self, method: str, path: str) -> bool:
        """Return whether a request counts."""
        asked = self.methods is None or method in self.methods
        return asked and self.path.fullmatch(path) is not None


_GET: Final = frozenset({"GET"})
_POST: Final = frozenset({"POST"})
_CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Before the session is looked up. A hall of screens may stand behind one address.
BY_ADDRESS: Final = (
    Rule("all", parse("5000 per 10 second"), None, re.compile(r"(?s).*"), shared=False),
    Rule("sign-in", parse("120 per minute"), _POST, re.compile(r"/login")),
    Rule("pair", parse("120 per minute"), None, re.compile(r"/pair(/session)?")),
)
#: By account; nobody works faster than this by hand.
BY_USER: Final = (
    Rule("command", parse("600 per 10 second"), _CHANGES, re.compile(r"/.*")),
    Rule("export", parse("30 per minute"), _GET, re.compile(r"/(history|audit)/export/\w+\.\w+")),
)


class Counter:
    """Counts hits, in Redis as long as it is there."""

    def __init__(self, redis_url: str) -> None:
        self._here = FixedWindowRateLimiter(MemoryStorage())
        storage = RedisStorage(
            f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url,
            wrap_exceptions=True,
            key_prefix="xt:rate",
            socket_timeout=0.25,
            socket_connect_timeout=0.25,
        )
        self._shared = FixedWindowRateLimiter(storage)
        self._again = 0.0

    async def hit(self, rule: Rule, who: str) -> bool:
        """Count a request; return whether it is still within the limit."""
        if rule.shared and time.monotonic() >= self._again:
            try:
                return await asyncio.to_thread(self._shared.hit, rule.limit, rule.name, who)
            except StorageError as error:
                self._again = time.monotonic() + PAUSE_S
                log.warning("rates are counted by each process alone", error=str(error))
        return self._here.hit(rule.limit, rule.name, who)


class RateLimit:
    """ASGI middleware: answers 429 to who asks too often; ``rules`` count by address or account."""

    def __init__(self, app: ASGIApp, counter: Counter, rules: tuple[Rule, ...]) -> None:
        self._app = app
        self._counter = counter
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer in its place."""
        if scope["type"] == "http" and scope["path"] != READINGS:
            who = _who(scope)
            for rule in self._rules:
                if rule.fits(scope["method"], scope["path"]) and not await self._counter.hit(
                    rule, who
                ):
                    await _too_many(rule).response()(scope, receive, send)
                    return
        await self._app(scope, receive, send)


def _who(scope: Scope) -> str:
    user = scope.get("state", {}).get("user")
    client = scope.get("client")
    return user.name if user is not None else (client[0] if client else "")


def _too_many(rule: Rule) -> Problem:
    wait = {"retry-after": str(rule.limit.get_expiry())}
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests; wait.", headers=wait)
