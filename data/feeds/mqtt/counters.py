"""What the MQTT way in tells the others through Redis: counts and the link of each process."""

import threading
import time
from collections import Counter
from typing import Any, Final

import orjson
from redis.exceptions import RedisError

from data.live import keys
from data.live.present import RedisClient

#: Every word by which messages are counted (label ``outcome``).
OUTCOMES: Final = (
    "received",
    "redelivered",
    "acknowledged",
    "receipt",
    "reading",
    "duplicate",
    "set_aside",
    "passed_over",
    "gateway_online",
    "gateway_offline",
    "given_up",
    "connected",
    "connection_lost",
)
#: A process that has told nothing for so long is gone.
GONE_S: Final = 10.0


class Counters:
    """Counts of this process since they were last told; for several threads."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self._untold: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, outcome: str, number: int = 1) -> None:
        """Count something; ``outcome`` is one of :data:`OUTCOMES`."""
        with self._lock:
            self.total[outcome] += number
            self._untold[outcome] += number

    def tell(self, redis: RedisClient, client_id: str, link: dict[str, Any]) -> None:
        """Tell Redis counts and the state of the link; what it missed is kept for the next time.

        Raises
        ------
        redis.exceptions.RedisError
            If it is away.
        """
        with self._lock:
            counts = dict(self._untold)
        pipe: Any = redis.pipeline(transaction=False)
        for outcome, number in counts.items():
            pipe.hincrby(keys.MQTT_COUNTS, outcome, number)
        state = orjson.dumps({**link, "at": round(time.time() * 1000)})
        pipe.hset(keys.MQTT_LINKS, client_id, state)
        pipe.execute()
        with self._lock:
            self._untold.subtract(counts)
            self._untold = +self._untold


def read_counts(redis: RedisClient) -> dict[str, int] | None:
    """Return the counts, with ``waiting`` and ``links`` of all processes; None without Redis."""
    try:
        counted: Any = redis.hgetall(keys.MQTT_COUNTS)
        links = read_links(redis)
    except RedisError:
        return None
    counts = {name.decode(): int(number) for name, number in counted.items()}
    counts["waiting"] = sum(link["waiting"] for link in links.values())
    counts["links"] = sum(link["up"] for link in links.values())
    return counts


def read_links(redis: RedisClient) -> dict[str, dict[str, Any]]:
    """Return the link of each process that is alive, by its name at the broker.

    Raises
    ------
    redis.exceptions.RedisError
        If Redis is away.
    """
    told: Any = redis.hgetall(keys.MQTT_LINKS)
    links = {name.decode(): orjson.loads(state) for name, state in told.items()}
    oldest = (time.time() - GONE_S) * 1000
    return {name: link for name, link in links.items() if link["at"] >= oldest}
