from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.domain.readings import MAX_AHEAD
from data.feeds.simulated.mischief import ALL, NONE, Fault, Mischief, parse_faults

AT = datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)


def messages(number: int, status: str = "normal") -> list[dict[str, Any]]:
    return [
        {
            "device_id": f"S{n % 50}",
            "message_id": f"m{n}",
            "measured_at": (AT + timedelta(seconds=n)).isoformat(),
            "status": status,
            "values": {"smoke_pct": 0.5},
        }
        for n in range(number)
    ]


def passed(mischief: Mischief, sent: list[dict[str, Any]], **more: bool) -> list[str]:
    """The ids in the order of sending, all to the end."""
    ids = []
    for n, message in enumerate(sent):
        ids += [one["message_id"] for one in mischief.pass_on([message], float(n), **more)]
    return ids + [one["message_id"] for one in mischief.due()]


def test_without_faults_everything_goes_as_it_is() -> None:
    sent = messages(500)
    assert passed(Mischief(NONE, 1), sent) == [one["message_id"] for one in sent]
    assert Mischief(NONE, 1).drift_of("S1") == timedelta(0)
    assert Mischief(NONE, 1).wire_of(889).chunks([b"a" * 40]) == [b"a" * 40]


def test_duplicates_come_twice_and_nothing_is_missing() -> None:
    ids = Counter(passed(Mischief({Fault.DUPLICATES}, 1, worse=10), messages(1000)))
    assert set(ids.values()) == {1, 2}
    assert len(ids) == 1000
    assert 60 < sum(count == 2 for count in ids.values()) < 140


def test_late_messages_come_after_later_ones() -> None:
    sent = messages(1000)
    ids = passed(Mischief({Fault.LATE}, 1, worse=10), sent)
    order = [one["message_id"] for one in sent]
    assert sorted(ids) == sorted(order)
    assert ids != order
    assert passed(Mischief({Fault.LATE}, 1, worse=10), sent, vital=True) == order


def test_gaps_cost_readings_but_no_alarm_and_nothing_vital() -> None:
    gaps = {Fault.GAPS}
    assert 900 < len(passed(Mischief(gaps, 1, worse=10), messages(1000))) < 990
    assert len(passed(Mischief(gaps, 1, worse=10), messages(1000, "fire"))) == 1000
    assert len(passed(Mischief(gaps, 1, worse=10), messages(1000), vital=True)) == 1000


def test_a_storm_is_the_same_again_and_again_as_new_messages() -> None:
    ids = passed(Mischief({Fault.STORMS}, 1, worse=100), messages(1000))
    assert len(ids) == len(set(ids))
    assert (len(ids) - 1000) % 50 == 0
    assert len(ids) > 1000


def test_clocks_are_off_but_believable() -> None:
    mischief = Mischief({Fault.DRIFT}, 1)
    drifts = {f"S{n}": mischief.drift_of(f"S{n}") for n in range(1000)}
    off = [drift for drift in drifts.values() if drift]
    assert 20 < len(off) < 90
    assert {drift > timedelta(0) for drift in off} == {True, False}
    assert max(map(abs, off)) < MAX_AHEAD
    name = next(name for name, drift in drifts.items() if drift)
    message = {**messages(1)[0], "device_id": name}
    shown = datetime.fromisoformat(mischief.by_its_clock(message)["measured_at"])
    assert abs(shown - AT - drifts[name]) < timedelta(milliseconds=1)


def test_some_lines_are_bad() -> None:
    mischief = Mischief({Fault.LINES}, 1)
    sent = [b"a" * 40]
    bad = sum(
        any(wire.chunks(sent) != sent for _ in range(20))
        for wire in (mischief.wire_of(address) for address in range(200))
    )
    assert 10 < bad < 60


def test_the_same_seed_is_the_same_mischief() -> None:
    first, again, other = (
        passed(Mischief(ALL, seed, worse=10), messages(500)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="lightning"):
        parse_faults("gaps,lightning")
