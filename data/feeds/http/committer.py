"""Commits the readings of many requests together, the most urgent first.

Each request waits in a thread of its own for its readings. One thread commits for all: it takes the
most urgent readings that wait, whosever they are, so that a fire waits for no more than the commit
that runs, and a thousand requests of one reading need no thousand commits.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import structlog

from data.domain.errors import Refusal
from data.domain.readings import Reading
from data.feeds.priority import Priority, priority_of
from data.pipeline import Outcome, Rejected
from data.store.guard import AWAY, StoreUnavailableError

log = structlog.get_logger()

#: Readings of one commit: few enough that a fire does not wait long behind them.
TOGETHER: Final = 200

Ingest = Callable[[Sequence[Reading]], Outcome]


@dataclass(slots=True, eq=False)
class _Piece:
    """Some readings of one request, with their places in it, and what becomes of them."""

    places: list[int]
    readings: list[Reading]
    outcome: Future[Outcome] = field(default_factory=Future)


@dataclass(slots=True)
class _Queues:
    waiting: dict[Priority, deque[_Piece]] = field(
        default_factory=lambda: {priority: deque() for priority in Priority}
    )
    lock: Lock = field(default_factory=Lock)

    def put(self, priority: Priority, piece: _Piece) -> None:
        with self.lock:
            self.waiting[priority].append(piece)

    def take(self) -> list[_Piece]:
        """Return the most urgent pieces for one commit; fires without others."""
        taken, room = list[_Piece](), TOGETHER
        with self.lock:
            for priority, queue in self.waiting.items():
                while queue and len(queue[0].readings) <= room:
                    taken.append(queue.popleft())
                    room -= len(taken[-1].readings)
                if taken and (queue or priority is Priority.FIRE):
                    break
        return taken

    def clear(self) -> list[_Piece]:
        with self.lock:
            left = [piece for queue in self.waiting.values() for piece in queue]
            for queue in self.waiting.values():
                queue.clear()
        return left


class Committer:
    """Shared by the threads of one process; commits in a thread of its own."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._queues = _Queues()
        self._thread = ThreadPoolExecutor(1, "committer")

    def commit(self, readings: Sequence[Reading]) -> Outcome:
        """Commit readings; returns when all of them are.

        Raises
        ------
        StoreUnavailableError
            If the database is away; perhaps some were taken, and a repetition does no harm.
        """
        pieces = _pieces(readings)
        for priority, piece in pieces:
            self._queues.put(priority, piece)
            self._thread.submit(self._commit_next)
        mine = [piece for _, piece in pieces]
        wait(piece.outcome for piece in mine)
        return _joined(mine)

    def _commit_next(self) -> None:
        """Commit the most urgent of what waits; nothing is left if it went along with others."""
        pieces = self._queues.take()
        if not pieces:
            return
        try:
            outcome = self._take([one for piece in pieces for one in piece.readings])
        except AWAY as error:
            log.warning("database is away, nothing is accepted", error=str(error.__cause__))
            away = StoreUnavailableError("the database does not answer")
            for piece in [*pieces, *self._queues.clear()]:
                piece.outcome.set_exception(away)
        else:
            _share(outcome, pieces)

    def _take(self, readings: list[Reading]) -> Outcome:
        try:
            return self._ingest(readings)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - one bad reading must not stop the others
            return self._find_the_bad_one(readings, error)

    def _find_the_bad_one(self, readings: list[Reading], error: Exception) -> Outcome:
        if len(readings) == 1:
            log.error("reading can't be recorded", device=readings[0].device_id, error=repr(error))
            return Outcome(0, 0, (Rejected(0, "it could not be recorded", Refusal.FAILED),))
        half = len(readings) // 2
        first, second = self._take(readings[:half]), self._take(readings[half:])
        moved = (Rejected(r.index + half, r.error, r.reason) for r in second.rejected)
        return Outcome(
            first.accepted + second.accepted,
            first.duplicates + second.duplicates,
            (*first.rejected, *moved),
            first.told and second.told,
            first.repeated | {index + half for index in second.repeated},
        )


def _pieces(readings: Sequence[Reading]) -> list[tuple[Priority, _Piece]]:
    """Part a request's readings by urgency, into pieces of at most one commit."""
    places: dict[Priority, list[int]] = {priority: [] for priority in Priority}
    for place, reading in enumerate(readings):
        places[priority_of(reading)].append(place)
    return [
        (priority, _Piece(some, [readings[place] for place in some]))
        for priority, own in places.items()
        for at in range(0, len(own), TOGETHER)
        if (some := own[at : at + TOGETHER])
    ]


def _share(outcome: Outcome, pieces: Sequence[_Piece]) -> None:
    """Give each piece its part of what became of a commit."""
    begin = 0
    for piece in pieces:
        own = range(begin, begin + len(piece.readings))
        repeated = frozenset(index - begin for index in outcome.repeated if index in own)
        rejected = tuple(
            Rejected(r.index - begin, r.error, r.reason) for r in outcome.rejected if r.index in own
        )
        accepted = len(own) - len(repeated) - len(rejected)
        own_part = Outcome(accepted, len(repeated), rejected, outcome.told, repeated)
        piece.outcome.set_result(own_part)
        begin = own.stop


def _joined(pieces: Sequence[_Piece]) -> Outcome:
    """Put the parts of a request together again."""
    accepted, rejected, repeated, told = 0, list[Rejected](), set[int](), True
    for piece in pieces:
        places, outcome = piece.places, piece.outcome.result()
        accepted += outcome.accepted
        rejected += [Rejected(places[r.index], r.error, r.reason) for r in outcome.rejected]
        repeated |= {places[index] for index in outcome.repeated}
        told = told and outcome.told
    rejected.sort(key=lambda one: one.index)
    return Outcome(accepted, len(repeated), tuple(rejected), told, frozenset(repeated))
