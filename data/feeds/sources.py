"""What each source of messages did lately: counted here, told to Redis, read by screens.

A source is a key of the HTTP way in, a gateway or topic of MQTT, a transmitter. Each process counts
for itself and tells what is new once in :data:`TELL_EVERY_S`; in Redis the counts of all add up.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final

from redis.exceptions import RedisError

from data.domain.readings import Reading
from data.domain.words import Way
from data.live import keys
from data.live.present import RedisClient
from data.live.wire import from_ms, to_ms
from data.pipeline import Outcome

#: How often a process tells.
TELL_EVERY_S: Final = 1.0
#: Sources that Redis keeps, and for how many seconds after the last word of one.
MAX_SOURCES: Final = 5000
KEPT_S: Final = 7 * 24 * 3600
MAX_ERROR: Final = 200
MAX_NAME: Final = 128
COUNTS: Final = ("received", "accepted", "duplicates", "rejected")


@dataclass(frozen=True, slots=True)
class Source:
    """One source as Redis knows it; counts since Redis began to count."""

    way: Way
    name: str
    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    #: When it was heard last.
    last_at: datetime | None = None
    #: How far its newest reading was behind when it came, by the device's clock.
    lag_s: float | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    #: None for a way without connections.
    connected: bool | None = None


@dataclass(slots=True)
class _News:
    """What is not told yet of one source."""

    counts: Counter[str] = field(default_factory=Counter)
    facts: dict[str, str | int | float] = field(default_factory=dict)


class Sources:
    """Counts of this process; safe to share between threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._news: dict[tuple[Way, str], _News] = {}
        self._lock = Lock()

    def took(self, way: Way, name: str, readings: Iterable[Reading], outcome: Outcome) -> None:
        """Count a batch of one source, and how far behind its newest reading was."""
        rejected = len(outcome.rejected)
        counts = {
            "received": outcome.accepted + outcome.duplicates + rejected,
            "accepted": outcome.accepted,
            "duplicates": outcome.duplicates,
            "rejected": rejected,
        }
        lags = [(r.received_at - r.measured_at).total_seconds() for r in readings]
        lag = {"lag_s": round(min(lags), 3)} if lags else {}
        self._note(way, name, counts, {"last_at": self._ms(), **lag})
        if outcome.rejected:
            self.failed(way, name, outcome.rejected[-1].error)

    def refused(self, way: Way, name: str, error: str) -> None:
        """Count a message that was refused as a whole."""
        self._note(way, name, {"received": 1, "rejected": 1}, {"last_at": self._ms()})
        self.failed(way, name, error)

    def failed(self, way: Way, name: str, error: str) -> None:
        """Note what went wrong last."""
        self._note(way, name, {}, {"last_error": error[:MAX_ERROR], "last_error_at": self._ms()})

    def connected(self, way: Way, name: str, *, up: bool) -> None:
        """Note that a connection came or went."""
        self._note(way, name, {}, {"connected": int(up)})

    def tell(self, redis: RedisClient) -> None:
        """Tell Redis what is new; what it could not be told is kept for the next time.

        Raises
        ------
        redis.exceptions.RedisError
            If it is away.
        """
        with self._lock:
            telling, self._news = self._news, {}
        try:
            _write(redis, telling, self._ms())
        except RedisError:
            for (way, name), news in telling.items():
                self._note(way, name, news.counts, news.facts, newer=False)
            raise

    def _note(
        self,
        way: Way,
        name: str,
        counts: Mapping[str, int],
        facts: Mapping[str, str | int | float],
        *,
        newer: bool = True,
    ) -> None:
        source = (way, name[:MAX_NAME])
        with self._lock:
            news = self._news.get(source)
            if news is None:
                if len(self._news) >= MAX_SOURCES:  # Redis would not keep it either
                    return
                news = self._news[source] = _News()
            news.counts.update(counts)
            news.facts = {**news.facts, **facts} if newer else {**facts, **news.facts}

    def _ms(self) -> int:
        return to_ms(self._now()) or 0


def read_sources(redis: RedisClient) -> list[Source] | None:
    """Return every source that Redis knows, by way and name; None while Redis is away."""
    try:
        known: Any = redis.zrange(keys.SOURCES, 0, -1)
        names = [raw.decode() for raw in known]
        pipe: Any = redis.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(keys.source(name))
        facts = pipe.execute()
    except RedisError:
        return None
    found = [_source(name, told) for name, told in zip(names, facts, strict=True) if told]
    return sorted(found, key=lambda source: (source.way, source.name))


def forget_connections(redis: RedisClient, way: Way) -> None:
    """Take the connections of a process that is gone for ended."""
    gone = [source for source in read_sources(redis) or () if source.way is way]
    pipe: Any = redis.pipeline(transaction=False)
    for source in gone:
        if source.connected is not None:
            pipe.hset(keys.source(f"{way}:{source.name}"), "connected", 0)
    pipe.execute()


def _write(redis: RedisClient, telling: Mapping[tuple[Way, str], _News], now_ms: int) -> None:
    if not telling:
        return
    pipe: Any = redis.pipeline(transaction=False)
    for (way, name), news in telling.items():
        key = keys.source(f"{way}:{name}")
        for count, number in news.counts.items():
            pipe.hincrby(key, count, number)
        if news.facts:
            pipe.hset(key, mapping=news.facts)
        pipe.expire(key, KEPT_S)
        pipe.zadd(keys.SOURCES, {f"{way}:{name}": now_ms})
    pipe.zremrangebyscore(keys.SOURCES, "-inf", now_ms - KEPT_S * 1000)
    pipe.zremrangebyrank(keys.SOURCES, 0, -MAX_SOURCES - 1)
    pipe.execute()


def _source(name: str, told: dict[bytes, bytes]) -> Source:
    facts = {key.decode(): value.decode() for key, value in told.items()}
    way, _, rest = name.partition(":")
    connected = facts.get("connected")
    return Source(
        way=Way(way),
        name=rest,
        **{count: int(facts.get(count, 0)) for count in COUNTS},
        last_at=from_ms(facts.get("last_at")),
        lag_s=float(facts["lag_s"]) if "lag_s" in facts else None,
        last_error=facts.get("last_error", ""),
        last_error_at=from_ms(facts.get("last_error_at")),
        connected=None if connected is None else connected == "1",
    )
