"""What the MQTT way in tells the others through Redis: counts and the link of each process."""

import time
from typing import Any, Final

import orjson
from redis.exceptions import RedisError

from data.feeds.counting import Counts, read_hash
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


class Counters(Counts):
    """Counts of this process since they were last told; for several threads."""

    def __init__(self) -> None:
        super().__init__(keys.MQTT_COUNTS)

    def tell(self, redis: RedisClient, client_id: str, link: dict[str, Any]) -> None:
        """Tell Redis counts and the state of the link; what it missed is kept for the next time.

        Raises
        ------
        redis.exceptions.RedisError
            If it is away.
        """
        with self.telling(redis) as pipe:
            state = orjson.dumps({**link, "at": round(time.time() * 1000)})
            pipe.hset(keys.MQTT_LINKS, client_id, state)


def read_counts(redis: RedisClient) -> dict[str, int] | None:
    """Return the counts, with ``waiting`` and ``links`` of all processes; None without Redis."""
    try:
        counts = read_hash(redis, keys.MQTT_COUNTS)
        links = read_links(redis)
    except RedisError:
        return None
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
