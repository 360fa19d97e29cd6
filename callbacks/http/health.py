"""``/healthz``: this process lives. ``/readyz``: each part behind it, with its state."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from callbacks.services import Services
from data.live.pulse import database_answers, take_pulse


def health_router(services: Services) -> APIRouter:
    """Return both routes; neither needs a session, neither says anything secret."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        return _json({"status": "ok", "build": services.build})

    @router.get("/readyz")
    def readyz() -> Response:
        parts = readiness(services)
        ready = all(part["ok"] for part in parts.values())
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        body = {"status": "ready" if ready else "not ready", "parts": parts}
        return _json(body, status)

    return router


def readiness(services: Services) -> dict[str, dict[str, Any]]:
    """Return part → ``ok`` and a word for the state; silent devices do not make us unready."""
    pulse = take_pulse(services.redis)
    return {
        "database": _part(ok=database_answers(services.database), down="no answer"),
        "redis": _part(ok=pulse.redis, down="no answer"),
        "present": _part(ok=pulse.present, down="being rebuilt from SQL"),
        "worker": _part(ok=pulse.worker, down="no sign of life"),
        "readings": {"ok": True, "newest_age_s": _age_s(services, pulse.newest_reading)},
    }


def _part(*, ok: bool, down: str) -> dict[str, Any]:
    return {"ok": ok, "state": "ok" if ok else down}


def _age_s(services: Services, newest: datetime | None) -> float | None:
    if newest is None:
        return None
    return round(max((services.now() - newest).total_seconds(), 0.0), 1)


def _json(body: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
