"""Displays: the page of a screen that waits (``/pair``), and ``/api/v1/displays`` for admins."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from callbacks.http.answers import Answer, Ms
from callbacks.http.auth import COOKIE_LIFE, LANG_COOKIE, admin_of, client_of
from callbacks.http.commands import Body, IdInPath, Note, carry_out, commander_of
from callbacks.http.gate import SESSION_COOKIE
from callbacks.http.json_answer import NO_STORE, json_answer
from callbacks.http.paths import PAIR, PAIR_SESSION, comes_from_here
from callbacks.http.problems import Problem
from callbacks.services import Services
from data.commands.displays import as_json
from data.domain.displays import CODE_LIFE, MAX_PLACE, TooManyCodesError, Waiting
from data.store.displays import Displays, listed
from data.store.guard import reading
from layouts.i18n import as_lang
from layouts.pairing import PairingView, pairing_page

PAIR_COOKIE: Final = "xt_pair"


class Pair(Body):
    """The code on the screen, and where it hangs."""

    code: Annotated[str, Field(min_length=1, max_length=20, examples=["ABCD-2345"])]
    place: Annotated[str, Field(min_length=1, max_length=MAX_PLACE, pattern=r"\S")]


class Revoke(Body):
    """Why, for the audit."""

    reason: Note = ""


class DisplayAnswer(Answer):
    """A display; address and browser are empty until it has fetched its session."""

    id: int
    name: str
    place: str
    paired_at: Ms
    address: str
    browser: str


def displays_router(services: Services, *, assets: str, secure: bool) -> APIRouter:
    """Make the router; ``secure`` says whether we are on HTTPS."""
    router = APIRouter()
    _screen_routes(router, services, assets, secure=secure)

    @router.get("/api/v1/displays")
    async def displays(request: Request) -> Response:
        admin_of(request)
        return await run_in_threadpool(_every, services)

    @router.post("/api/v1/displays/pair")
    async def pair(body: Pair, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.pair_display, body.code, body.place, actor)

    @router.post("/api/v1/displays/{display_id}/revoke")
    async def revoke(display_id: IdInPath, body: Revoke, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.revoke_display, display_id, actor, body.reason)

    return router


def _screen_routes(router: APIRouter, services: Services, assets: str, *, secure: bool) -> None:
    waiting = Displays(services.database)

    @router.get(PAIR, include_in_schema=False)
    async def page(request: Request) -> Response:
        if request.scope["state"].get("user") is not None:
            return RedirectResponse("/wall/", HTTPStatus.SEE_OTHER, NO_STORE)
        lang = as_lang(request.cookies.get(LANG_COOKIE))
        try:
            screen = await asyncio.to_thread(_screen, waiting, request, services)
        except TooManyCodesError:
            view = PairingView(lang, assets)
            return HTMLResponse(pairing_page(view), HTTPStatus.TOO_MANY_REQUESTS, NO_STORE)
        left = max(1, int((screen.expires_at - services.now()).total_seconds()))
        answer = HTMLResponse(pairing_page(PairingView(lang, assets, screen.code, left)))
        _keep(answer, PAIR_COOKIE, screen.secret, CODE_LIFE.total_seconds(), PAIR, secure=secure)
        return answer

    @router.post(PAIR_SESSION, include_in_schema=False)
    async def fetch(request: Request) -> Response:
        """Give the screen its session in a cookie, once: nothing that could be copied is told."""
        if comes_from_here(request.headers) is not True:
            raise Problem(HTTPStatus.FORBIDDEN, "Only the page of a screen that waits may ask.")
        secret = request.cookies.get(PAIR_COOKIE, "")
        now, client = services.now(), client_of(request)
        opened = await asyncio.to_thread(waiting.fetch, secret, now, client)
        answer = json_answer({"paired": opened is not None})
        if opened is not None:
            age = COOKIE_LIFE.total_seconds()
            _keep(answer, SESSION_COOKIE, opened.token, age, "/", secure=secure)
            answer.delete_cookie(PAIR_COOKIE, path=PAIR)
        return answer


def _screen(waiting: Displays, request: Request, services: Services) -> Waiting:
    """Return the code of a screen: the one it has while it lasts, else a new one."""
    held = request.cookies.get(PAIR_COOKIE, "")
    known = waiting.waiting(held, services.now()) if held else None
    return known or waiting.begin(services.now(), client_of(request))


def _keep(
    answer: Response, name: str, secret: str, age_s: float, path: str, *, secure: bool
) -> None:
    answer.set_cookie(
        name,
        secret,
        max_age=int(age_s),
        path=path,
        secure=secure,
        httponly=True,
        samesite="strict" if name == PAIR_COOKIE else "lax",
    )


def _every(services: Services) -> Response:
    with reading(services.database) as session:
        return json_answer([as_json(display) for display in listed(session)])
