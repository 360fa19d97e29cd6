"""``POST /api/v1/readings``: the HTTP way in."""

import hmac
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter
from starlette.concurrency import run_in_threadpool

from callbacks.http.problems import Problem
from callbacks.services import Services
from data.domain.errors import ReadingError
from data.domain.readings import Reading
from data.feeds.decode import BodyError, decode_item, parse_body
from data.live.wire import to_json
from data.pipeline import Outcome, Rejected

PATH: Final = "/api/v1/readings"


class ReadingCounters:
    """What became of readings; every label is one of a short fixed list."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.readings = Counter(
            "xt_readings_total", "Readings by outcome", ["outcome"], registry=registry
        )
        self.rejected = Counter(
            "xt_readings_rejected_total", "Rejected readings", ["reason"], registry=registry
        )
        self.bodies = Counter(
            "xt_readings_refused_total", "Bodies refused as a whole", ["reason"], registry=registry
        )

    def count(self, outcome: Outcome) -> None:
        """Count what was taken and what was not."""
        self.readings.labels("accepted").inc(outcome.accepted)
        self.readings.labels("duplicate").inc(outcome.duplicates)
        self.readings.labels("rejected").inc(len(outcome.rejected))
        for rejected in outcome.rejected:
            self.rejected.labels(rejected.reason).inc()

    def body_refused(self, path: str, reason: str) -> None:
        """Count a body that did not come through to the router: too large or too slow."""
        if path == PATH:
            self.bodies.labels(reason).inc()


def readings_router(services: Services, counters: ReadingCounters) -> APIRouter:
    """Make the router; every call needs one of the configured keys."""
    router = APIRouter()

    @router.post(PATH)
    async def post_readings(request: Request) -> Response:
        if not has_key(services, request):
            counters.bodies.labels("key").inc()
            raise Problem(401, "a valid key is needed: Authorization: Bearer KEY")
        try:
            items = parse_body(await request.body())
        except BodyError as error:
            counters.bodies.labels("body").inc()
            raise Problem(400, str(error)) from None
        outcome = await run_in_threadpool(take_items, services, items)
        counters.count(outcome)
        return answer(outcome)

    @router.api_route(PATH, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
    async def only_post() -> Response:
        raise Problem(405, "readings are sent with POST", headers={"allow": "POST"})

    return router


def has_key(services: Services, request: Request) -> bool:
    """Return whether the request carries one of the keys; every key is compared in full."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    matches = [
        hmac.compare_digest(given.strip().encode(), key.get_secret_value().encode())
        for key in services.settings.api_keys
    ]
    return any(matches)


def take_items(services: Services, items: list[Any]) -> Outcome:
    """Decode and ingest a batch; a bad item costs only itself."""
    received_at = services.now()
    good: list[tuple[int, Reading]] = []
    rejected: list[Rejected] = []
    for index, item in enumerate(items):
        try:
            good.append((index, decode_item(item, received_at)))
        except ReadingError as error:
            rejected.append(Rejected(index, str(error), error.reason))
    outcome = (
        services.pipeline.ingest([reading for _, reading in good]) if good else Outcome(0, 0, ())
    )
    rejected += [replace(r, index=good[r.index][0]) for r in outcome.rejected]
    rejected.sort(key=lambda r: r.index)
    return Outcome(outcome.accepted, outcome.duplicates, tuple(rejected))


def answer(outcome: Outcome) -> Response:
    """Answer 200 if anything was taken, else 422 as problem+json; both name every bad item."""
    body = {
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "rejected": [{"index": r.index, "error": r.error} for r in outcome.rejected],
    }
    if outcome.accepted or outcome.duplicates:
        return Response(to_json(body), media_type="application/json")
    first = outcome.rejected[0]
    raise Problem(422, f"no reading was taken; the first: {first.error}", extra=body)
