"""What a browser may change: ``POST /api/v1/alarms/…`` and ``/api/v1/devices/…``."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from callbacks.http.auth import actor_of
from callbacks.http.json_answer import json_answer
from callbacks.http.problems import Problem
from callbacks.services import Services
from data.commands import Actor
from data.commands.alarms import MAX_BULK
from data.domain.alarms import MAX_SHELF
from data.domain.words import FalseCause, Verdict

MAX_NOTE: Final = 1000
MAX_KEY: Final = 64
KEY_HEADER: Final = "idempotency-key"
MAX_MINUTES: Final = int(MAX_SHELF.total_seconds() // 60)

#: What the database's integers hold.
MAX_ID: Final = 2**31 - 1

Id = Annotated[int, Field(ge=1, le=MAX_ID)]
IdInPath = Annotated[int, Path(ge=1, le=MAX_ID)]
Note = Annotated[str, Field(max_length=MAX_NOTE)]


class Body(BaseModel):
    """Body of a command; an unknown field is refused, and text that can't be stored."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nul(cls, sent: Any) -> Any:
        words = sent.values() if isinstance(sent, dict) else ()
        if any(isinstance(word, str) and "\x00" in word for word in words):
            raise ValueError("text has no NUL")
        return sent


class Close(Body):
    """A verdict; a false alarm needs its cause or a note."""

    verdict: Verdict
    cause: FalseCause | None = None
    note: Note = ""


class Confirm(Body):
    """How a person knows that it burns."""

    note: Note = ""


class Shelve(Body):
    """For how long, and why."""

    minutes: Annotated[int, Field(ge=1, le=MAX_MINUTES)]
    reason: Annotated[str, Field(min_length=1, max_length=MAX_NOTE)]


class Bulk(Body):
    """Which alarms."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_BULK)]


class Reason(Body):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=MAX_NOTE)]


def commander_of(request: Request) -> Actor:
    """Return who commands, with the key of the click from ``Idempotency-Key``.

    Raises
    ------
    Problem
        401 without a session, 422 for a key that is too long or not printable.
    """
    key = request.headers.get(KEY_HEADER, "")
    if len(key) > MAX_KEY or not key.isprintable():
        detail = f"Idempotency-Key has at most {MAX_KEY} printable characters."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    return replace(actor_of(request), key=key)


async def carry_out(command: Callable[..., Any], *arguments: Any) -> Response:
    """Run a command in a thread; domain errors become problem+json (callbacks.http.problems)."""
    answer = await run_in_threadpool(command, *arguments)
    return json_answer(answer)


def commands_router(services: Services) -> APIRouter:
    """Make the router of the commands on alarms and devices."""
    router = APIRouter(prefix="/api/v1")
    _alarm_routes(router, services)
    _device_routes(router, services)
    return router


def _alarm_routes(router: APIRouter, services: Services) -> None:
    commands = services.commands

    @router.post("/alarms/acknowledge")
    async def acknowledge_many(body: Bulk, request: Request) -> Response:
        return await carry_out(commands.acknowledge_many, body.ids, commander_of(request))

    @router.post("/alarms/{alarm_id}/acknowledge")
    async def acknowledge(alarm_id: IdInPath, request: Request) -> Response:
        return await carry_out(commands.acknowledge, alarm_id, commander_of(request))

    @router.post("/alarms/{alarm_id}/confirm")
    async def confirm(alarm_id: IdInPath, body: Confirm, request: Request) -> Response:
        return await carry_out(commands.confirm, alarm_id, commander_of(request), body.note)

    @router.post("/alarms/{alarm_id}/close")
    async def close(alarm_id: IdInPath, body: Close, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(commands.close, alarm_id, actor, body.verdict, body.note, body.cause)

    @router.post("/alarms/{alarm_id}/shelve")
    async def shelve(alarm_id: IdInPath, body: Shelve, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(commands.shelve, alarm_id, actor, body.minutes, body.reason)

    @router.post("/alarms/{alarm_id}/unshelve")
    async def unshelve(alarm_id: IdInPath, request: Request) -> Response:
        return await carry_out(commands.unshelve, alarm_id, commander_of(request))


def _device_routes(router: APIRouter, services: Services) -> None:
    commands = services.commands

    @router.post("/devices/{device_id}/out-of-service")
    async def out_of_service(device_id: str, body: Reason, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(commands.out_of_service, device_id, actor, body.reason)

    @router.post("/devices/{device_id}/back-in-service")
    async def back_in_service(device_id: str, body: Reason, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(commands.back_in_service, device_id, actor, body.reason)
