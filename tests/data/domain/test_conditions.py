"""What a panel says all at once, signs of life, and parts that speak through their transmitter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.domain.alarms import Alarm
from data.domain.chatter import CHATTER_ABOVE, flip_key, is_calm
from data.domain.errors import ReadingError
from data.domain.intake import DeviceMemory, NewAlarm, Taken, take
from data.domain.readings import Reading, check_reading
from data.domain.words import AlarmKind, DeviceKind, Reported, Status

T0 = datetime(2026, 6, 1, 4, tzinfo=UTC)
MEMORY = DeviceMemory(Status.STALE, T0, stale=True)


def say(
    *conditions: Reported,
    memory: DeviceMemory = MEMORY,
    alarms: tuple[Alarm, ...] = (),
    point: int | None = None,
    at: datetime = T0,
) -> Taken:
    message = f"{at.timestamp()}-{point}"
    reading = Reading("T1", message, at, at, conditions=frozenset(conditions), point=point)
    return take(memory, alarms, reading, kind=DeviceKind.TRANSMITTER, disabled=False)


def as_alarm(new: NewAlarm, number: int = 1) -> Alarm:
    return Alarm(
        number,
        "T1",
        new.kind,
        new.cause,
        new.raised_at,
        new.received_at,
        new.raised_at,
        point_id=new.point_id,
    )


def test_everything_abnormal_at_once_raises_an_alarm_each() -> None:
    raised = say(Reported.FIRE, Reported.FAULT, Reported.SUPERVISORY).raised
    assert {(new.cause, new.kind) for new in raised} == {
        ("reported_fire", AlarmKind.FIRE),
        ("reported_fault", AlarmKind.FAULT),
        ("reported_supervisory", AlarmKind.SUPERVISORY),
    }


def test_what_is_no_longer_named_is_over() -> None:
    fire, fault = (
        as_alarm(new, n) for n, new in enumerate(say(Reported.FIRE, Reported.FAULT).raised)
    )
    later = say(Reported.FIRE, alarms=(fire, fault), at=T0 + timedelta(minutes=1))
    assert {step.alarm.cause: step.action for step in later.steps} == {
        "reported_fire": "repeated",
        "reported_fault": "cleared",
    }


def test_one_word_for_a_fire_does_not_end_another() -> None:
    (fire,) = (as_alarm(new) for new in say(Reported.FIRE_TEST).raised)
    assert fire.cause == "test_bit_fire"
    later = say(Reported.FIRE, alarms=(fire,), at=T0 + timedelta(minutes=1))
    assert [new.cause for new in later.raised] == ["reported_fire"]
    assert later.steps == ()


def test_parts_behind_one_device_alarm_and_recover_each_for_itself() -> None:
    (first,) = (as_alarm(new, 1) for new in say(Reported.FIRE, point=1).raised)
    assert first.point_id == 1
    second = say(Reported.FIRE, point=2, alarms=(first,), at=T0 + timedelta(seconds=1))
    assert [new.point_id for new in second.raised] == [2]
    assert second.steps == ()
    over = say(point=2, alarms=(first,), at=T0 + timedelta(seconds=2))
    assert over.steps == ()
    assert [step.action for step in say(point=1, alarms=(first,)).steps] == ["cleared"]


def test_many_parts_that_alarm_at_once_are_no_chatter() -> None:
    memory, alarms = MEMORY, ()
    for number in range(CHATTER_ABOVE + 3):
        at = T0 + timedelta(seconds=number)
        taken = say(Reported.FIRE, memory=memory, alarms=alarms, point=number, at=at)
        (new,) = taken.raised
        assert new.chattering_at is None
        memory, alarms = taken.memory, (*alarms, as_alarm(new, number))
    assert not is_calm(memory.flips, flip_key("reported_fire", 0), T0)
    assert is_calm(memory.flips, "reported_fire", T0)


def test_a_sign_of_life_ends_silence_and_measures_nothing() -> None:
    heard = replace(MEMORY, measured_at=T0 - timedelta(days=1), recent=b"12345678")
    alive = Reading("T1", "alive", T0, T0, Reported.ALIVE)
    after = take(heard, (), alive, kind=DeviceKind.SMOKE, disabled=False).memory
    assert (after.stale, after.received_at, after.version) == (False, T0, 1)
    assert (after.measured_at, after.recent) == (heard.measured_at, heard.recent)


def test_a_sign_of_life_says_nothing_else() -> None:
    with pytest.raises(ReadingError, match="sign of life"):
        check_reading(Reading("T1", "a", T0, T0, Reported.ALIVE, {"smoke_pct": 1.0}))
    check_reading(Reading("T1", "a", T0, T0, conditions=frozenset()))
