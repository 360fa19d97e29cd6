"""Headers that tell the browser what to refuse, and a limit on what may be sent to us."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callbacks.http.paths import READINGS, SAFE_METHODS
from callbacks.http.problems import Problem
from data.commands.photos import MAX_BYTES

MAX_BODY_BYTES: Final = 1_000_000
#: What may be larger: a photo of an incident.
PHOTO_PATH: Final = re.compile(r"/api/v1/incidents/\d{1,10}/photos")
#: A body that trickles in slower than this is given up.
BODY_TIMEOUT_S: Final = 30.0
HSTS: Final = "max-age=31536000; includeSubDomains"
CSP: Final = "content-security-policy"
_INLINE_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
_EXECUTED = re.compile(r'type="(?:application/javascript|text/javascript|module)"')

FIXED_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def content_security_policy(script_hashes: Iterable[str] = ()) -> str:
    """Return the policy; inline scripts run only if their hash is listed.

    Inline *styles* stay allowed: Dash's bundles and Plotly insert ``<style>`` elements.
    """
    scripts = " ".join(["'self'", *(f"'{digest}'" for digest in script_hashes)])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            # A stream is put together in the page and played from memory.
            "media-src 'self' blob:",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def inline_script_hashes(page: str) -> list[str]:
    """Return ``sha256-…`` of every script whose code stands in the page itself."""
    found = _INLINE_SCRIPT.finditer(page)
    return [_digest(script["body"]) for script in found if _runs_inline(script["attributes"])]


def _runs_inline(attributes: str) -> bool:
    if re.search(r"\bsrc=", attributes):
        return False
    return "type=" not in attributes or _EXECUTED.search(attributes) is not None


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class SecurityHeaders:
    """ASGI middleware: adds the headers to every answer; a page may bring its own policy."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {**FIXED_HEADERS, **({"strict-transport-security": HSTS} if https else {})}
        self._policy = content_security_policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the headers added."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault(CSP, self._policy)
                headers.setdefault("cache-control", "no-store")
                del headers["server"]
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """ASGI middleware: takes a request's body in before anybody works on it, up to a limit.

    A body of readings is left to its route, which looks at the key first.
    """

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the whole body, or answer 413 (too large) or 408 (too slow)."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or scope["path"] == READINGS:
            await self._app(scope, receive, send)
            return
        limit = MAX_BYTES if PHOTO_PATH.fullmatch(scope["path"]) else self._limit
        try:
            body = await whole_body(scope, receive, limit)
        except Problem as problem:
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


async def whole_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return a request's body.

    Raises
    ------
    Problem
        413 if it is larger than ``limit`` bytes, 408 if it does not arrive in time, 400 if the
        sender leaves in the middle of it.
    """
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await _all_of_it(receive, limit)
    except TimeoutError:
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time.") from None


async def _all_of_it(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message.get("type") == "http.disconnect":  # half a body is none
            raise Problem(HTTPStatus.BAD_REQUEST, "The body ended before its end.")
        body += message.get("body", b"")
        if len(body) > limit:
            raise too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def too_large(limit: int) -> Problem:
    """Return the refusal of a body with more than ``limit`` bytes."""
    detail = f"A body may have at most {limit} bytes."
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return Problem(status, detail, headers={"connection": "close"})


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body once, then waits for the client to leave."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
