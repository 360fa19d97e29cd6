"""From a body that came with a key to what became of its readings."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any, Final

from redis.exceptions import RedisError

from data.domain.api_keys import ApiKey
from data.domain.errors import ReadingError, Refusal
from data.domain.readings import Reading
from data.domain.words import Way
from data.feeds.decode import (
    MAX_ITEMS,
    BatchSizeError,
    BodyError,
    decode_item,
    item_texts,
    parse_body,
)
from data.feeds.http.committer import Committer
from data.feeds.http.inflate import InflateError, gunzip
from data.feeds.priority import Priority, priority_of
from data.feeds.sources import Sources
from data.live.present import RedisClient
from data.live.rates import Rates
from data.pipeline import Outcome, Pipeline, Rejected
from data.store import api_keys, dead_letters
from data.store.database import Database
from data.store.dead_letters import Letter
from data.store.guard import reading, writing

#: The largest body, as it comes and unpacked.
MAX_BYTES: Final = 1_000_000
#: What is in work at once: bodies (each has a thread, which mostly waits) and their bytes; one key
#: has at most half of both. Further ones are sent again later.
MAX_BODIES: Final = 128
MAX_BYTES_IN_WORK: Final = 32 * MAX_BYTES
#: Larger bodies are taken apart one at a time: many at once would keep small ones from the
#: processor, and a fire is small.
SMALL: Final = 16_384


class TooFastError(RuntimeError):
    """The key sends more than its rate; after ``wait_s`` seconds it may go on."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("this key sends more readings than its rate allows")
        self.wait_s = wait_s


class FullError(RuntimeError):
    """So many bodies are in work that there is no room for another."""


class NotToldError(RuntimeError):
    """It is in SQL, but Redis is away and no screen has heard of it."""


@dataclass(slots=True)
class _Work:
    """Bodies that are in work."""

    bodies: int = 0
    size: int = 0

    def fits(self, size: int, share: int = 1) -> bool:
        return (self.bodies + 1) * share <= MAX_BODIES and (
            (self.size + size) * share <= MAX_BYTES_IN_WORK
        )

    def add(self, bodies: int, size: int) -> None:
        self.bodies += bodies
        self.size += size


@dataclass(slots=True)
class _Batch:
    """A body being taken."""

    key: ApiKey
    body: bytes
    received_at: datetime
    places: list[int] = field(default_factory=list)
    good: list[Reading] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


