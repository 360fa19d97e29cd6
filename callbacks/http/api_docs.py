"""``/api/docs`` and ``/api/openapi.json``: the API described, for whoever signs in or has a key."""

from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from callbacks.http.api_description import describe
from callbacks.http.auth import LANG_COOKIE
from callbacks.http.gate import to_login
from callbacks.http.json_answer import json_answer
from callbacks.http.paths import DOCS, OPENAPI, is_page_request
from callbacks.http.problems import Problem
from callbacks.services import Services
from data.domain.accounts import SignedIn
from data.domain.rights import Right, key_may
from layouts.api_docs import api_docs_page
from layouts.i18n import Lang, as_lang, translator


def api_docs_router(app: FastAPI, services: Services, *, assets: str) -> APIRouter:
    """Make the router of the descriptions of ``app``."""
    router = APIRouter(include_in_schema=False)

    @cache
    def described(lang: Lang) -> dict[str, Any]:
        return describe(app, translator(lang))

    @cache
    def page(lang: Lang) -> str:
        return api_docs_page(described(lang), lang, assets)

    @router.get(OPENAPI)
    async def openapi(request: Request) -> Response:
        await _check(services, request)
        told = await run_in_threadpool(described, _lang(request))
        return json_answer(told)

    @router.get(DOCS)
    async def docs(request: Request) -> Response:
        try:
            await _check(services, request)
        except Problem as problem:
            if problem.status == HTTPStatus.UNAUTHORIZED and is_page_request(
                request.scope, request.headers
            ):
                return to_login(request.scope)
            raise
        return HTMLResponse(await run_in_threadpool(page, _lang(request)))

    return router


async def _check(services: Services, request: Request) -> None:
    """Refuse strangers, and roles that need not know."""
    user = request.scope["state"].get("user")
    if isinstance(user, SignedIn):
        if not user.may(Right.READ_API):
            raise Problem(HTTPStatus.FORBIDDEN, f"The role {user.role} may not see this.")
        return
    key = await services.keys.find(request.headers)
    if key is None or not key_may(key.scopes, Right.READ_API):
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "Sign in, or send a key (Authorization: Bearer KEY).",
            headers={"www-authenticate": "Bearer"},
        )


def _lang(request: Request) -> Lang:
    return as_lang(request.cookies.get(LANG_COOKIE))
