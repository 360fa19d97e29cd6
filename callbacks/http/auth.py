"""Signing in and out: ``/login``, ``/logout``, and the language switch beside them."""

import asyncio
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from callbacks.http.gate import SESSION_COOKIE
from callbacks.http.paths import comes_from_here, local_referer, safe_next
from callbacks.http.problems import Problem
from callbacks.http.sessions import Sessions
from data.commands import Actor
from data.domain.accounts import MAX_PASSWORD_LENGTH, SignedIn
from data.domain.words import Role
from data.store.users import Client, NewSession
from layouts.i18n import Lang, as_lang
from layouts.login import LoginView, login_page

LANG_COOKIE: Final = "xt_lang"
FORM_COOKIE: Final = "xt_login"
TOKEN_BYTES: Final = 24
FORM_TOKEN: Final = re.compile(r"[\w-]{32}", re.ASCII)
LANG_LIFE: Final = timedelta(days=365)
#: A browser forgets a cookie after at most this long; the server decides when a session ends.
COOKIE_LIFE: Final = timedelta(days=400)
#: Argon2 keeps a core and 19 MiB busy; more waiting sign-ins than this are turned away.
VERIFY_AT_ONCE: Final = 2
VERIFY_WAITING: Final = 20
WRONG: Final = "账号或密码不正确"
EXPIRED: Final = "登录页面已过期，请重试"
BUSY: Final = "登录次数过多，请稍后再试"


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What the sign-in page posts."""

    name: str
    password: str
    csrf: str
    next_path: str


class SignIn:
    """Checks sign-ins in threads, a few at a time."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._slots = asyncio.Semaphore(VERIFY_AT_ONCE)
        self._waiting = 0

    @property
    def busy(self) -> bool:
        """Whether one more sign-in would wait too long."""
        return self._waiting >= VERIFY_WAITING

    async def open(self, form: SignInForm, client: Client) -> NewSession | None:
        """Return a new session, or ``None`` for a wrong name or password, after the same work."""
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(
                    self._sessions.users.sign_in,
                    form.name.strip(),
                    form.password[: MAX_PASSWORD_LENGTH + 1],
                    self._sessions.now(),
                    client,
                )
        finally:
            self._waiting -= 1


@dataclass(frozen=True, slots=True)
class _Pages:
    """Answers of the sign-in page."""

    assets: str
    secure: bool

    def form(
        self,
        request: Request,
        view_next: str,
        *,
        name: str = "",
        error: str = "",
        status: int = 200,
    ) -> Response:
        """Return the page with a form token in it and in its cookie.

        The browser's token is kept while it lasts: a second tab must not shut the first one out.
        """
        held = request.cookies.get(FORM_COOKIE, "")
        token = held if FORM_TOKEN.fullmatch(held) else secrets.token_urlsafe(TOKEN_BYTES)
        view = LoginView(_lang(request), self.assets, token, view_next, name, error)
        response = HTMLResponse(login_page(view), status, {"cache-control": "no-store"})
        response.set_cookie(
            FORM_COOKIE, token, path="/login", secure=self.secure, httponly=True, samesite="strict"
        )
        return response

    def signed_in(self, opened: NewSession, target: str) -> Response:
        """Return the way into the application, with the session's cookie.

        The cookie is ``Lax``: under ``Strict`` a link that a colleague sent (``/?building=…``)
        would open the sign-in page for somebody who is signed in. What changes anything is
        protected by a token and by where the browser says the request comes from.
        """
        response = RedirectResponse(target, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})
        response.set_cookie(
            SESSION_COOKIE,
            opened.token,
            max_age=int(COOKIE_LIFE.total_seconds()),
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )
        return response


def auth_router(sessions: Sessions, *, assets: str, secure: bool) -> APIRouter:
    """Return the routes; ``assets`` is the versioned prefix, ``secure`` whether we are on HTTPS."""
    router = APIRouter(include_in_schema=False)
    sign_in = SignIn(sessions)
    pages = _Pages(assets, secure)

    @router.get("/login")
    async def login_form(request: Request) -> Response:
        target = safe_next(request.query_params.get("next"))
        if _user(request) is not None:
            return RedirectResponse(target, HTTPStatus.SEE_OTHER)
        return pages.form(request, target)

    @router.post("/login")
    async def login(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        csrf: Annotated[str, Form()] = "",
        target: Annotated[str, Form(alias="next")] = "/",
    ) -> Response:
        form = SignInForm(name.replace("\x00", ""), password, csrf, safe_next(target))
        return await _answer(request, form, sign_in, pages)

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        user = _user(request)
        if user is not None:
            client = client_of(request)
            await asyncio.to_thread(sessions.users.sign_out, user, sessions.now(), client)
            sessions.forget(user.token_hash)
        response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        response.delete_cookie(SESSION_COOKIE)
        return response

    @router.get("/language/{lang}")
    async def language(request: Request, lang: Lang) -> Response:
        back = local_referer(request.headers) or request.query_params.get("next")
        response = RedirectResponse(_back(back), HTTPStatus.SEE_OTHER)
        response.set_cookie(
            LANG_COOKIE,
            lang,
            max_age=int(LANG_LIFE.total_seconds()),
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return response

    return router


async def _answer(request: Request, form: SignInForm, sign_in: SignIn, pages: _Pages) -> Response:
    held = request.cookies.get(FORM_COOKIE, "")
    if comes_from_here(request.headers) is False:
        raise Problem(HTTPStatus.FORBIDDEN, "The form was not sent from the sign-in page.")
    if not held or not hmac.compare_digest(held.encode(), form.csrf.encode()):
        return pages.form(request, form.next_path, name=form.name, error=EXPIRED, status=403)
    if sign_in.busy:
        return pages.form(request, form.next_path, name=form.name, error=BUSY, status=429)
    opened = await sign_in.open(form, client_of(request))
    if opened is None:
        return pages.form(request, form.next_path, name=form.name, error=WRONG, status=401)
    return pages.signed_in(opened, form.next_path)


def _back(target: str | None) -> str:
    """Return where the language link leads: also back to the sign-in page."""
    if target is not None and (target == "/login" or target.startswith("/login?")):
        return target
    return safe_next(target)


def actor_of(request: Request) -> Actor:
    """Return who commands; the gate has let nobody else through.

    Raises
    ------
    Problem
        401 without a session.
    """
    user = _user(request)
    if user is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Sign in first.")
    return Actor(user.name, user.role, client_of(request).address)


def admin_of(request: Request) -> Actor:
    """Return the admin who looks.

    Raises
    ------
    Problem
        401 without a session, 403 for anybody else.
    """
    actor = actor_of(request)
    if actor.role is not Role.ADMIN:
        raise Problem(HTTPStatus.FORBIDDEN, "Only administrators may see this.")
    return actor


def _user(request: Request) -> SignedIn | None:
    user = request.scope["state"].get("user")
    return user if isinstance(user, SignedIn) else None


def _lang(request: Request) -> Lang:
    return as_lang(request.cookies.get(LANG_COOKIE))


def client_of(request: Request) -> Client:
    """Return where a request comes from, for the audit."""
    address = request.client.host if request.client else ""
    return Client(address[:64], request.headers.get("user-agent", ""))
