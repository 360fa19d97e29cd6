"""What the TCP way in tells the others through Redis: counts and the state of each link."""

from datetime import datetime
from typing import Any, Final

import orjson
from redis.exceptions import RedisError

from data.feeds.counting import Counts, read_hash
from data.live import keys
from data.live.present import RedisClient
from data.live.wire import to_ms

#: Every word by which frames are counted (label ``outcome``).
OUTCOMES: Final = (
    "received",
    "heartbeat",
    "confirmed",
    "denied_checksum",
    "denied_content",
    "denied_unregistered",
    "denied_failed",
    "unanswered",
    "reading",
    "duplicate",
    "rejected",
    "refused_connection",
    "closed_idle",
    "closed_garbage",
    "closed_slow",
    "clock_set",
)


class Counters(Counts):
    """Counts of this process since they were last told, and links that changed since."""

    def __init__(self) -> None:
        super().__init__(keys.TRANSMITTER_COUNTS)
        self._links: dict[int, dict[str, Any]] = {}

    def link(self, address: int, state: dict[str, Any]) -> None:
        """Remember the state of a link to tell."""
        self._links[address] = state

    def tell(self, redis: RedisClient, waiting: int, links: int, at: datetime) -> None:
        """Tell Redis, also that this process is there; what it missed is kept for the next time.

        Raises
        ------
        redis.exceptions.RedisError
            If it is away.
        """
        changed = dict(self._links)
        now = {"waiting": waiting, "links": links, "told": to_ms(at)}
        with self.telling(redis) as pipe:
            pipe.hset(keys.TRANSMITTER_COUNTS, mapping=now)
            if changed:
                told = {str(address): orjson.dumps(state) for address, state in changed.items()}
                pipe.hset(keys.TRANSMITTER_LINKS, mapping=told)
        for address, state in changed.items():
            if self._links.get(address) is state:
                del self._links[address]


def read_counts(redis: RedisClient) -> dict[str, int] | None:
    """Return the counts of the TCP way in, empty where there is none; None while Redis is away."""
    try:
        return read_hash(redis, keys.TRANSMITTER_COUNTS)
    except RedisError:
        return None


def read_links(redis: RedisClient) -> dict[int, dict[str, Any]] | None:
    """Return the link of each transmitter that spoke since the process began; None without Redis.

    What the process says of a link holds while it lives: ``told`` of the counts is when it spoke.
    """
    try:
        answered: Any = redis.hgetall(keys.TRANSMITTER_LINKS)
    except RedisError:
        return None
    return {int(address): orjson.loads(state) for address, state in answered.items()}


def forget_links(redis: RedisClient) -> None:
    """Forget the links of a process that is gone."""
    redis.delete(keys.TRANSMITTER_LINKS)
