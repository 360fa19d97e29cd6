"""Messages that could not be taken: ``/api/v1/dead-letters``, for admins."""

import base64
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from callbacks.http.auth import reader_of
from callbacks.http.commands import MAX_ID, Body, Id, IdInPath, Note, carry_out, commander_of
from callbacks.http.json_answer import json_answer
from callbacks.services import Services
from data.commands.letters import MAX_LETTERS
from data.domain.errors import NotFoundError
from data.domain.rights import Right
from data.domain.words import Way
from data.feeds.replay import Replayer
from data.live.wire import to_ms
from data.store import dead_letters
from data.store.dead_letters import Chosen
from data.store.guard import reading
from data.store.models import DeadLetter

LISTED: Final = 100
Before = Annotated[int | None, Query(ge=1, le=MAX_ID)]


class Letters(Body):
    """Which ones."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_LETTERS)]


class Discard(Letters):
    """Which ones, and why."""

    reason: Note = ""


def dead_letters_router(services: Services) -> APIRouter:
    """Make the router of the dead letters."""
    router = APIRouter(prefix="/api/v1/dead-letters")
    mapping = services.settings.mqtt_mapping
    replayer = Replayer(services.database, services.pipeline, services.now, mapping)
    _reading_routes(router, services)

    @router.post("/replay")
    async def replay(body: Letters, request: Request) -> Response:
        """Send some once more through the pipeline, with the time at which they came.

        One that can't be taken now either goes on waiting; its error is in the answer.
        """
        actor = commander_of(request)
        return await carry_out(lambda: _replay(replayer, body.ids, actor))

    @router.post("/discard")
    async def discard(body: Discard, request: Request) -> Response:
        """Let some go; they stay to be looked at until they are 30 days old."""
        actor = commander_of(request)
        return await carry_out(services.commands.discard_letters, body.ids, actor, body.reason)

    return router


def _reading_routes(router: APIRouter, services: Services) -> None:
    @router.get("")
    async def some(
        request: Request,
        way: Way | None = None,
        source: Annotated[str | None, Query(max_length=128)] = None,
        settled: bool = False,
        before: Before = None,
    ) -> Response:
        """List those that wait, or those that somebody settled, the newest first.

        ``before``, the smallest id of a page, gives the next one.
        """
        reader_of(request, Right.MANAGE_LETTERS)
        chosen = Chosen(way, source, settled, before)
        return await run_in_threadpool(_some, services, chosen)

    @router.get("/{letter_id}")
    async def one(letter_id: IdInPath, request: Request) -> Response:
        """Look at one, with its bytes."""
        reader_of(request, Right.MANAGE_LETTERS)
        return await run_in_threadpool(_one, services, letter_id)


def _replay(replayer: Replayer, ids: list[int], actor: Any) -> dict[str, Any]:
    done = replayer.replay(ids, actor)
    return {
        "replayed": [one.id for one in done if not one.error],
        "refused": [{"id": one.id, "error": one.error} for one in done if one.error],
    }


def _some(services: Services, chosen: Chosen) -> Response:
    with reading(services.database) as session:
        told = {
            "letters": [as_json(row) for row in dead_letters.listed(session, chosen, LISTED)],
            "waiting": {str(way): n for way, n in dead_letters.waiting(session).items()},
            "lost": {
                str(way): {"count": loss.count, "last_at": to_ms(loss.last_at)}
                for way, loss in dead_letters.losses(session).items()
            },
        }
    return json_answer(told)


def _one(services: Services, letter_id: int) -> Response:
    with reading(services.database) as session:
        letter = dead_letters.get(session, letter_id)
    if letter is None:
        raise NotFoundError(f"there is no dead letter {letter_id}")
    told = {
        **as_json(letter),
        "text": _text(letter.raw),
        "base64": base64.b64encode(letter.raw).decode(),
        "cut": letter.size > len(letter.raw),
    }
    return json_answer(told)


def as_json(letter: DeadLetter) -> dict[str, Any]:
    """Return a letter without its bytes; times in Unix milliseconds."""
    return {
        "id": letter.id,
        "way": str(letter.way),
        "source": letter.source,
        "received_at": to_ms(letter.received_at),
        "size": letter.size,
        "reason": letter.reason,
        "error": letter.error,
        "settled_at": to_ms(letter.settled_at),
        "settled_by": letter.settled_by,
        "outcome": letter.outcome,
    }


def _text(raw: bytes) -> str | None:
    """Return the bytes as text, where they are some."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
