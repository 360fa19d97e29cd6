"""The MQTT way in: a thread for the network, one that commits and acknowledges, one that tells."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from redis.exceptions import RedisError

from data.domain.words import Way
from data.feeds.mqtt.broker import Broker
from data.feeds.mqtt.counters import Counters
from data.feeds.mqtt.intake import Intake
from data.feeds.mqtt.link import Link
from data.feeds.mqtt.mapping import MappingTable
from data.feeds.mqtt.waiting import Item, Waiting
from data.feeds.sources import Sources
from data.live import keys
from data.live.present import Present
from data.store.database import Database
from data.store.guard import AWAY

log = structlog.get_logger()

RETRY_S: Final = 0.5
TELL_EVERY_S: Final = 1.0
#: Who leaves waits so long for more.
QUIET_S: Final = 3.0
#: At a stop so long for what came already; what the broker still holds is not lost either way.
LAST_S: Final = 2.0

#: A message that is in SQL, and why it was set aside if it was.
Done = tuple[Item, str]


class Feed:
    """Takes messages from one broker until it is asked to stop."""

    def __init__(
        self,
        database: Database,
        present: Present,
        now: Callable[[], datetime],
        broker: Broker,
        mapping: MappingTable,
    ) -> None:
        self.counters = Counters()
        self.waiting = Waiting()
        self.link = Link(broker, mapping, self.waiting, self.counters, now)
        self._redis: Any = present.redis
        self._client_id = broker.client_id
        self._sources = Sources(now)
        self._intake = Intake(database, present, now, self.counters, self._sources)
        #: Committed, but Redis did not hear of it yet.
        self._untold: list[Done] = []
        self._failing = False
        self._told_error = ""

    def run(self, stop: threading.Event) -> None:
        """Take messages until ``stop`` is set; then finish what came already."""
        self.link.start(self._topics_before())
        teller = threading.Thread(target=self._tell_forever, args=(stop,), name="teller")
        teller.start()
        try:
            while not stop.is_set():
                self.step(stop)
            self.link.close()
            end = time.monotonic() + LAST_S
            while (len(self.waiting) or self._untold) and time.monotonic() < end:
                self.step(stop)
        finally:
            stop.set()
            teller.join()
            self.link.stop()
            self._tell()

    def leave(self, stop: threading.Event) -> None:
        """Take what still waits for this process, then end its session for good."""
        self.link.start(self._topics_before(), leaving=True)
        try:
            quiet_since, received = time.monotonic(), 0
            while not stop.is_set() and time.monotonic() - quiet_since < QUIET_S:
                self.step(stop)
                if self._left() or self.counters.total["received"] != received:
                    quiet_since, received = time.monotonic(), self.counters.total["received"]
        finally:
            self.link.stop(for_good=not (stop.is_set() or self._left()))
            self._tell()

    def _left(self) -> bool:
        return bool(len(self.waiting) or self._untold or not self.link.up)

    def step(self, stop: threading.Event) -> None:
        """Commit and acknowledge the most urgent messages."""
        items = self.waiting.take()
        if items and not self._commit(items):
            self.waiting.put_back(items)
            # Not stop.wait(): at the end it would not wait at all.
            time.sleep(RETRY_S)
        if self._untold and self._told_at_last():
            told, self._untold = self._untold, []
            self._acknowledge(told)

    def _commit(self, items: Sequence[Item]) -> bool:
        """Commit and acknowledge some messages; return False while the database is away."""
        try:
            taken = self._intake.take(items)
        except AWAY as error:
            if not self._failing:
                log.warning("database is away, nothing is acknowledged", error=str(error.__cause__))
            self._failing = True
            return False
        except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
            return self._one_by_one(items, error)
        self._failing = False
        done = [(item, taken.aside.get(item, "")) for item in items]
        if taken.told:
            self._acknowledge(done)
        else:
            self._untold += done
        return True

    def _one_by_one(self, items: Sequence[Item], error: Exception) -> bool:
        """Find the message that can't be recorded; it alone is set aside."""
        if len(items) > 1:
            self.waiting.put_back([item for item in items if not self._commit([item])])
            return True
        log.error("message can't be recorded", topic=items[0].letter.topic, error=repr(error))
        why = f"the database refuses it: {error!r}"
        try:
            self._intake.set_aside(items[0], why)
        except AWAY:
            return False
        self._acknowledge([(items[0], why)])
        return True

    def _acknowledge(self, done: Sequence[Done]) -> None:
        """Acknowledge what SQL has and Redis knows."""
        sent = self.link.acknowledgements.done(item for item, _ in done)
        self.counters.count("acknowledged", sent)
        for item, error in done:
            if item.letter.reply_to:
                self.link.send_receipt(item.letter, error)
                self.counters.count("receipt")

    def _told_at_last(self) -> bool:
        try:
            return self._intake.tell_again(item for item, _ in self._untold)
        except AWAY:
            return False

    def _topics_before(self) -> list[str]:
        """Return what this session subscribed to before; the broker remembers it too."""
        try:
            told = self._redis.hget(keys.MQTT_TOPICS, self._client_id)
            self._redis.hset(keys.MQTT_TOPICS, self._client_id, orjson.dumps(self.link.topics))
        except RedisError:
            return []
        return [] if told is None else list(orjson.loads(told))

    def _tell_forever(self, stop: threading.Event) -> None:
        while not stop.wait(TELL_EVERY_S):
            self._tell()

    def _tell(self) -> None:
        link = self.link
        self._sources.connected(Way.MQTT, self._client_id, up=link.up)
        if link.error and link.error != self._told_error:
            self._sources.failed(Way.MQTT, self._client_id, link.error)
        self._told_error = link.error
        try:
            self.counters.tell(self._redis, self._client_id, link.state())
            self._sources.tell(self._redis)
        except RedisError:
            return  # told the next time
