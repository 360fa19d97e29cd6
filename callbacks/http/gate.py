"""Closed by default: who may ask for what, decided before any route sees the request."""

import hmac
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from callbacks.http.paths import (
    PAIR,
    SAFE_METHODS,
    comes_from_here,
    has_nul,
    is_command,
    is_for_admin,
    is_for_display,
    is_open,
    is_page_request,
    safe_next,
)
from callbacks.http.problems import Problem
from callbacks.http.refusals import Refusals
from callbacks.http.sessions import Sessions
from data.domain.accounts import SignedIn
from data.domain.words import Role

SESSION_COOKIE: Final = "xt_session"
CSRF_HEADER: Final = "x-csrf-token"
#: The only websocket; every role may follow the live picture.
SOCKET_PATH: Final = "/live/ws"


class Gate:
    """ASGI middleware: finds who sends a request, or refuses it.

    The holder of the session is ``scope["state"]["user"]``, its token's hash ``["session"]``.
    Mounted WSGI apps read the same through ``environ["asgi.scope"]``.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, refusals: Refusals) -> None:
        self._app = app
        self._sessions = sessions
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer in its place."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        user = await self._user(headers)
        state = scope.setdefault("state", {})
        state["user"] = user
        state["session"] = user.token_hash if user else None
        if scope["type"] == "websocket":
            opened = user is not None and scope["path"] == SOCKET_PATH and comes_from_here(headers)
            await (self._app if opened else _refuse_socket)(scope, receive, send)
            return
        try:
            _check(scope, headers, user)
        except Problem as problem:
            if user is None and is_page_request(scope, headers):
                await to_login(scope)(scope, receive, send)
            else:
                if user is not None:
                    await self._refusals.note(scope, user, problem)
                await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _user(self, headers: Headers) -> SignedIn | None:
        token = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        return await self._sessions.find(token) if token else None


async def _refuse_socket(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer 403 to the handshake: no session, another site's page, or no such socket."""
    await send({"type": "websocket.close", "code": 1008})


def _check(scope: Scope, headers: Headers, user: SignedIn | None) -> None:
    """Raise the problem with which the request is to be refused, if any."""
    path = scope["path"]
    if has_nul(scope):
        raise Problem(HTTPStatus.BAD_REQUEST, "An address has no NUL.")
    if is_open(path):
        return
    if user is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Sign in first.")
    if user.role is Role.DISPLAY and not is_for_display(path):
        raise Problem(HTTPStatus.FORBIDDEN, "A display may only show the wall.")
    if is_for_admin(path) and user.role is not Role.ADMIN:
        raise Problem(HTTPStatus.FORBIDDEN, "Only an admin may see or do this.")
    if scope["method"] not in SAFE_METHODS:
        _check_sender(scope, headers, user)


def _check_sender(scope: Scope, headers: Headers, user: SignedIn) -> None:
    """Refuse what another site made the browser send, and commands of those who may only look.

    A command needs the page's token. Dash's callbacks and forms send no header of ours; the browser
    itself must say that they come from here.
    """
    token = headers.get(CSRF_HEADER)
    has_token = token is not None and hmac.compare_digest(token.encode(), user.csrf.encode())
    from_here = comes_from_here(headers)
    if from_here is False or not (has_token or (from_here and not is_command(scope))):
        raise Problem(HTTPStatus.FORBIDDEN, "The request does not come from a page of this site.")
    if is_command(scope) and not user.commands:
        raise Problem(HTTPStatus.FORBIDDEN, f"The role {user.role} may look but not command.")


def to_login(scope: Scope) -> RedirectResponse:
    """Return the way to the sign-in page and back to what was asked for; for the wall, to pair."""
    if scope["path"] in {"/wall", "/wall/"}:
        return RedirectResponse(PAIR, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})
    query = scope["query_string"].decode("latin-1")
    target = safe_next(scope["path"] + (f"?{query}" if query else ""))
    where = "/login" if target == "/" else f"/login?next={quote(target, safe='/')}"
    return RedirectResponse(where, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})
