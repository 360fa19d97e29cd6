"""Which key a request carries; asked of SQL at most once a second by each process."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

import structlog
from starlette.datastructures import Headers

from data.domain.api_keys import ApiKey
from data.store import api_keys
from data.store.database import Database
from data.store.guard import StoreUnavailableError, reading, writing

#: A revoked key may open on this long in a process that has just looked.
CACHE_S: Final = 1.0
#: How exact ``last_used_at`` is; each note is a commit.
USED_EVERY: Final = timedelta(minutes=1)
log = structlog.get_logger()


class KeyBook:
    """The keys in use; while SQL is away those that were known last, for nobody can revoke one."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._known: list[tuple[str, ApiKey]] | None = None
        self._until = clock()
        self._noted: dict[int, datetime] = {}

    async def find(self, headers: Headers) -> ApiKey | None:
        """Return the key in use that a request carries in ``Authorization: Bearer``.

        Raises
        ------
        StoreUnavailableError
            If SQL is away and was not there yet.
        """
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            return None
        if self._until <= self._clock():
            await asyncio.to_thread(self._look)
        return api_keys.matching(given.strip(), self._known or ())

    def note_use(self, key: ApiKey) -> None:
        """Note that a key was used; most uses are too close to the one before."""
        now = self._now()
        last = self._noted.get(key.id, key.last_used_at)
        if last is not None and now - last < USED_EVERY:
            return
        self._noted[key.id] = now
        try:
            with writing(self._database) as session:
                api_keys.used(session, key.id, now)
        except StoreUnavailableError as error:
            log.warning("use of a key can't be noted", key=key.name, error=str(error))

    def _look(self) -> None:
        with self._lock:
            asked = self._clock()
            if self._until > asked:  # another request has just looked
                return
            try:
                with reading(self._database) as session:
                    self._known = api_keys.hashes(session)
            except StoreUnavailableError:
                if self._known is None:
                    raise
            self._until = asked + CACHE_S
