"""What a browser may change: ``POST /api/v1/alarms/{id}/…``."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from callbacks.http.auth import actor_of
from callbacks.services import Services
from data.domain.words import Verdict
from data.live.wire import to_json

MAX_NOTE = 1000


class Close(BaseModel):
    """Body of a close command."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    note: str = Field("", max_length=MAX_NOTE)


def commands_router(services: Services) -> APIRouter:
    """Make the router; domain errors become problem+json (callbacks.http.problems)."""
    router = APIRouter(prefix="/api/v1/alarms")

    @router.post("/{alarm_id}/acknowledge")
    async def acknowledge(alarm_id: int, request: Request) -> Response:
        view = await run_in_threadpool(services.commands.acknowledge, alarm_id, actor_of(request))
        return Response(to_json(view), media_type="application/json")

    @router.post("/{alarm_id}/close")
    async def close(alarm_id: int, body: Close, request: Request) -> Response:
        view = await run_in_threadpool(
            services.commands.close, alarm_id, actor_of(request), body.verdict, body.note
        )
        return Response(to_json(view), media_type="application/json")

    return router
