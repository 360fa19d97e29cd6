"""Many requests, few commits, the most urgent first."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from data.domain.errors import Refusal
from data.domain.readings import Reading
from data.domain.words import Reported
from data.feeds.http.committer import TOGETHER, Committer
from data.pipeline import Outcome, Rejected
from data.store.guard import StoreUnavailableError
from data.store.models import AlarmRow
from tests.lane import T0, Lane
from tests.servers import wait_for


def one(message: str, device: str = "S0", reported: Reported | None = None) -> Reading:
    return Reading(device, message, T0, T0, reported, {"smoke_pct": 1.0})


class Held:
    """The pipeline of a lane, whose first commit waits until it is let go."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self.go = threading.Event()
        self.begun = threading.Event()
        self.batches: list[list[str]] = []

    def __call__(self, readings: Sequence[Reading]) -> Outcome:
        self.batches.append([reading.message_id for reading in readings])
        if len(self.batches) == 1:
            self.begun.set()
            assert self.go.wait(10)
        return self._lane.pipeline.ingest(readings)


def test_a_fire_waits_for_no_more_than_the_commit_that_runs(lane: Lane) -> None:
    held = Held(lane)
    committer = Committer(held)
    waiting = committer._queues.waiting
    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(committer.commit, [one("first")])
        assert held.begun.wait(5)
        others = [pool.submit(committer.commit, [one(f"t{n}")]) for n in range(8)]
        wait_for(lambda: sum(map(len, waiting.values())) == 8)
        ill = pool.submit(committer.commit, [one("ill", reported=Reported.FAULT)])
        mixed = [one("cold"), one("hot", "S1", Reported.FIRE)]
        fire = pool.submit(committer.commit, mixed)
        wait_for(lambda: sum(map(len, waiting.values())) == 11)
        held.go.set()
        assert first.result(10).accepted == 1
        assert fire.result(10).accepted == 2
        assert ill.result(10).accepted == 1
        assert sum(other.result(10).accepted for other in others) == 8
    assert held.batches[:2] == [["first"], ["hot"]]
    assert held.batches[2][0] == "ill"
    assert len(held.batches) == 3


def test_each_request_is_told_of_its_own(lane: Lane) -> None:
    lane.send("S0", "old", smoke_pct=1)
    held = Held(lane)
    committer = Committer(held)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(committer.commit, [one("a")])
        assert held.begun.wait(5)
        second = pool.submit(committer.commit, [one("old"), one("b", "nobody"), one("c")])
        third = pool.submit(committer.commit, [one("d", "nobody"), one("e"), one("c")])
        wait_for(lambda: sum(map(len, committer._queues.waiting.values())) == 2)
        held.go.set()
        assert first.result(10) == Outcome(1, 0, ())
        (mine, other) = (second.result(10), third.result(10))
    assert len(held.batches) == 2
    unknown = Rejected(1, "unknown device 'nobody'", Refusal.DEVICE)
    assert (mine.rejected, mine.repeated >= {0}) == ((unknown,), True)
    assert [r.index for r in other.rejected] == [0]
    both = (mine.accepted + other.accepted, mine.duplicates + other.duplicates)
    assert both == (2, 2)


def test_a_large_batch_is_parted_and_its_fire_goes_first(lane: Lane) -> None:
    held = Held(lane)
    held.go.set()
    readings = [one(f"m{n}", f"S{n % 4}") for n in range(TOGETHER + 7)]
    readings[-1] = one("hot", "S1", Reported.FIRE)
    readings[3] = one("lost", "nobody")
    outcome = Committer(held).commit(readings)
    assert [len(batch) for batch in held.batches] == [1, TOGETHER, 6]
    assert (outcome.accepted, [r.index for r in outcome.rejected]) == (TOGETHER + 6, [3])
    assert lane.count(AlarmRow) == 1


def test_one_that_the_database_refuses_costs_only_itself(lane: Lane) -> None:
    def refusing(readings: Sequence[Reading]) -> Outcome:
        if any(reading.message_id == "bad" for reading in readings):
            raise ValueError("this one can't be stored")
        return lane.pipeline.ingest(readings)

    some = [one(f"m{n}") for n in range(9)]
    some[5] = one("bad")
    some[8] = one("m0")
    outcome = Committer(refusing).commit(some)
    bad = Rejected(5, "it could not be recorded", Refusal.FAILED)
    assert outcome == Outcome(7, 1, (bad,), True, frozenset({8}))


def fails(times: int, ingest: Callable[[Sequence[Reading]], Outcome]) -> object:
    left = [times]

    def failing(readings: Sequence[Reading]) -> Outcome:
        left[0] -= 1
        if left[0] >= 0:
            raise OperationalError("INSERT", {}, Exception("away"))
        return ingest(readings)

    return failing


def test_while_the_database_is_away_nobody_waits_and_then_it_goes_on(lane: Lane) -> None:
    committer = Committer(fails(1, lane.pipeline.ingest))  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailableError):
        committer.commit([one(f"m{n}") for n in range(TOGETHER + 1)])
    assert sum(map(len, committer._queues.waiting.values())) == 0
    assert committer.commit([one("m0")]).accepted == 1
