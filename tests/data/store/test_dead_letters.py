"""Dead letters on SQLite and PostgreSQL: kept as they came, bounded, settled once, forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data.domain.words import Settled, Way
from data.store import dead_letters
from data.store.database import Database
from data.store.dead_letters import Chosen, Letter
from data.store.models import DeadLetter
from tests.lane import T0, Lane


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Database:
    return request.getfixturevalue(request.param)


def letter(source: str = "water", raw: bytes = b"{}", way: Way = Way.HTTP) -> Letter:
    return Letter(way, source, T0, raw, "format", "it says nothing")


def add(store: Database, *letters: Letter) -> None:
    with store.writing() as session:
        dead_letters.add_all(session, letters)


def listed(store: Database, **chosen: object) -> list[DeadLetter]:
    with store.reading() as session:
        return dead_letters.listed(session, Chosen(**chosen), 10_000)  # type: ignore[arg-type]


def test_a_letter_is_kept_as_it_came(store: Database) -> None:
    raw = bytes(range(256)) * 200
    with store.writing() as session:
        dead_letters.add(
            session,
            way=Way.MQTT,
            source="a/b",
            received_at=T0,
            raw=raw,
            reason="device",
            error="unknown\x00 device \ud800",
        )
    (one,) = listed(store)
    with store.reading() as session:
        found = dead_letters.get(session, one.id)
        assert found is not None
        assert (found.way, found.source, found.received_at) == (Way.MQTT, "a/b", T0)
        assert (found.raw, found.size) == (raw[: dead_letters.MAX_RAW], len(raw))
        assert (found.reason, found.error) == ("device", "unknown\ufffd device ?")
        assert dead_letters.get(session, one.id + 1) is None


def test_the_newest_of_a_source_stay_and_the_others_are_counted(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "KEPT_OF_SOURCE", 3)
    add(store, letter("quiet"))
    add(store, *(letter("loud", b"%d" % n) for n in range(7)))
    add(store, letter("loud", b"7"))
    with store.reading() as session:
        raws = [dead_letters.get(session, row.id).raw for row in listed(store, source="loud")]
        assert raws == [b"7", b"6", b"5"]
        assert dead_letters.losses(session)[Way.HTTP].count == 5
        assert dead_letters.waiting(session) == {Way.HTTP: 4}


def test_what_is_settled_gives_its_place_first_and_is_not_counted(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "KEPT_IN_ALL", 3)
    add(store, letter("a"), letter("b"), letter("c", way=Way.MQTT))
    first, second, third = reversed(listed(store))
    with store.writing() as session:
        assert dead_letters.settle(session, second.id, Settled.DISCARDED, "admin", T0)
    add(store, letter("d"))
    assert [row.id for row in listed(store)][1:] == [third.id, first.id]
    with store.reading() as session:
        assert dead_letters.losses(session) == {}
    add(store, letter("e", way=Way.GB26875))
    assert first.id not in {row.id for row in listed(store)}
    with store.reading() as session:
        assert dead_letters.losses(session) == {Way.HTTP: dead_letters.Loss(1, T0)}


def test_a_letter_is_settled_once(store: Database) -> None:
    add(store, letter())
    (one,) = listed(store)

    def settle(number: int) -> bool:
        with store.writing() as session:
            return dead_letters.settle(session, one.id, Settled.REPLAYED, f"admin{number}", T0)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(settle, range(4))) == [False, False, False, True]
    assert listed(store) == []
    (done,) = listed(store, settled=True)
    assert (done.outcome, done.settled_at) == (Settled.REPLAYED, T0)


def test_lists_are_chosen_by_way_source_and_page(store: Database) -> None:
    for one in (letter("a"), letter("b"), letter("a", way=Way.MQTT), letter("a")):
        add(store, one)
    assert [row.source for row in listed(store, way=Way.HTTP)] == ["a", "b", "a"]
    newest, *older = listed(store, source="a")
    assert [row.id for row in listed(store, source="a", before=newest.id)] == [r.id for r in older]


def test_processes_that_drop_at_once_do_not_wait_for_each_other(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "KEPT_OF_SOURCE", 5)
    monkeypatch.setattr(dead_letters, "KEPT_IN_ALL", 8)

    def flood(number: int) -> None:
        for _ in range(10):
            add(store, *(letter(f"s{(number + n) % 3}") for n in range(6)))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(flood, range(3)))
    add(store, letter("last"))
    with store.reading() as session:
        there = len(listed(store))
        assert there <= 8
        assert there + dead_letters.losses(session)[Way.HTTP].count == 181


def test_the_worker_forgets_what_nobody_can_mend(lane: Lane) -> None:
    add(lane.database, letter())
    lane.clock.tick(timedelta(days=30).total_seconds())
    lane.worker.forget()
    assert lane.count(DeadLetter) == 1
    lane.clock.tick(1)
    lane.worker.forget()
    assert lane.count(DeadLetter) == 0
