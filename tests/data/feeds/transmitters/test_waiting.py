"""Fires before faults before everything else, and never more than there is room for."""

from datetime import UTC, datetime

from data.domain.words import Reported
from data.feeds.transmitters.intake import Verdict
from data.feeds.transmitters.received import Received
from data.feeds.transmitters.translate import Message, Said
from data.feeds.transmitters.waiting import Item, Waiting

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)


def item(number: int, given_up: list[int], *conditions: Reported, since: float = 0) -> Item:
    said = Said(None, NOW, conditions=frozenset(conditions))

    def answer(verdict: Verdict | None) -> None:
        assert verdict is None
        given_up.append(number)

    return Item(Received(Message(number, number, NOW, (said,)), NOW), answer, since)


def numbers(items: list[Item]) -> list[int]:
    return [one.received.message.source for one in items]


async def test_fires_go_first_and_by_themselves() -> None:
    waiting, gone = Waiting(), list[int]()
    for one in (item(1, gone), item(2, gone, Reported.FAULT), item(3, gone, Reported.FIRE)):
        waiting.put(one)
    fires = await waiting.take(10)
    assert numbers(fires) == [3]
    assert numbers(await waiting.take(10)) == [2, 1]
    waiting.put(item(4, gone, Reported.FIRE_TEST))
    waiting.put_back(fires)
    assert numbers(await waiting.take(1)) == [3]
    assert gone == []


async def test_when_it_is_full_the_oldest_of_the_least_urgent_is_given_up() -> None:
    waiting, gone = Waiting(limit=2), list[int]()
    for one in (item(1, gone, Reported.FIRE), item(2, gone), item(3, gone, Reported.FIRE)):
        waiting.put(one)
    assert gone == [2]
    waiting.put(item(4, gone))
    assert gone == [2, 4]
    assert len(waiting) == 2


async def test_what_has_waited_too_long_is_given_up() -> None:
    waiting, gone = Waiting(), list[int]()
    waiting.put(item(1, gone, Reported.FIRE, since=1))
    waiting.put(item(2, gone, since=5))
    assert waiting.give_up(before=5) == 1
    assert (gone, len(waiting)) == ([1], 1)
