"""What the feeds page asks for and does: ``/api/v1/feeds…``, for admins alone (``paths.py``)."""

from dataclasses import asdict
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, model_validator
from starlette.concurrency import run_in_threadpool

from callbacks.http.commands import MAX_ID, Body, Id, IdInPath, carry_out, commander_of
from callbacks.services import Services
from data.domain.errors import NotFoundError
from data.domain.registration import NewDevice
from data.domain.words import DeviceKind
from data.feeds.gb26875 import MAX_ADDRESS
from data.feeds.replay import MAX_TOGETHER, Replay
from data.feeds.sources import Source, read_sources
from data.feeds.transmitters.counters import read_counts, read_links
from data.live.wire import to_json, to_ms
from data.store import dead_letters
from data.store import transmitter_views as views
from data.store.database import Database
from data.store.dead_letters import Chosen
from data.store.models import DeadLetter

#: Dead letters of one page.
LISTED: Final = 100
Address = Annotated[int, Path(ge=0, le=MAX_ADDRESS)]
Named = Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
Key = Annotated[str, Field(min_length=1, max_length=64)]
IdInQuery = Annotated[int | None, Query(ge=1, le=MAX_ID)]
Text = Annotated[str, Query(max_length=200)]


class New(Body):
    """A device that is made for an address; a transmitter's stands in a building."""

    name: Named
    kind: DeviceKind
    location: Annotated[str, Field(max_length=120)] = ""
    building: Key | None = None


class Letters(Body):
    """Which dead letters."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_TOGETHER)]


class Register(Body):
    """Which device an address is: one that is there, or a new one."""

    device: Key | None = None
    new: New | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.device is None) is (self.new is None):
            raise ValueError("name either a device or a new one")
        return self

    @property
    def chosen(self) -> str | NewDevice:
        """What was chosen."""
        if self.new is None:
            return self.device or ""
        new = self.new
        return NewDevice(new.kind, new.name.strip(), new.location.strip(), new.building)


def feeds_screen_router(services: Services) -> APIRouter:
    """Make the router of the feeds page."""
    router = APIRouter(prefix="/api/v1/feeds")
    _reading_routes(router, services)

    @router.post("/transmitters/{address}/register")
    async def register_transmitter(address: Address, body: Register, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.register_transmitter, address, body.chosen, actor)

    @router.post("/points/{point_id}/register")
    async def register_point(point_id: IdInPath, body: Register, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.register_point, point_id, body.chosen, actor)

    _letter_routes(router, services)
    return router


def overview(services: Services) -> dict[str, Any]:
    """Return everything that the page shows, at one moment."""
    links, counts = read_links(services.redis), read_counts(services.redis)
    sources = read_sources(services.redis)
    with services.database.reading() as session:
        registered = views.registered(session)
        strangers, unknown = views.unregistered_transmitters(session)
        parts, points = views.unregistered_points(session)
        waiting, lost = dead_letters.waiting(session), dead_letters.losses(session)
        letters = dead_letters.listed(session, Chosen(), LISTED)
    return {
        "now": to_ms(services.now()),
        "transmitters": {
            "told": None if counts is None else counts.get("told"),
            "waiting": None if counts is None else counts.get("waiting"),
            "rows": [
                {**row, "link": None if links is None else links.get(row["address"])}
                for row in registered
            ],
        },
        "strangers": {"count": strangers, "rows": unknown},
        "points": {"count": parts, "rows": points},
        "sources": None if sources is None else [_source(source) for source in sources],
        "letters": {
            "count": sum(waiting.values()),
            "lost": sum(loss.count for loss in lost.values()),
            "rows": [_letter(letter) for letter in letters],
        },
    }


def _reading_routes(router: APIRouter, services: Services) -> None:
    @router.get("")
    async def get_overview() -> Response:
        return _json(await run_in_threadpool(overview, services))

    @router.get("/devices")
    async def get_devices(q: Text = "", near: Text = "", *, transmitters: bool = False) -> Response:
        def find() -> list[views.Row]:
            with services.database.reading() as session:
                return views.find_devices(session, q, transmitters=transmitters, near=near)

        return _json(await run_in_threadpool(find))

    @router.get("/buildings")
    async def get_buildings(q: Text = "") -> Response:
        def find() -> list[views.Row]:
            with services.database.reading() as session:
                return views.find_buildings(session, q)

        return _json(await run_in_threadpool(find))


def _letter_routes(router: APIRouter, services: Services) -> None:
    replay = Replay(services.database, services.pipeline, services.now)

    @router.get("/letters")
    async def get_letters(before: IdInQuery = None, *, settled: bool = False) -> Response:
        chosen = Chosen(settled=settled, before=before)
        return _json(await run_in_threadpool(_letters, services.database, chosen))

    @router.get("/letters/{letter_id}")
    async def get_letter(letter_id: IdInPath) -> Response:
        return _json(await run_in_threadpool(_whole_letter, services.database, letter_id))

    @router.post("/letters/replay")
    async def replay_letters(body: Letters, request: Request) -> Response:
        actor = commander_of(request)
        done = await run_in_threadpool(replay.replay, body.ids, actor)
        return _json([{"id": one.id, "fate": str(one.fate), "error": one.error} for one in done])

    @router.post("/letters/discard")
    async def discard_letters(body: Letters, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.discard_letters, body.ids, actor)


def _letters(database: Database, chosen: Chosen) -> list[views.Row]:
    with database.reading() as session:
        return [_letter(letter) for letter in dead_letters.listed(session, chosen, LISTED)]


def _whole_letter(database: Database, letter_id: int) -> views.Row:
    with database.reading() as session:
        letter = dead_letters.get(session, letter_id)
        if letter is None:
            raise NotFoundError(f"there is no dead letter {letter_id}")
        return {**_letter(letter), "hex": letter.raw.hex()}


def _letter(letter: DeadLetter) -> views.Row:
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
        "outcome": None if letter.outcome is None else str(letter.outcome),
    }


def _source(source: Source) -> views.Row:
    times = {"last_at": to_ms(source.last_at), "last_error_at": to_ms(source.last_error_at)}
    return {**asdict(source), "way": str(source.way), **times}


def _json(value: Any) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(to_json(value), media_type="application/json", headers=headers)