class HttpIntake:
    """Takes bodies, a bounded number at once; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        pipeline: Pipeline,
        redis: RedisClient,
        now: Callable[[], datetime],
    ) -> None:
        self.sources = Sources(now)
        #: Threads of their own: who waits for a commit takes none from the screens.
        self.threads = ThreadPoolExecutor(MAX_BODIES, "readings")
        self._database = database
        self._decoding = Lock()
        self._committer = Committer(pipeline.ingest)
        self._redis = redis
        self._rates = Rates(redis, MAX_ITEMS)
        self._now = now
        #: By key; all of it together under None.
        self._in_work: defaultdict[int | None, _Work] = defaultdict(_Work)

    def tell(self) -> None:
        """Tell Redis what the sources did, if it is there."""
        with suppress(RedisError):  # told the next time
            self.sources.tell(self._redis)

    @contextmanager
    def room(self, key: ApiKey, size: int) -> Iterator[None]:
        """Hold a place for a body while it is read and taken; for the event loop's thread alone.

        ``size``: bytes that it may come to have in work.

        Raises
        ------
        FullError
            If there is none.
        """
        own, all_ = self._in_work[key.id], self._in_work[None]
        if not (own.fits(size, share=2) and all_.fits(size)):
            raise FullError("too many bodies are in work")
        for work in (own, all_):
            work.add(1, size)
        try:
            yield
        finally:
            for work in (own, all_):
                work.add(-1, -size)

    def take(self, key: ApiKey, body: bytes, *, packed: bool) -> Outcome:
        """Take a body; what of it can't be taken is set aside.

        Raises
        ------
        BodyError, InflateError, InflatedTooLargeError
            If it is no list of readings.
        TooFastError
            If the key must wait.
        StoreUnavailableError, NotToldError
            If SQL or Redis is away: it shall be sent again, which does no harm.
        """
        batch = _Batch(key, body, self._now())
        try:
            with self._decoding if len(body) > SMALL else nullcontext():
                number = _decode(batch, packed=packed)
        except (BodyError, InflateError) as error:
            self._refuse(batch, error)
            raise
        self._slow_down(batch, number)
        self._check_scope(batch)
        outcome = self._commit(batch)
        self._set_aside(_letters(batch, outcome.rejected))
        self.sources.took(Way.HTTP, key.name, batch.good, outcome)
        return outcome

    def _commit(self, batch: _Batch) -> Outcome:
        outcome = self._committer.commit(batch.good) if batch.good else Outcome(0, 0, ())
        if not outcome.told:
            self.sources.failed(Way.HTTP, batch.key.name, "redis is away")
            raise NotToldError("redis is away")
        moved = [replace(r, index=batch.places[r.index]) for r in outcome.rejected]
        rejected = sorted([*batch.rejected, *moved], key=lambda one: one.index)
        return replace(outcome, rejected=tuple(rejected))

    def _slow_down(self, batch: _Batch, number: int) -> None:
        rate = batch.key.rate_per_s
        if rate is None:
            return
        burns = any(priority_of(one) is Priority.FIRE for one in batch.good)
        try:
            wait_s = self._rates.take(batch.key.id, rate, number, fire=burns)
        except RedisError:  # SQL shall have it all the same
            return
        if wait_s:
            self.sources.failed(Way.HTTP, batch.key.name, "faster than its rate")
            raise TooFastError(wait_s)

    def _check_scope(self, batch: _Batch) -> None:
        """Take out the readings of devices that are not the key's to report for."""
        if not batch.key.narrowed or not batch.good:
            return
        with reading(self._database) as session:
            ids = {one.device_id for one in batch.good}
            outside = api_keys.not_covered(session, batch.key, ids)
        if not outside:
            return
        pairs = list(zip(batch.places, batch.good, strict=True))
        batch.places = [place for place, one in pairs if one.device_id not in outside]
        batch.good = [one for _, one in pairs if one.device_id not in outside]
        batch.rejected += [
            Rejected(place, f"this key may not report for {one.device_id!r}", Refusal.SCOPE)
            for place, one in pairs
            if one.device_id in outside
        ]

    def _refuse(self, batch: _Batch, error: ValueError) -> None:
        name, said = batch.key.name, str(error)
        self.sources.refused(Way.HTTP, name, said)
        if not isinstance(error, BatchSizeError):
            at = batch.received_at
            self._set_aside([Letter(Way.HTTP, name, at, batch.body, Refusal.FORMAT, said)])

    def _set_aside(self, letters: Sequence[Letter]) -> None:
        if not letters:
            return
        with writing(self._database) as session:
            dead_letters.add_all(session, letters)


def _decode(batch: _Batch, *, packed: bool) -> int:
    """Take the body apart; return how many items it has."""
    if packed:
        batch.body = gunzip(batch.body, MAX_BYTES)
    items = parse_body(batch.body)
    for place, item in enumerate(items):
        try:
            batch.good.append(decode_item(item, batch.received_at))
            batch.places.append(place)
        except ReadingError as error:
            batch.rejected.append(Rejected(place, str(error), error.reason))
    return len(items)


def _letters(batch: _Batch, rejected: Iterable[Rejected]) -> list[Letter]:
    """Return what was rejected, each item as it came."""
    some = list(rejected)
    if not some:
        return []
    texts = item_texts(batch.body)
    return [
        Letter(Way.HTTP, batch.key.name, batch.received_at, texts[one.index], one.reason, one.error)
        for one in some
    ]


def parse_letter(raw: bytes) -> dict[str, Any]:
    """Return the one item that a dead letter of this way has.

    Raises
    ------
    BodyError
        If it was a whole body that is no list of readings.
    """
    try:
        item = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"the body is not JSON: {error}") from None
    if not isinstance(item, dict):
        raise BodyError("it is no reading")
    return item
