"""Frames that can't be taken, on their way to the dead letters."""

import asyncio
from collections import deque
from datetime import datetime
from typing import Final

from data.domain.words import Way
from data.feeds import gb26875 as gb
from data.store import dead_letters
from data.store.database import Database
from data.store.dead_letters import Letter

#: Letters that wait for the database while it is away; the oldest give their place.
MAX_WAITING: Final = 1000


class Aside:
    """Keeps what was denied until it is written; for the event loop alone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Letter] = deque(maxlen=MAX_WAITING)

    def put(self, frame: gb.Frame, at: datetime, reason: str, error: str) -> None:
        """Set a frame aside, as it came."""
        source = str(frame.source)
        letter = Letter(Way.GB26875, source, at, frame.encode(), reason, error)
        self._waiting.append(letter)

    async def write(self) -> None:
        """Write what waits; what can't be written is kept for the next time.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away.
        """
        letters = list(self._waiting)
        if not letters:
            return
        await asyncio.to_thread(self._write, letters)
        for letter in letters:
            if self._waiting and self._waiting[0] is letter:
                self._waiting.popleft()

    def _write(self, letters: list[Letter]) -> None:
        with self._database.writing() as session:
            dead_letters.add_all(session, letters)
