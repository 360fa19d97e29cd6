"""查岗: sends the duty checks that somebody ordered and notes those that nobody answers."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from data.feeds import gb26875 as gb
from data.feeds.transmitters.link import Link
from data.feeds.transmitters.links import Links
from data.store import transmitters
from data.store.database import Database
from data.store.transmitter_rows import DutyCheck

#: For how long a transmitter without a link is waited for.
LINK_WITHIN: Final = timedelta(seconds=60)


class DutyOutcome(StrEnum):
    """How a duty check ended, besides being answered (:data:`transmitters.ANSWERED`)."""

    UNANSWERED = "unanswered"
    UNREACHABLE = "unreachable"
    DENIED = "denied"


class Duty:
    """Looks at the running duty checks; orders come through SQL, from whatever process."""

    def __init__(self, database: Database, links: Links, now: Callable[[], datetime]) -> None:
        self._database = database
        self._links = links
        self._now = now
        self._asking: dict[int, asyncio.Task[None]] = {}

    async def step(self) -> None:
        """Send what was ordered, end what is over."""
        for number in [n for n, task in self._asking.items() if task.done()]:
            self._asking.pop(number).result()
        for check in await asyncio.to_thread(self._running):
            await self._look_after(check)

    async def _look_after(self, check: DutyCheck) -> None:
        now, link = self._now(), self._links.of(check.transmitter)
        if check.id in self._asking:
            return
        if check.sent_at is not None:
            if now > check.sent_at + timedelta(minutes=check.minutes):
                await self._change(check, outcome=DutyOutcome.UNANSWERED)
        elif link is not None:
            self._asking[check.id] = asyncio.create_task(self._ask(link, check))
        elif now > check.asked_at + LINK_WITHIN:
            await self._change(check, outcome=DutyOutcome.UNREACHABLE)

    async def _ask(self, link: Link, check: DutyCheck) -> None:
        await self._change(check, sent_at=self._now())  # before an answer can come
        unit = gb.Unit(gb.Kind.DUTY_CHECK, (gb.DutyCheck(check.minutes),))
        confirmed = await link.command(check.transmitter, unit)
        if confirmed:
            await self._change(check, confirmed_at=self._now())
        elif confirmed is None:
            await self._change(check, outcome=DutyOutcome.UNREACHABLE)
        else:
            await self._change(check, outcome=DutyOutcome.DENIED)

    async def _change(self, check: DutyCheck, **values: Any) -> None:
        await asyncio.to_thread(self._write, check.id, values)

    def _running(self) -> list[DutyCheck]:
        with self._database.reading() as session:
            return transmitters.running_duty_checks(session)

    def _write(self, check_id: int, values: dict[str, Any]) -> None:
        with self._database.writing() as session:
            transmitters.change_duty_check(session, check_id, **values)
