"""Messages that wait for the database: fires before faults before everything else, and bounded."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from data.feeds.priority import Priority
from data.feeds.transmitters.intake import Verdict
from data.feeds.transmitters.received import Received

MAX_WAITING: Final = 20_000


@dataclass(frozen=True, slots=True)
class Item:
    """A message and how to answer it; None says that it is given up and the sender repeats it."""

    received: Received
    answer: Callable[[Verdict | None], None]
    #: Seconds of a clock that only grows.
    since: float


class Waiting:
    """A queue of the event loop; when it is full the least urgent and oldest is given up."""

    def __init__(self, limit: int = MAX_WAITING) -> None:
        self._queues: dict[Priority, deque[Item]] = {p: deque() for p in Priority}
        self._limit = limit
        self._there = asyncio.Event()

    def __len__(self) -> int:
        """Return how many wait."""
        return sum(len(queue) for queue in self._queues.values())

    def put(self, item: Item) -> None:
        """Add one; if there is no room give up one that is not more urgent, maybe this one."""
        self._queues[item.received.message.priority].append(item)
        if len(self) > self._limit:
            last = next(p for p in reversed(Priority) if self._queues[p])
            self._queues[last].popleft().answer(None)
        self._there.set()

    def put_back(self, items: Iterable[Item]) -> None:
        """Put back what was taken, before what came since."""
        for item in reversed(list(items)):
            self._queues[item.received.message.priority].appendleft(item)
        self._there.set()

    async def take(self, most: int) -> list[Item]:
        """Wait until there is something; return the most urgent of it, fires without others."""
        await self._there.wait()
        taken: list[Item] = []
        for priority in Priority:
            queue = self._queues[priority]
            while queue and len(taken) < most:
                taken.append(queue.popleft())
            if taken and priority is Priority.FIRE:
                break
        if not len(self):
            self._there.clear()
        return taken

    def give_up(self, before: float) -> int:
        """Give up what has waited since before a time: its sender repeats it; return how many."""
        old = [item for queue in self._queues.values() for item in queue if item.since < before]
        for priority, queue in self._queues.items():
            self._queues[priority] = deque(item for item in queue if item.since >= before)
        for item in old:
            item.answer(None)
        if not len(self):
            self._there.clear()
        return len(old)
