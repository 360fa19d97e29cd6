"""Transmitters of GB/T 26875.3: ``/api/v1/transmitters/…/duty-checks``."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from callbacks.http.commands import Body, carry_out, commander_of
from callbacks.http.json_answer import json_answer
from callbacks.services import Services
from data.commands.transmitters import MAX_MINUTES, MINUTES, as_json
from data.feeds.gb26875 import MAX_ADDRESS
from data.store.guard import reading
from data.store.transmitters import newest_duty_checks

LISTED: Final = 50
Address = Annotated[int, Path(ge=0, le=MAX_ADDRESS)]


class Ask(Body):
    """How long the duty room has for its answer."""

    minutes: Annotated[int, Field(ge=1, le=MAX_MINUTES)] = MINUTES


def transmitters_router(services: Services) -> APIRouter:
    """Make the router of the transmitters."""
    router = APIRouter(prefix="/api/v1/transmitters")

    @router.post("/{address}/duty-checks")
    async def ask(address: Address, body: Ask, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.duty_check, address, actor, body.minutes)

    @router.get("/{address}/duty-checks")
    async def answers(address: Address) -> Response:
        return await run_in_threadpool(_answers, services, address)

    return router


def _answers(services: Services, address: int) -> Response:
    with reading(services.database) as session:
        checks = [as_json(check) for check in newest_duty_checks(session, address, LISTED)]
    return json_answer(checks)
