"""A gateway over HTTP: posts batches of messages and does not give up while nobody takes them."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import httpx
import structlog

from data.feeds.simulated.ledger import Entry, Ledger, Way
from data.feeds.simulated.messages import Message

log = structlog.get_logger(__name__)

PATH: Final = "/api/v1/readings"
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 10.0
#: An answer may ask for a longer pause, up to this.
LONGEST_ASKED_S: Final = 120.0
_REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_LATER: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS})


class FeedError(RuntimeError):
    """Sending makes no sense; the message says why."""


class HttpGateway:
    """Posts one batch at a time; the ledger has what was taken."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        key: str,
        stop: asyncio.Event,
        ledger: Ledger | None = None,
    ) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {key}"}
        self._stop = stop
        self._trouble = ""
        self.ledger = ledger or Ledger(keep=False)

    async def post(self, messages: Sequence[Message]) -> bool:
        """Post a batch until it is answered; return False if it was stopped or refused.

        While the application is away this batch is all that is kept: devices that become due
        meanwhile send their newest values later, once.

        Raises
        ------
        FeedError
            If the key is refused.
        """
        entries = [
            self.ledger.open(Way.HTTP, one["device_id"], one["message_id"], one) for one in messages
        ]
        wait = FIRST_WAIT_S
        while not self._stop.is_set():
            later = await self._try(messages, entries)
            if later is None:
                return True
            if later < 0:
                return False
            await self._pause(max(later, wait))
            wait = min(2 * wait, LONGEST_WAIT_S)
        return False

    async def _try(self, messages: Sequence[Message], entries: list[Entry]) -> float | None:
        """Post once; return None if taken, seconds to wait before the next try, -1 if hopeless."""
        for entry in entries:
            self.ledger.sent(entry)
        try:
            response = await self._client.post(PATH, json=list(messages), headers=self._headers)
        except httpx.TransportError as error:
            self._say(f"the application is away ({type(error).__name__})")
            return 0.0
        if response.status_code in _REFUSED:
            raise FeedError("the application refuses the key")
        if response.status_code in _LATER or response.is_server_error:
            self._say(f"the application is busy ({response.status_code})")
            return _retry_after(response)
        self._say("")
        if not response.is_success:
            reason = response.text[:200]
            log.warning("a batch was refused", status=response.status_code, reason=reason)
            for entry in entries:
                self.ledger.refuse(entry, reason)
            return -1.0
        self._take(response.json(), entries)
        return None

    def _take(self, answer: Message, entries: list[Entry]) -> None:
        wrong = {one["index"]: one["error"] for one in answer["rejected"]}
        if wrong:
            log.warning("messages were rejected", first=answer["rejected"][0])
        for index, entry in enumerate(entries):
            if index in wrong:
                self.ledger.refuse(entry, wrong[index])
            else:
                self.ledger.confirm(entry)

    def _say(self, trouble: str) -> None:
        """Log that something began or ended, once, however often it is tried again."""
        if trouble != self._trouble:
            log.warning(trouble) if trouble else log.info("the application is back")
            self._trouble = trouble

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the answer asks for; 0 if it says nothing or a date."""
    text = response.headers.get("Retry-After", "")
    return min(float(text), LONGEST_ASKED_S) if text.isdigit() else 0.0
