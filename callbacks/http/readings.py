"""``POST /api/v1/readings``: the HTTP way in."""

import asyncio
from math import ceil
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter
from starlette.background import BackgroundTask

from callbacks.http.paths import READINGS as PATH
from callbacks.http.problems import Problem, away
from callbacks.http.security import too_large, whole_body
from callbacks.services import Services
from data.domain.api_keys import ApiKey
from data.domain.rights import Right, key_may
from data.feeds.decode import BodyError
from data.feeds.http.inflate import InflatedTooLargeError, InflateError
from data.feeds.http.intake import MAX_BYTES, FullError, NotToldError, TooFastError
from data.feeds.sources import TELL_EVERY_S
from data.live.wire import to_json
from data.pipeline import Outcome
from data.store.guard import StoreUnavailableError

#: A database that hangs is as good as away; what is taken later all the same was a repetition.
ANSWER_WITHIN_S: Final = 8.0
#: When to try again while the intake is full.
FULL_RETRY_S: Final = 1
#: What has its own word among the bodies that are refused.
_REASONS: Final = {408: "slow", 413: "size", 415: "encoding", 429: "rate", 503: "away"}


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

    def body_refused(self, status: int) -> None:
        """Count a body that was not taken, by its answer."""
        self.bodies.labels(_REASONS.get(status, "body")).inc()


def readings_router(services: Services, counters: ReadingCounters) -> APIRouter:
    """Make the router; every call needs a key whose scope has readings."""
    router = APIRouter()

    @router.post(PATH)
    async def post_readings(request: Request) -> Response:
        key = await services.keys.find(request.headers)
        if key is None or not key_may(key.scopes, Right.SEND_READINGS):
            counters.bodies.labels("key").inc()
            raise _no_key(key)
        try:
            outcome = await _take(services, key, request)
        except Problem as problem:
            counters.body_refused(problem.status)
            raise
        counters.count(outcome)
        return answer(outcome, BackgroundTask(services.keys.note_use, key))

    @router.api_route(
        PATH,
        methods=["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"],
        include_in_schema=False,
    )
    async def only_post() -> Response:
        raise Problem(405, "readings are sent with POST", headers={"allow": "POST"})

    return router


def _no_key(key: ApiKey | None) -> Problem:
    if key is not None:
        return Problem(403, f"the key {key.name!r} is not made for readings")
    said = "a valid key is needed: Authorization: Bearer KEY"
    return Problem(401, said, headers={"www-authenticate": "Bearer"})


async def _take(services: Services, key: ApiKey, request: Request) -> Outcome:
    """Read a body and take it.

    Raises
    ------
    Problem
        With whatever it can't be taken for.
    """
    packed = _is_packed(request)
    intake = services.intake
    try:
        with intake.room(key, _size(request, packed=packed)) as room:
            body = await whole_body(request.scope, request.receive, MAX_BYTES)
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(
                intake.threads, lambda: intake.take(key, body, packed=packed)
            )
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await asyncio.shield(room.hold(work))
    except InflatedTooLargeError:
        raise too_large(MAX_BYTES) from None
    except (BodyError, InflateError) as error:
        raise Problem(400, str(error)) from None
    except TooFastError as error:
        raise Problem(429, str(error), headers=_later(ceil(error.wait_s))) from None
    except FullError as error:
        raise Problem(503, str(error), headers=_later(FULL_RETRY_S)) from None
    except (StoreUnavailableError, NotToldError, TimeoutError):
        raise away() from None


def _is_packed(request: Request) -> bool:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        said = "a body comes as it is or with Content-Encoding: gzip"
        raise Problem(415, said, headers={"accept-encoding": "gzip"})
    return encoding == "gzip"


def _size(request: Request, *, packed: bool) -> int:
    """Return how many bytes a body may have; a packed one, or one of no declared size: any."""
    declared = request.headers.get("content-length", "")
    if packed or not declared.isdigit():
        return MAX_BYTES
    return min(int(declared), MAX_BYTES)


def _later(seconds: int) -> dict[str, str]:
    return {"retry-after": str(max(seconds, 1))}


def answer(outcome: Outcome, afterwards: BackgroundTask) -> Response:
    """Answer 200 if anything was taken, else 422 as problem+json; both name every bad item."""
    body = {
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "rejected": [{"index": r.index, "error": r.error} for r in outcome.rejected],
    }
    if outcome.accepted or outcome.duplicates:
        return Response(to_json(body), media_type="application/json", background=afterwards)
    first = outcome.rejected[0]
    raise Problem(422, f"no reading was taken; the first: {first.error}", extra=body)


async def tell_sources(services: Services) -> None:
    """Tell Redis every second what the sources did; what it can't be told now it is told later."""
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        await asyncio.to_thread(services.intake.tell)
