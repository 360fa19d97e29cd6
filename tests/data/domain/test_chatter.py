from datetime import UTC, datetime, timedelta

import pytest

from data.domain.alarms import Action, Alarm, AlarmState, acknowledge, calm, chatter
from data.domain.chatter import CALM_AFTER, chatters, is_calm, with_flips
from data.domain.errors import AlarmClosedError, AlreadyHeldError, NotHeldError
from data.domain.intake import DeviceMemory, take
from data.domain.readings import Reading
from data.domain.words import AlarmKind, DeviceKind, Status

T0 = datetime(2026, 1, 1, tzinfo=UTC)
FAULT = Alarm(1, "d", AlarmKind.FAULT, "battery_low", T0, T0, T0)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_more_than_five_within_five_minutes() -> None:
    flips = {}
    for second in range(0, 300, 60):
        flips = with_flips(flips, ["a"], at(second))
        assert not chatters(flips, "a")
    assert chatters(with_flips(flips, ["a"], at(299)), "a")
    assert not chatters(with_flips(flips, ["a"], at(301)), "a")
    assert not chatters(flips, "b")


def test_calm_after_five_quiet_minutes() -> None:
    flips = with_flips({}, ["a"], T0)
    assert not is_calm(flips, "a", T0 + CALM_AFTER - timedelta(seconds=1))
    assert is_calm(flips, "a", T0 + CALM_AFTER)
    assert is_calm(flips, "b", T0)


def test_old_transitions_are_forgotten() -> None:
    assert set(with_flips(with_flips({}, ["a"], T0), ["b"], at(300))) == {"b"}


def test_a_battery_that_comes_and_goes_is_one_row_that_says_so() -> None:
    memory, alarms, raised, actions = DeviceMemory(Status.NORMAL, T0), (), [], []
    for number in range(12):
        low = number % 2 == 0
        values = {"battery_pct": 5.0 if low else 90.0}
        moment = at(20 * number)
        reading = Reading("d", f"m{number}", moment, moment, None, values)
        taken = take(memory, alarms, reading, kind=DeviceKind.SMOKE, disabled=False)
        memory = taken.memory
        known = {alarm.id: alarm for alarm in alarms}
        for new in taken.raised:
            raised.append(new)
            fresh = Alarm(
                len(raised),
                "d",
                new.kind,
                new.cause,
                moment,
                moment,
                moment,
                chattering_at=new.chattering_at,
            )
            known[fresh.id] = acknowledge(fresh, by="kim", at=moment)
        for step in taken.steps:
            actions.append(step.action)
            known[step.alarm.id] = step.alarm
        alarms = tuple(alarm for alarm in known.values() if alarm.closed_at is None)

    # Three rows until it was known to chatter, though each was acknowledged at once; then one.
    assert [new.chattering_at is not None for new in raised] == [False, False, False, True]
    (row,) = alarms
    assert (row.count, row.state) == (3, AlarmState.RETURNED_ACKNOWLEDGED)
    assert calm(row, at=at(999)).state is AlarmState.CLOSED


def test_an_alarm_that_stays_open_is_marked_by_the_sixth_transition() -> None:
    memory, alarm = (
        DeviceMemory(Status.NORMAL, T0, flips={"battery_low": tuple(map(at, range(5)))}),
        FAULT,
    )
    reading = Reading("d", "m", at(9), at(9), None, {"battery_pct": 90.0})
    taken = take(memory, (alarm,), reading, kind=DeviceKind.SMOKE, disabled=False)
    assert [step.action for step in taken.steps] == [Action.CLEARED, Action.CHATTERING]
    assert taken.steps[-1].alarm.chattering_at == at(9)


def test_a_chattering_alarm_is_marked_once_and_ends_with_a_verdict() -> None:
    marked = chatter(FAULT, at=T0)
    with pytest.raises(AlreadyHeldError):
        chatter(marked, at=T0)
    with pytest.raises(NotHeldError):
        calm(FAULT, at=T0)
    with pytest.raises(AlarmClosedError):
        calm(Alarm(1, "d", AlarmKind.FAULT, "c", T0, T0, T0, closed_at=T0), at=T0)
