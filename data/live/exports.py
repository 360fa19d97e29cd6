"""How far an export has come, for the page that shows its progress.

The file itself goes from the server to the browser in one answer; the page can't look into it, and
with several web processes its questions may reach another one. Without Redis a file comes all the
same, only its progress is not known.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog
from redis import Redis
from redis.exceptions import RedisError

#: Forgotten so long after the last step.
LIFE_S: Final = 600
_STATE: Final = b"state"
_STOP: Final = "stop"

log = structlog.get_logger()


class ProgressUnknownError(RuntimeError):
    """Nobody knows how far an export is."""


class ExportState(StrEnum):
    """Where an export is."""

    UNKNOWN = "unknown"
    BUSY = "busy"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """Rows that were written, of how many."""

    state: ExportState
    rows: int
    total: int


class ExportBoard:
    """Notes and tells the progress of exports; a key is known to the person who made it alone."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def note(self, owner: str, key: str, progress: ExportProgress) -> bool:
        """Note how far an export has come; return whether it was cancelled meanwhile."""
        name = _name(owner, key)
        facts: dict[Any, Any] = {
            "state": str(progress.state),
            "rows": progress.rows,
            "total": progress.total,
        }
        try:
            pipe = self._redis.pipeline()
            pipe.hset(name, mapping=facts)
            pipe.expire(name, LIFE_S)
            pipe.hget(name, _STOP)
            return pipe.execute()[-1] is not None
        except RedisError as error:
            log.warning("export progress not noted", error=str(error))
            return False

    def cancel(self, owner: str, key: str) -> None:
        """Ask whoever makes this file to stop.

        Raises
        ------
        ProgressUnknownError
            If Redis does not answer.
        """
        try:
            pipe = self._redis.pipeline()
            pipe.hset(_name(owner, key), _STOP, 1)
            pipe.expire(_name(owner, key), LIFE_S)
            pipe.execute()
        except RedisError as error:
            raise ProgressUnknownError("redis does not answer") from error

    def find(self, owner: str, key: str) -> ExportProgress | None:
        """Return how far it has come, None if nothing is known.

        Raises
        ------
        ProgressUnknownError
            If Redis does not answer.
        """
        try:
            facts: dict[Any, Any] = self._redis.hgetall(_name(owner, key))
        except RedisError as error:
            raise ProgressUnknownError("redis does not answer") from error
        if _STATE not in facts:
            return None
        known = {bytes(name).decode(): bytes(value).decode() for name, value in facts.items()}
        return ExportProgress(ExportState(known["state"]), int(known["rows"]), int(known["total"]))


def _name(owner: str, key: str) -> str:
    return f"xt:export:{owner}:{key}"
