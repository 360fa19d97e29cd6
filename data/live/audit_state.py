"""How the last verification of the audit ended, in Redis: the worker writes, a screen reads."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import orjson
from redis import Redis
from redis.exceptions import RedisError

from data.domain.audit import Finding
from data.live import keys
from data.live.wire import to_ms

#: Findings that are told by name.
TOLD: Final = 20


def write_state(redis: Redis, newest: int, found: Sequence[Finding], now: datetime) -> None:
    """Keep what was found up to the newest row."""
    state = {
        "at": to_ms(now),
        "newest": newest,
        "count": len(found),
        "findings": [asdict(one) for one in found[:TOLD]],
    }
    redis.set(keys.AUDIT, orjson.dumps(state))


def read_state(redis: Redis) -> dict[str, Any] | None:
    """Return what was found; None without Redis and before the first verification."""
    try:
        kept = redis.get(keys.AUDIT)
    except RedisError:
        return None
    return dict(orjson.loads(kept)) if isinstance(kept, bytes) else None
