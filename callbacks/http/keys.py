"""Keys of those who send over HTTP: ``/api/v1/keys``, for admins."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from callbacks.http.auth import reader_of
from callbacks.http.commands import Body, IdInPath, Note, carry_out, commander_of
from callbacks.http.json_answer import json_answer
from callbacks.services import Services
from data.commands.keys import key_as_json
from data.domain.api_keys import MAX_NAME, MAX_RATE_PER_S, RATE_PER_S, KeyScope, KeyWish
from data.domain.rights import Right
from data.domain.words import DeviceKind
from data.store import api_keys
from data.store.guard import reading

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,24}$")]


class NewKey(Body):
    """A key to be made; empty lists of communities and kinds: all of them."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME, examples=["water-platform"])]
    scopes: list[KeyScope] = Field([KeyScope.READINGS], min_length=1, max_length=len(KeyScope))
    communities: list[Code] = Field([], max_length=100)
    kinds: list[DeviceKind] = Field([], max_length=len(DeviceKind))
    #: Readings a second; null: as many as it likes.
    rate_per_s: Annotated[int, Field(ge=1, le=MAX_RATE_PER_S)] | None = RATE_PER_S


class Why(Body):
    """Why, for the audit."""

    reason: Note = ""


def keys_router(services: Services) -> APIRouter:
    """Make the router of the keys."""
    router = APIRouter(prefix="/api/v1/keys")

    @router.get("")
    async def every_key(request: Request) -> Response:
        """List the keys, those in use first; the keys themselves are not kept."""
        reader_of(request, Right.MANAGE_KEYS)
        return await run_in_threadpool(_every, services)

    @router.post("", status_code=201)
    async def add_key(body: NewKey, request: Request) -> Response:
        """Make a key; this answer is the only one that has it in the clear."""
        actor = commander_of(request)
        wish = KeyWish(
            body.name,
            frozenset(body.scopes),
            frozenset(body.communities),
            frozenset(body.kinds),
            body.rate_per_s,
        )
        answer = await carry_out(services.commands.add_key, wish, actor)
        answer.status_code = 201
        return answer

    @router.post("/{key_id}/revoke")
    async def revoke_key(key_id: IdInPath, body: Why, request: Request) -> Response:
        """Close a key for good; it takes effect within 2 s."""
        actor = commander_of(request)
        return await carry_out(services.commands.revoke_key, key_id, actor, body.reason)

    return router


def _every(services: Services) -> Response:
    with reading(services.database) as session:
        keys: list[dict[str, Any]] = [key_as_json(key) for key in api_keys.every(session)]
    return json_answer(keys)
