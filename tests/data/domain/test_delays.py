"""On-delay and off-delay as a reading and as the worker see them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data.domain.alarms import Action, Alarm
from data.domain.delays import next_due
from data.domain.intake import DeviceMemory, NewAlarm, Taken, elapse, take
from data.domain.readings import Reading
from data.domain.words import AlarmKind, DeviceKind, Status

T0 = datetime(2026, 1, 1, tzinfo=UTC)
NEW = DeviceMemory(Status.NORMAL, T0)
LOW = Alarm(1, "d", AlarmKind.SUPERVISORY, "pressure_low", T0, T0, T0)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def water(
    memory: DeviceMemory, seconds: float, mpa: float, *alarms: Alarm, disabled: bool = False
) -> Taken:
    reading = Reading("d", f"m{seconds}", at(seconds), at(seconds), None, {"pressure_mpa": mpa})
    return take(memory, alarms, reading, kind=DeviceKind.PRESSURE, disabled=disabled)


def wait(memory: DeviceMemory, seconds: float, *alarms: Alarm, disabled: bool = False) -> Taken:
    return elapse(memory, alarms, kind=DeviceKind.PRESSURE, disabled=disabled, now=at(seconds))


def test_a_short_dip_raises_nothing() -> None:
    dip = water(NEW, 0, 0.05)
    back = water(dip.memory, 9, 0.3)
    assert (dip.raised, back.raised, back.memory.pending) == ((), (), {})
    assert wait(back.memory, 60).raised == ()


def test_a_dip_that_lasts_is_raised_once_under_the_message_that_began_it() -> None:
    dip = water(NEW, 0, 0.05)
    (new,) = water(dip.memory, 10, 0.04).raised
    assert (new.cause, new.value, new.message_id) == ("pressure_low", 0.04, "m0")
    assert new.raised_at == at(10)


def test_a_dip_of_a_device_that_says_no_more_is_raised_by_our_clock() -> None:
    dip = water(NEW, 0, 0.05)
    assert next_due(dip.memory.pending) == at(10)
    assert wait(dip.memory, 9).raised == ()
    over = wait(dip.memory, 12)
    assert over.raised == (
        NewAlarm(AlarmKind.SUPERVISORY, "pressure_low", 0.05, at(10), at(12), "m0"),
    )
    assert over.memory.pending == {}
    assert over.memory.version == dip.memory.version + 1


def test_two_dips_begin_two_waits() -> None:
    dip = water(NEW, 0, 0.05)
    again = water(water(dip.memory, 5, 0.3).memory, 8, 0.05)
    assert water(again.memory, 12, 0.05).raised == ()
    assert [new.message_id for new in water(again.memory, 18, 0.05).raised] == ["m8"]


def test_recovery_must_last_too() -> None:
    back = water(NEW, 0, 0.3, LOW)
    assert back.steps == ()
    (step,) = water(back.memory, 30, 0.3, LOW).steps
    assert step.action is Action.CLEARED
    (step,) = wait(back.memory, 30, LOW).steps
    assert (step.action, step.alarm.cleared_at) == (Action.CLEARED, at(30))
    trembling = water(back.memory, 20, 0.11, LOW)
    assert trembling.memory.pending == {}


def test_an_alarm_that_recovered_comes_back_after_the_delay() -> None:
    cleared = replace(LOW, cleared_at=T0)
    dip = water(NEW, 0, 0.05, cleared)
    assert dip.steps == ()
    (step,) = wait(dip.memory, 10, cleared).steps
    assert (step.action, step.alarm.count, step.alarm.cleared_at) == (Action.REPEATED, 2, None)


def test_what_somebody_closed_meanwhile_is_raised_anew_and_never_cleared() -> None:
    dip = water(NEW, 0, 0.05)
    assert wait(dip.memory, 10, LOW).steps == ()
    assert [new.cause for new in wait(dip.memory, 10).raised] == ["pressure_low"]
    back = water(NEW, 0, 0.3, LOW)
    assert wait(back.memory, 30).steps == ()


def test_a_device_out_of_service_waits_for_nothing() -> None:
    assert water(NEW, 0, 0.05, disabled=True).memory.pending == {}
    dip = water(NEW, 0, 0.05)
    assert wait(dip.memory, 10, disabled=True).raised == ()


def test_a_late_message_can_tell_nothing_that_lasts() -> None:
    now = water(NEW, 60, 0.3).memory
    late = water(now, 0, 0.05)
    assert (late.raised, late.memory.pending) == ((), {})


def test_a_fire_covers_a_prealarm_that_waits() -> None:
    def leak(memory: DeviceMemory, seconds: float, celsius: float) -> Taken:
        values = {"temperature_c": celsius, "power_w": 1300.0}
        reading = Reading("d", f"m{seconds}", at(seconds), at(seconds), None, values)
        return take(memory, (), reading, kind=DeviceKind.CHARGER, disabled=False)

    hot = leak(NEW, 0, 95)
    assert [new.cause for new in hot.raised] == ["charger_fire"]
    assert set(hot.memory.pending) == {"charger_overload"}
