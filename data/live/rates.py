"""How fast a source may send, over all processes: a bucket in Redis for each key.

A bucket is no more than the time by which its key is ahead of its rate, kept as the time that it
has to live. Who is ahead by more than the allowance waits; whoever may send at all may send a
whole batch, and is ahead by it.
"""

from typing import Any, Final

from data.live import keys
from data.live.present import RedisClient

#: Seconds of its rate that a key may send at once: after an outage there is something to catch up.
BURST_S: Final = 10.0
#: And with a fire among it.
BURST_WITH_FIRE_S: Final = 60.0

#: KEYS: the bucket. ARGV: ms of allowance, of cost, and the most that a bucket can be ahead (a
#: clock that was set back must not close it for hours). Returns how many ms to wait; 0: go.
TAKE: Final = """
local ahead = math.max(redis.call('PTTL', KEYS[1]), 0)
ahead = math.min(ahead, tonumber(ARGV[3]))
local allowed = tonumber(ARGV[1])
if ahead > allowed then return math.ceil(ahead - allowed) end
redis.call('SET', KEYS[1], '', 'PX', math.max(math.ceil(ahead + tonumber(ARGV[2])), 1))
return 0
"""


class Rates:
    """The buckets; safe to share between threads."""

    def __init__(self, redis: RedisClient, largest: int) -> None:
        """``largest``: readings of the largest batch, by which a key may be ahead."""
        self._largest = largest
        self._take: Any = redis.register_script(TAKE)

    def take(self, key_id: int, rate_per_s: int, readings: int, *, fire: bool) -> float:
        """Take readings from a key's bucket; return 0, or after how many seconds to try again.

        Raises
        ------
        redis.exceptions.RedisError
            If Redis is away.
        """
        allowed_ms = (BURST_WITH_FIRE_S if fire else BURST_S) * 1000
        cost_ms = readings * 1000 / rate_per_s
        most_ms = BURST_WITH_FIRE_S * 1000 + self._largest * 1000 / rate_per_s
        wait: int = self._take(keys=[keys.spent(key_id)], args=[allowed_ms, cost_ms, most_ms])
        return wait / 1000
