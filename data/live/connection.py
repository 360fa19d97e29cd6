"""Clients of Redis that never wait for long: not for one that hangs, nor for a broken network."""

from typing import Any, Final

from redis import Redis
from redis import asyncio as aio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

#: Whoever only listens would never learn that the other side is gone: the server has lost the
#: connection in a power cut, or a firewall has. Longer than any answer takes.
TIMEOUT_S: Final = 3.0
#: One attempt more finds a server that was started again; one that hangs is not asked twice.
ONCE_MORE: Final = (RedisConnectionError,)


def connect_redis(url: str) -> Redis:
    """Return a client."""
    return Redis.from_url(url, **_patience(Retry(NoBackoff(), 1, ONCE_MORE)))


def connect_redis_async(url: str) -> aio.Redis:
    """Return a client for an event loop; a subscriber asks now and then whether he is heard."""
    again = AsyncRetry(NoBackoff(), 1, ONCE_MORE)
    return aio.Redis.from_url(url, health_check_interval=TIMEOUT_S, **_patience(again))


def _patience(again: Any) -> dict[str, Any]:
    return {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S, "retry": again}
