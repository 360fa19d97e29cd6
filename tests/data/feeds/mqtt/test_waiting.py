"""The order in which messages are taken and acknowledged, and what is kept of them."""

import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

from data.feeds.mqtt.letters import Letter, translate
from data.feeds.mqtt.mapping import MappingTable
from data.feeds.mqtt.waiting import Acknowledgements, Item, Waiting

AT = datetime(2026, 6, 1, 4, tzinfo=UTC)


def item(mid: int, message: object = None, *, connection: int = 1, qos: int = 1) -> Item:
    raw = json.dumps(message or {"values": {"smoke_pct": 1}}).encode()
    letter = Letter("xintang/v1/S0/reading", raw, AT, mid, qos)
    return Item(letter, translate(letter, MappingTable()), connection)


def state(mid: int) -> Item:
    letter = Letter("xintang/v1/gateways/G/state", b"offline", AT, mid)
    return Item(letter, translate(letter, MappingTable()), 1)


def mids(items: list[Item]) -> list[int]:
    return [one.letter.mid for one in items]


def filled(*items: Item, **more: Any) -> Waiting:
    waiting = Waiting(**more)
    waiting.connected(1)
    for one in items:
        waiting.put(one)
    return waiting


def test_fires_before_faults_before_telemetry_before_gateways() -> None:
    waiting = filled(
        state(1),
        item(2),
        item(3, {"status": "fault"}),
        item(4, {"status": "fire"}),
        item(5),
        item(6, {"status": "manual"}),
    )
    assert mids(waiting.take()) == [4, 6]
    assert mids(waiting.take()) == [3, 2, 5]
    assert mids(waiting.take()) == [1]
    assert waiting.take(timeout_s=0) == []


def test_a_batch_is_bounded_and_what_is_put_back_comes_first() -> None:
    waiting = filled(*(item(mid) for mid in range(5)))
    taken = waiting.take(2)
    assert mids(taken) == [0, 1]
    waiting.put_back(taken)
    assert mids(waiting.take(10)) == [0, 1, 2, 3, 4]


def test_what_the_broker_waits_for_is_never_given_up() -> None:
    waiting = filled(item(1), item(0, qos=0), limit=2)
    assert not waiting.put(item(2))
    assert mids(waiting.take()) == [1, 2]


def test_from_a_broker_that_sends_more_than_it_may_nothing_is_read_until_there_is_room() -> None:
    waiting = filled(item(1), item(2), limit=2)
    put: list[bool] = []
    fire = item(0, {"status": "fire"}, qos=0)
    sender = threading.Thread(target=lambda: put.append(waiting.put(fire)))
    sender.start()
    sender.join(0.1)
    assert put == []
    assert mids(waiting.take(1)) == [1]
    sender.join(5)
    assert put == [True]
    assert mids(waiting.take()) == [0]
    assert mids(waiting.take()) == [2]


def test_who_waits_for_room_goes_on_at_the_end() -> None:
    waiting = filled(item(1), limit=1)
    put: list[bool] = []
    sender = threading.Thread(target=lambda: put.append(waiting.put(item(2))))
    sender.start()
    waiting.close()
    sender.join(5)
    assert put == [True]  # the broker has it still
    assert not waiting.put(item(0, qos=0))
    assert mids(waiting.take()) == [1]


def test_what_may_be_given_up_is_known_whatever_was_taken_and_put_back() -> None:
    waiting = filled(*(item(mid) for mid in range(3)), item(0, qos=0), limit=4)
    taken = waiting.take()
    waiting.connected(2)
    waiting.put_back(taken)
    new = [item(mid, connection=2) for mid in range(10, 14)]
    assert [waiting.put(one) for one in new] == [False] * 4  # four of before may go
    assert mids(waiting.take()) == [10, 11, 12, 13]
    assert [waiting.put(one) for one in new] == [True] * 4
    fifth = threading.Thread(target=waiting.put, args=(item(14, connection=2),))
    fifth.start()
    fifth.join(0.1)
    assert fifth.is_alive()  # none of these may go
    waiting.close()
    fifth.join(5)


def test_what_the_broker_delivers_again_takes_the_place_of_what_waited() -> None:
    """What it has forgotten, because it was killed, waits on."""
    waiting = filled(item(1), item(0, qos=0), item(2), item(3, {"status": "fire"}))
    waiting.connected(2)
    waiting.put(item(2, connection=2))
    waiting.put(item(3, {"status": "fire"}, connection=2))
    assert [(i.letter.mid, i.connection) for i in waiting.take()] == [(3, 2)]
    assert [(i.letter.mid, i.connection) for i in waiting.take()] == [(1, 1), (0, 1), (2, 2)]


def test_however_often_the_connection_is_lost_the_memory_is_bounded() -> None:
    waiting = filled(limit=30)
    for connection in range(1, 20):
        waiting.connected(connection)
        for mid in range(10):
            message = {"message_id": f"{connection}-{mid}", "values": {"smoke_pct": 1}}
            waiting.put(item(mid, message, connection=connection))
    assert len(waiting) == 30
    assert {i.connection for i in waiting.take()} == {17, 18, 19}


def test_take_wakes_up_when_something_comes() -> None:
    waiting = filled()
    began = time.monotonic()
    threading.Timer(0.1, waiting.put, [item(1)]).start()
    assert mids(waiting.take(timeout_s=5)) == [1]
    assert time.monotonic() - began < 2


def test_acknowledgements_go_out_in_the_order_of_arrival() -> None:
    sent: list[int] = []
    acknowledgements = Acknowledgements(sent.append)
    acknowledgements.connected(1)
    for mid in (1, 2, 3, 4):
        acknowledgements.came(mid)
    assert acknowledgements.done([item(3, {"status": "fire"})]) == 0
    assert acknowledgements.done([item(1)]) == 1
    assert acknowledgements.done([item(2), item(0, qos=0)]) == 2
    assert sent == [1, 2, 3]


def test_what_came_on_another_connection_is_not_acknowledged_on_this_one() -> None:
    sent: list[int] = []
    acknowledgements = Acknowledgements(sent.append)
    acknowledgements.connected(1)
    acknowledgements.came(1)
    acknowledgements.connected(2)
    acknowledgements.came(1)
    assert acknowledgements.done([item(1)]) == 0
    assert acknowledgements.done([item(1, connection=2)]) == 1
    assert sent == [1]
