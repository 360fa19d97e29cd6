"""What the feeds page asks for and does: ``/api/v1/feeds…``, for admins alone (``paths.py``)."""

from dataclasses import asdict
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, model_validator
from starlette.concurrency import run_in_threadpool

from callbacks.http.auth import actor_of
from callbacks.http.commands import Body, IdInPath, carry_out, commander_of
from callbacks.http.dead_letters import LISTED, as_json
from callbacks.http.json_answer import json_answer
from callbacks.http.transmitters import Address
from callbacks.services import Services
from data.domain.registration import NewDevice
from data.domain.rights import Right, may
from data.domain.words import DeviceKind
from data.feeds.sources import Source, read_sources
from data.feeds.transmitters.counters import read_counts, read_links
from data.live.wire import to_ms
from data.store import dead_letters
from data.store import transmitter_views as views
from data.store.dead_letters import Chosen
from data.store.guard import reading

Named = Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
Key = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Query(max_length=200)]


class New(Body):
    """A device that is made for an address; a transmitter's stands in a building."""

    name: Named
    kind: DeviceKind
    location: Annotated[str, Field(max_length=120)] = ""
    building: Key | None = None


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

    return router


def overview(services: Services, *, with_letters: bool) -> dict[str, Any]:
    """Return everything that the page shows, at one moment."""
    links, counts = read_links(services.redis), read_counts(services.redis)
    sources = read_sources(services.redis)
    with reading(services.database) as session:
        registered = views.registered(session)
        strangers, unknown = views.unregistered_transmitters(session)
        parts, points = views.unregistered_points(session)
        waiting, lost = dead_letters.waiting(session), dead_letters.losses(session)
        letters = dead_letters.listed(session, Chosen(), LISTED) if with_letters else []
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
            "rows": [as_json(letter) for letter in letters],
        },
    }


def _reading_routes(router: APIRouter, services: Services) -> None:
    @router.get("")
    async def get_overview(request: Request) -> Response:
        letters = may(actor_of(request).role, Right.MANAGE_LETTERS)
        return json_answer(await run_in_threadpool(overview, services, with_letters=letters))

    @router.get("/devices")
    async def get_devices(q: Text = "", near: Text = "", *, transmitters: bool = False) -> Response:
        def find() -> list[views.Row]:
            with reading(services.database) as session:
                return views.find_devices(session, q, transmitters=transmitters, near=near)

        return json_answer(await run_in_threadpool(find))

    @router.get("/buildings")
    async def get_buildings(q: Text = "") -> Response:
        def find() -> list[views.Row]:
            with reading(services.database) as session:
                return views.find_buildings(session, q)

        return json_answer(await run_in_threadpool(find))


def _source(source: Source) -> views.Row:
    times = {"last_at": to_ms(source.last_at), "last_error_at": to_ms(source.last_error_at)}
    return {**asdict(source), "way": str(source.way), **times}
