"""Errors as RFC 9457 ``application/problem+json``: one table from an error to its answer."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.domain.errors import (
    AlarmStateError,
    DomainError,
    NotAllowedError,
    NotFoundError,
    ReadingError,
)
from data.store.guard import AWAY, StoreUnavailableError

MEDIA_TYPE: Final = "application/problem+json"
#: Domain error → status; a subclass answers as its nearest ancestor here.
STATUS_OF: Final[dict[type[DomainError], HTTPStatus]] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    AlarmStateError: HTTPStatus.CONFLICT,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    ReadingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DomainError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
#: When to try again while SQL or Redis is away.
RETRY_AFTER_S: Final = 5
log = structlog.get_logger(__name__)


class Problem(Exception):  # noqa: N818 (the RFC's own word)
    """An answer that refuses; ``detail`` is one sentence for the caller, never an inner message."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def response(self) -> Response:
        """Return the problem as a response."""
        return problem_response(self.status, self.detail, headers=self.headers, extra=self.extra)


def problem_response(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """Return a problem+json response; ``extra`` are the members the RFC lets us add."""
    status = int(status)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(extra or {}),
    }
    sent = {"cache-control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status, sent, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Answer every refusal inside ``app`` as problem+json."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for away_error in (StoreUnavailableError, *AWAY):
        app.add_exception_handler(away_error, _on_store_away)


class LastResort:
    """Turns an unhandled exception into a 500 that says nothing but a reference into the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer what nobody else did."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http":
                raise
            reference = secrets.token_hex(4)
            log.exception("unhandled error", reference=reference, path=scope["path"])
            if started:
                raise
            await _unhandled(reference)(scope, receive, send)


def _unhandled(reference: str) -> Response:
    detail = "Something went wrong here; the log has the reason under this reference."
    return problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR, detail, extra={"reference": reference}
    )


async def _on_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 (registered for this type alone)
    return error.response()


async def _on_domain_error(_request: Request, error: Exception) -> Response:
    kinds = (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    return problem_response(next(kinds), str(error), extra=_members(error))


def _members(error: Exception) -> dict[str, Any]:
    """Return which error it is and, where somebody was first, who and when (Unix ms)."""
    members: dict[str, Any] = {"error": type(error).__name__.removesuffix("Error")}
    if isinstance(error, AlarmStateError) and error.by is not None:
        members["by"] = error.by
    if isinstance(error, AlarmStateError) and error.at is not None:
        members["at"] = round(error.at.timestamp() * 1000)
    return members


async def _on_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this type alone)
    errors = [
        {"where": ".".join(str(part) for part in item["loc"]), "why": item["msg"]}
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['where']}: {item['why']}" for item in errors[:3])
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, extra={"errors": errors[:20]})


def away() -> Problem:
    """Return the refusal of what needs SQL or Redis while one of them is away."""
    detail = "The database or Redis does not answer; send it again later."
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"retry-after": str(RETRY_AFTER_S)}
    )


async def _on_store_away(request: Request, error: Exception) -> Response:
    log.warning("database does not answer", path=request.url.path, error=str(error))
    return away().response()


async def _on_http_exception(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this type alone)
    return problem_response(error.status_code, str(error.detail), headers=error.headers)
