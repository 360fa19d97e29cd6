"""Frames that can't be taken, on their way to the dead letters."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from data.domain.words import Way
from data.feeds import gb26875 as gb
from data.store import dead_letters, transmitters
from data.store.database import Database
from data.store.dead_letters import Letter

#: Letters that wait for the database while it is away; the oldest give their place.
MAX_WAITING: Final = 1000
#: Source of what nobody registered: anybody can make up addresses, and all share one allotment.
STRANGERS: Final = "unregistered"


@dataclass(frozen=True, slots=True, eq=False)
class _Denied:
    frame: gb.Frame
    at: datetime
    reason: str
    error: str

    def letter(self, *, known: bool) -> Letter:
        source = str(self.frame.source) if known else STRANGERS
        error = self.error if known else f"{self.frame.source}: {self.error}"
        return Letter(Way.GB26875, source, self.at, self.frame.encode(), self.reason, error)


class Aside:
    """Keeps what was denied until it is written; for the event loop alone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Denied] = deque(maxlen=MAX_WAITING)

    def put(self, frame: gb.Frame, at: datetime, reason: str, error: str) -> None:
        """Set a frame aside, as it came."""
        self._waiting.append(_Denied(frame, at, reason, error))

    async def write(self) -> None:
        """Write what waits; what can't be written is kept for the next time.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away.
        """
        denied = list(self._waiting)
        if not denied:
            return
        await asyncio.to_thread(self._write, denied)
        for one in denied:
            if self._waiting and self._waiting[0] is one:
                self._waiting.popleft()

    def _write(self, denied: list[_Denied]) -> None:
        with self._database.writing() as session:
            devices = transmitters.devices_of(session, [one.frame.source for one in denied])
            known = {address for address, device in devices.items() if device is not None}
            letters = [one.letter(known=one.frame.source in known) for one in denied]
            dead_letters.add_all(session, letters)
