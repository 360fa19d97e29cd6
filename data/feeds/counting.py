"""Counts of a process that are told through Redis, where several processes add theirs up."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from data.live.present import RedisClient


class Counts:
    """Counts of this process, and those that are not told yet; for several threads.

    Parameters
    ----------
    key
        Hash in Redis to which they are added.
    """

    def __init__(self, key: str) -> None:
        self.total: Counter[str] = Counter()
        self._key = key
        self._untold: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, outcome: str, number: int = 1) -> None:
        """Count something; ``outcome`` is one of the way's ``OUTCOMES``."""
        with self._lock:
            self.total[outcome] += number
            self._untold[outcome] += number

    @contextmanager
    def telling(self, redis: RedisClient) -> Iterator[Any]:
        """Give a pipeline that tells them, with whatever else is put on it.

        Raises
        ------
        redis.exceptions.RedisError
            If Redis is away; what it could not be told is kept for the next time.
        """
        with self._lock:
            counts = dict(self._untold)
        pipe: Any = redis.pipeline(transaction=False)
        for outcome, number in counts.items():
            pipe.hincrby(self._key, outcome, number)
        yield pipe
        pipe.execute()
        with self._lock:
            self._untold.subtract(counts)
            self._untold = +self._untold


def read_hash(redis: RedisClient, key: str) -> dict[str, int]:
    """Return the numbers of a hash.

    Raises
    ------
    redis.exceptions.RedisError
        If Redis is away.
    """
    told: Any = redis.hgetall(key)
    return {name.decode(): int(number) for name, number in told.items()}
