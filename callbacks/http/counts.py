"""``/metrics`` of the ways in that are processes of their own and count in Redis."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from data.feeds.mqtt import counters as mqtt
from data.feeds.transmitters import counters as transmitters
from data.live.present import RedisClient


@dataclass(frozen=True, slots=True)
class Counted:
    """What one way in counts: series, what they are, outcomes, gauges, and who reads them."""

    name: str
    said: str
    outcomes: Sequence[str]
    gauges: Sequence[tuple[str, str]]
    read: Callable[[RedisClient], dict[str, int] | None]


WAYS: Final = (
    Counted(
        "xt_gb26875",
        "GB/T 26875.3: frames, readings, links by outcome",
        transmitters.OUTCOMES,
        (("waiting", "Frames that wait"), ("links", "Open connections")),
        transmitters.read_counts,
    ),
    Counted(
        "xt_mqtt",
        "MQTT: messages, readings, gateways by outcome",
        mqtt.OUTCOMES,
        (("waiting", "Messages that wait"), ("links", "Processes connected to the broker")),
        mqtt.read_counts,
    ),
)


class CountsOfWays(Collector):
    """The counts that the ways in keep in Redis; nothing while Redis is away."""

    def __init__(self, redis: RedisClient, registry: CollectorRegistry) -> None:
        self._redis = redis
        registry.register(self)

    def describe(self) -> Iterator[Metric]:
        """Name the series without asking Redis."""
        for way in WAYS:
            yield from _series(way, {})

    def collect(self) -> Iterator[Metric]:
        """Ask Redis."""
        for way in WAYS:
            counts = way.read(self._redis)
            if counts is not None:
                yield from _series(way, counts)


def _series(way: Counted, counts: dict[str, int]) -> Iterator[Metric]:
    total = CounterMetricFamily(way.name, way.said, labels=["outcome"])
    for outcome in way.outcomes:
        total.add_metric([outcome], counts.get(outcome, 0))
    yield total
    for name, said in way.gauges:
        yield GaugeMetricFamily(f"{way.name}_{name}", said, value=counts.get(name, 0))
