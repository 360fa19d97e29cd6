"""Incidents over HTTP: what is open, one with its timeline, the hand-over record, commands."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from callbacks.http.auth import actor_of
from callbacks.http.commands import Body, Close, Id, IdInPath, Note, carry_out, commander_of
from callbacks.http.json_answer import json_answer
from callbacks.services import Services
from data.commands.alarms import MAX_BULK
from data.domain.handover import HandOver, Water, hand_over
from data.domain.phones import may_see_phone
from data.domain.response import Stage
from data.domain.words import Role
from data.live.look import reader
from data.live.wire import to_ms
from data.store.drilldown import show_phones
from data.store.drilldown_building import building_view
from data.store.incident_views import (
    incident_facts,
    incident_view,
    incidents_without_alarms,
    open_incidents,
)
from data.store.nearby import near, with_pressure
from data.store.neighbours import names_beside

Said = Annotated[Note, Field(min_length=1)]


class Dispatch(Body):
    """Who is sent."""

    to: Said


class Remark(Body):
    """A remark for the timeline."""

    note: Note = ""


class Text(Body):
    """A note."""

    text: Said


class Check(Body):
    """An item of the checklist."""

    item: Annotated[str, Field(min_length=1, max_length=40)]


class Merge(Body):
    """Which incident becomes part of this one, and why."""

    other: Id
    reason: Note = ""


class Split(Body):
    """Which alarms leave, and why."""

    alarms: Annotated[list[Id], Field(min_length=1, max_length=MAX_BULK)]
    reason: Note = ""


def incidents_router(services: Services) -> APIRouter:
    """Make the router; an unknown incident is answered with 404 problem+json."""
    router = APIRouter(prefix="/api/v1/incidents")
    _reading_routes(router, services)
    _response_routes(router, services)
    _timeline_routes(router, services)
    return router


def make_hand_over(services: Services, incident_id: int, role: Role) -> HandOver:
    """Return the hand-over record of an incident from SQL and the present.

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    read_now = reader(services.redis)
    with services.database.reading() as session:
        show_phones(session, whole=may_see_phone(role))
        facts, building_id = incident_facts(session, incident_id)
        if building_id is None:
            stations, hydrants = near(session, (facts.lon, facts.lat))
            now = read_now([row.device_id for row in hydrants if row.device_id])
            water = Water(with_pressure(hydrants, now), with_pressure(stations, now))
            return hand_over(facts, None, water, (), services.now())
        building = building_view(session, building_id, read_now)
        beside = names_beside(session, building_id)
    water = Water(building.hydrants, building.micro_stations)
    return hand_over(facts, building, water, beside, services.now())


def as_answer(value: Any) -> Any:
    """Return a record as JSON can carry it: names, words, Unix milliseconds.

    Examples
    --------
    >>> from data.domain.response import Response
    >>> as_answer(Response(dispatched_to="微型消防站"))["dispatched_to"]
    '微型消防站'
    """
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, IntEnum):
        return value.name.lower()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_answer(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_answer(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_answer(item) for item in value]
    return value


def _reading_routes(router: APIRouter, services: Services) -> None:
    @router.get("")
    def get_open(*, without_alarms: bool = False) -> Response:
        ask = incidents_without_alarms if without_alarms else open_incidents
        with services.database.reading() as session:
            return json_answer(ask(session))

    @router.get("/{incident_id}")
    def get_one(incident_id: IdInPath) -> Response:
        with services.database.reading() as session:
            return json_answer(incident_view(session, incident_id))

    @router.get("/{incident_id}/handover")
    def get_hand_over(incident_id: IdInPath, request: Request) -> Response:
        role = actor_of(request).role
        return json_answer(as_answer(make_hand_over(services, incident_id, role)))


def _response_routes(router: APIRouter, services: Services) -> None:
    advance = services.commands.advance

    @router.post("/{incident_id}/dispatched")
    async def dispatched(incident_id: IdInPath, body: Dispatch, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(advance, incident_id, Stage.DISPATCHED, actor, body.to)

    @router.post("/{incident_id}/arrived")
    async def arrived(incident_id: IdInPath, body: Remark, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(advance, incident_id, Stage.ARRIVED, actor, body.note)

    @router.post("/{incident_id}/controlled")
    async def controlled(incident_id: IdInPath, body: Remark, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(advance, incident_id, Stage.CONTROLLED, actor, body.note)

    @router.post("/{incident_id}/ended")
    async def ended(incident_id: IdInPath, body: Remark, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(advance, incident_id, Stage.ENDED, actor, body.note)


def _timeline_routes(router: APIRouter, services: Services) -> None:
    commands = services.commands

    @router.post("/{incident_id}/note")
    async def note(incident_id: IdInPath, body: Text, request: Request) -> Response:
        return await carry_out(commands.note, incident_id, commander_of(request), body.text)

    @router.post("/{incident_id}/check")
    async def check(incident_id: IdInPath, body: Check, request: Request) -> Response:
        return await carry_out(commands.check, incident_id, commander_of(request), body.item)

    @router.post("/{incident_id}/close")
    async def close(incident_id: IdInPath, body: Close, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(
            commands.close_incident, incident_id, actor, body.verdict, body.note, body.cause
        )

    @router.post("/{incident_id}/merge")
    async def merge(incident_id: IdInPath, body: Merge, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(commands.merge, incident_id, body.other, actor, body.reason)

    @router.post("/{incident_id}/split")
    async def split(incident_id: IdInPath, body: Split, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(commands.split, incident_id, body.alarms, actor, body.reason)
