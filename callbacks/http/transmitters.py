"""Transmitters of GB/T 26875.3: ``/api/v1/transmitters/…/duty-checks``, and their counts."""

from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from callbacks.http.commands import Body, carry_out, commander_of
from callbacks.services import Services
from data.commands.transmitters import MAX_MINUTES, MINUTES, as_json
from data.feeds.gb26875 import MAX_ADDRESS
from data.feeds.transmitters.counters import OUTCOMES, read_counts
from data.live.present import RedisClient
from data.live.wire import to_json
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
    headers = {"cache-control": "no-store"}
    return Response(to_json(checks), media_type="application/json", headers=headers)


class TransmitterCounts(Collector):
    """The counts that the TCP way in keeps in Redis; nothing while Redis is away."""

    def __init__(self, redis: RedisClient, registry: CollectorRegistry) -> None:
        self._redis = redis
        registry.register(self)

    def describe(self) -> Iterator[Metric]:
        """Name the series without asking Redis."""
        yield from self._series({})

    def collect(self) -> Iterator[Metric]:
        """Ask Redis."""
        counts = read_counts(self._redis)
        if counts is not None:
            yield from self._series(counts)

    def _series(self, counts: dict[str, int]) -> Iterator[Metric]:
        total = CounterMetricFamily(
            "xt_gb26875", "GB/T 26875.3: frames, readings, links by outcome", labels=["outcome"]
        )
        for outcome in OUTCOMES:
            total.add_metric([outcome], counts.get(outcome, 0))
        yield total
        for name, said in (("waiting", "Frames that wait"), ("links", "Open connections")):
            yield GaugeMetricFamily(f"xt_gb26875_{name}", said, value=counts.get(name, 0))
