"""Whether the parts behind the web process are alive; asking never raises."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from data.live import keys
from data.store.database import Database


@dataclass(frozen=True, slots=True)
class Pulse:
    """State of the live side; everything is false or ``None`` while Redis is away."""

    redis: bool
    #: The present was rebuilt from SQL and has not been wiped since.
    present: bool = False
    worker: bool = False
    #: When the newest reading was received (UTC).
    newest_reading: datetime | None = None


def take_pulse(redis: Redis) -> Pulse:
    """Ask Redis for the signs of life of everything behind it."""
    try:
        # redis-py types its answers as unions over all protocols; ours is known.
        pipe: Any = redis.pipeline(transaction=False)
        pipe.exists(keys.EPOCH)
        pipe.exists(keys.WORKER)
        pipe.get(keys.LAST_RECEIVED)
        epoch, worker, newest = pipe.execute()
        at = None if newest is None else datetime.fromtimestamp(int(newest) / 1000, UTC)
        return Pulse(True, bool(epoch), bool(worker), at)
    except (RedisError, OSError, ValueError):
        return Pulse(redis=False)


def database_answers(database: Database) -> bool:
    """Return whether the database answers a query."""
    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True
