"""``/metrics`` of the ways in and the risk process, which count in Redis."""

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
from data.risk import counters as risk


@dataclass(frozen=True, slots=True)
class Counted:
    """What one process counts: series, what they are, outcomes, gauges, and who reads them."""

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
    Counted(
        "xt_risk",
        "Risk: whole looks, looks at changes, weeks frozen, made afterwards, scored; failures",
        risk.OUTCOMES,
        (
            ("age_seconds", "Since the present's risk was last up to date"),
            ("whole_ms", "How long the last look at everything took"),
        ),
        risk.read_counts,
    ),
)


class CountsOfWays(Collector):
    """The counts that these processes keep in Redis; nothing while Redis is away."""

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
