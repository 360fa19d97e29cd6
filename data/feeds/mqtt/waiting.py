"""Messages that wait for the database, and the order in which they are acknowledged."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from data.feeds.mqtt.letters import GATEWAY_LANE, Content, Letter
from data.feeds.priority import Priority

#: So many messages the broker may send before the first of them is acknowledged.
RECEIVE_MAXIMUM: Final = 1000
#: With what nobody acknowledges: QoS 0, and what came before the connection was lost.
MAX_WAITING: Final = 3 * RECEIVE_MAXIMUM
#: Readings of one transaction, except fires, which are taken first and by themselves.
BATCH: Final = 500


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A message, what it says, and the connection that it came on."""

    letter: Letter
    content: Content
    connection: int

    @property
    def acknowledged(self) -> bool:
        """Whether the broker waits for an acknowledgement."""
        return self.letter.qos > 0


class Waiting:
    """A queue between the network's thread and the committer's: fires before everything else."""

    def __init__(self, limit: int = MAX_WAITING) -> None:
        self._queues: list[deque[Item]] = [deque() for _ in range(GATEWAY_LANE + 1)]
        self._limit = limit
        self._connection = 0
        #: How many may be given up: a broker may send thousands ahead that may not.
        self._expendable = 0
        self._before: dict[tuple[int, str, bytes], Item] = {}
        self._closed = False
        lock = threading.Lock()
        self._there = threading.Condition(lock)
        self._room = threading.Condition(lock)

    def __len__(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._queues))

    def connected(self, connection: int) -> None:
        """Begin a connection.

        What came on the one before waits on: a broker that was killed may have forgotten what it
        sent. What it has not forgotten it delivers again, and then that takes its place.
        """
        with self._there:
            self._connection = connection
            self._expendable = len(self)
            self._before = {
                item.letter.identity: item
                for queue in self._queues
                for item in queue
                if item.acknowledged
            }

    def put(self, item: Item) -> bool:
        """Add one; return False if one had to be given up for want of room.

        What the broker waits for is never given up. The receive maximum bounds it; from a broker
        that sends more, nothing is read until there is room again.
        """
        with self._there:
            again = self._before.pop(item.letter.identity, None)
            queue = self._queues[item.content.lane]
            if again is not None and again in queue:
                queue.remove(again)
                self._count(again, -1)
            kept = True
            while len(self) >= self._limit and not self._closed:
                if self._expendable > 0:
                    self._give_up()
                    kept = False
                else:
                    self._room.wait()
            if self._closed:
                return item.acknowledged
            queue.append(item)
            self._count(item, 1)
            self._there.notify()
            return kept

    def close(self) -> None:
        """Add nothing any more; who waits for room goes on without."""
        with self._there:
            self._closed = True
            self._room.notify_all()

    def _is_expendable(self, item: Item) -> bool:
        return not item.acknowledged or item.connection != self._connection

    def _count(self, item: Item, number: int) -> None:
        if self._is_expendable(item):
            self._expendable += number

    def _give_up(self) -> None:
        """Give up the least urgent and oldest that may be given up."""
        queue, item = next(
            (queue, item)
            for queue in reversed(self._queues)
            for item in queue
            if self._is_expendable(item)
        )
        queue.remove(item)
        self._expendable -= 1

    def put_back(self, items: Iterable[Item]) -> None:
        """Put back what was taken, before what came since."""
        with self._there:
            for item in reversed(list(items)):
                self._queues[item.content.lane].appendleft(item)
                self._count(item, 1)

    def take(self, most: int = BATCH, timeout_s: float = 0.5) -> list[Item]:
        """Return the most urgent messages; fires, and states of gateways, without others."""
        with self._there:
            if not len(self):
                self._there.wait(timeout_s)
            taken = self._take(most)
            self._room.notify()
            return taken

    def _take(self, most: int) -> list[Item]:
        taken: list[Item] = []
        room = most
        for lane, queue in enumerate(self._queues):
            if taken and lane == GATEWAY_LANE:
                break
            while queue and room > 0:
                room -= max(len(queue[0].content.readings), 1)
                taken.append(queue.popleft())
                self._count(taken[-1], -1)
            if taken and lane == Priority.FIRE:
                break
        return taken


class Acknowledgements:
    """Sends them in the order in which the messages came, as MQTT 5 (4.6) demands.

    A fire is committed before what came earlier, but acknowledged after it.
    """

    def __init__(self, send: Callable[[int], object]) -> None:
        self._send = send
        self._connection = 0
        self._order: deque[int] = deque()
        self._done: set[int] = set()
        self._lock = threading.Lock()

    def connected(self, connection: int) -> None:
        """Begin a connection: what came on another one can't be acknowledged on it."""
        with self._lock:
            self._connection = connection
            self._order.clear()
            self._done.clear()

    def came(self, mid: int) -> None:
        """Note that a message came that has to be acknowledged."""
        with self._lock:
            self._order.append(mid)

    def done(self, items: Iterable[Item]) -> int:
        """Acknowledge what may be by now; return how many messages."""
        with self._lock:
            self._done |= {
                item.letter.mid
                for item in items
                if item.acknowledged and item.connection == self._connection
            }
            sent = 0
            while self._order and self._order[0] in self._done:
                mid = self._order.popleft()
                self._done.discard(mid)
                self._send(mid)
                sent += 1
            return sent
