"""Who holds a session token, asked of SQL at most once a second per session and process."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from data.domain.accounts import SignedIn, needs_renewal
from data.live.hub import Hub
from data.store.guard import StoreUnavailableError
from data.store.users import Users, token_hash

#: A revoked session may live on this long in a process that has just used it.
CACHE_S: Final = 1.0
CACHE_ENTRIES: Final = 5_000
log = structlog.get_logger()
_Find = Callable[[str, datetime], SignedIn | None]


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    holder: SignedIn | None


class Sessions:
    """Valid sessions with a short memory; used by the gate and for open streams."""

    def __init__(
        self,
        users: Users,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.users = users
        self.now = now
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def find(self, token: str) -> SignedIn | None:
        """Return who holds this cookie's token; a session in use is prolonged."""
        hashed = token_hash(token)
        known = self._remembered(hashed)
        if known is not None:
            return known.holder
        return await asyncio.to_thread(self._look_up, hashed, self._prolonged)

    async def end_streams(self, hub: Hub) -> None:
        """End the streams whose session was ended; asks of all of them at once, every second.

        While SQL does not answer the streams go on: a screen that shows alarms is not to go dark.
        """
        while True:
            await asyncio.sleep(CACHE_S)
            if not (opened := hub.sessions):
                continue
            try:
                valid = await asyncio.to_thread(self.users.valid_sessions, opened, self.now())
            except StoreUnavailableError as error:
                log.warning("open streams can't be checked", error=str(error))
                continue
            hub.end_sessions(opened - valid)

    def forget(self, hashed: str) -> None:
        """Drop what is remembered about a session that was just ended here."""
        self._known.pop(hashed, None)

    def _remembered(self, hashed: str) -> _Known | None:
        known = self._known.get(hashed)
        return known if known is not None and known.until > self._clock() else None

    def _look_up(self, hashed: str, find: _Find) -> SignedIn | None:
        asked = self._clock()
        holder = find(hashed, self.now())
        if len(self._known) >= CACHE_ENTRIES:
            self._known.clear()
        self._known[hashed] = _Known(asked + CACHE_S, holder)
        return holder

    def _prolonged(self, hashed: str, now: datetime) -> SignedIn | None:
        found = self.users.find_session(hashed, now)
        if found is not None and needs_renewal(found, now):
            self.users.renew(hashed, found.role, now)
        return found
