"""What the risk process tells the others through Redis: what it did, and when it looked last."""

import time
from typing import Final

from redis.exceptions import RedisError

from data.feeds.counting import Counts, read_hash
from data.live import keys
from data.live.present import RedisClient

#: Every word by which its work is counted (label ``outcome``).
OUTCOMES: Final = ("whole", "changed", "frozen", "afterwards", "scored", "failed")


class Counters(Counts):
    """Counts of this process since they were last told."""

    def __init__(self) -> None:
        super().__init__(keys.RISK_COUNTS)
        self._times: dict[str, int] = {}

    def looked(self) -> None:
        """Note that the present is up to date as of now."""
        self._times["looked_at"] = round(time.time() * 1000)

    def took(self, seconds: float) -> None:
        """Note how long a whole look took."""
        self._times["whole_ms"] = round(seconds * 1000)

    def tell(self, redis: RedisClient) -> None:
        """Tell Redis.

        Raises
        ------
        redis.exceptions.RedisError
            If it is away; counts are kept for the next time.
        """
        with self.telling(redis) as pipe:
            if self._times:
                pipe.hset(keys.RISK_COUNTS, mapping=self._times)


def read_counts(redis: RedisClient) -> dict[str, int] | None:
    """Return counts, ``age_seconds`` since the last look, ``whole_ms``; None if never told."""
    try:
        counts = read_hash(redis, keys.RISK_COUNTS)
    except RedisError:
        return None
    looked_at = counts.pop("looked_at", None)
    if looked_at is None:
        return None
    return {**counts, "age_seconds": max(round(time.time() - looked_at / 1000), 0)}
