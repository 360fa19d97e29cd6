"""A platform that sends over HTTP: batches in order, each again and again until it is confirmed."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from tests.faults.ledger import Ledger, Message
from tests.faults.pace import Pace

PATH: Final = "/api/v1/readings"
TIMEOUT_S: Final = 10.0
EVERY_S: Final = 0.2
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 1.0
LONGEST_ASKED_S: Final = 5.0
#: What a device may say of itself; each raises an alarm of its own.
WORDS: Final = ("fire", "manual", "prealarm", "fault", "supervisory", "fire_test")


@dataclass
class Gateway:
    """One platform with some devices.

    ``alarms`` yields (device, word) that were never said before; ``readings`` yields devices.
    """

    name: str
    url: str
    key: str
    ledger: Ledger
    alarms: Iterator[tuple[str, str]]
    readings: Iterator[str]
    alarms_s: float
    readings_s: float
    #: When the last attempt that was confirmed had begun.
    confirmed_at: float = 0.0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    #: What was refused, to be sent once more with the next batch.
    _refused: dict[Message, dict[str, Any]] = field(default_factory=dict)

    async def run(self, ending: asyncio.Event) -> None:
        """Send until it is told to end and everything is confirmed."""
        pace = Pace(self.alarms_s, self.readings_s)
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=TIMEOUT_S, trust_env=False
        ) as client:
            while not ending.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_S):
                        await ending.wait()
                await self._deliver(client, self._batch(*pace.due()))
            while self._refused:
                await self._deliver(client, {})
                await asyncio.sleep(EVERY_S)

    def _batch(self, alarms: int, readings: int) -> dict[Message, dict[str, Any]]:
        batch: dict[Message, dict[str, Any]] = {}
        for device, word in itertools.islice(self.alarms, alarms):
            item = self._item(device, status=word)
            batch[Message("id", item["message_id"])] = item
        for device in itertools.islice(self.readings, readings):
            message = Message("reading", device)
            if message not in batch and message not in self._refused:
                batch[message] = self._item(device, values={"temperature_c": 20.5})
        self.ledger.sent.update(batch.keys())
        return batch

    def _item(self, device: str, **says: Any) -> dict[str, Any]:
        return {
            "device_id": device,
            "message_id": f"{self.name}-{next(self._numbers)}",
            "measured_at": datetime.now(UTC).isoformat(),
            **says,
        }

    async def _deliver(self, client: httpx.AsyncClient, new: dict[Message, dict[str, Any]]) -> None:
        """Send a batch until it is answered."""
        batch, self._refused, wait = {**self._refused, **new}, {}, FIRST_WAIT_S
        while batch:
            began, size = time.monotonic(), len(batch)
            asked = await self._attempt(client, batch)
            if asked is None:
                self.confirmed_at = max(
                    self.confirmed_at, began if len(self._refused) < size else 0
                )
                return
            await asyncio.sleep(max(wait, asked))
            wait = min(2 * wait, LONGEST_WAIT_S)

    async def _attempt(
        self, client: httpx.AsyncClient, batch: dict[Message, dict[str, Any]]
    ) -> float | None:
        """Send a batch; return None if it was answered, else how long to wait with the next try."""
        items = list(batch.values())
        try:
            answer = await client.post(PATH, json=items)
        except httpx.TransportError as error:
            self.ledger.answers[f"http {type(error).__name__}"] += 1
            return 0.0
        self.ledger.answers[f"http {answer.status_code}"] += 1
        if answer.status_code not in {200, 422}:
            asked = answer.headers.get("Retry-After", "")
            return min(float(asked), LONGEST_ASKED_S) if asked.isdigit() else 0.0
        rejected = {one["index"]: one["error"] for one in answer.json()["rejected"]}
        for index, message in enumerate(list(batch)):
            if index in rejected:
                self.ledger.refused[_kind(rejected[index])] += 1
                self._refused[message] = batch[message]
            else:
                self.ledger.confirmed[message] += 1
        return None


def _kind(error: str) -> str:
    """Leave out what differs from one message to the next."""
    return " ".join(word for word in error.split() if not any(c.isdigit() for c in word))
