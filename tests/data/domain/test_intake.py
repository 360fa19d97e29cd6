from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.domain.alarms import Action, Alarm, AlarmState
from data.domain.delays import Pending
from data.domain.intake import (
    REMEMBERED,
    DeviceMemory,
    Taken,
    is_remembered,
    message_hash,
    settle,
    take,
)
from data.domain.readings import Reading
from data.domain.words import AlarmKind, DeviceKind, Reported, Status

T0 = datetime(2026, 1, 1, tzinfo=UTC)
NEW = DeviceMemory(Status.NORMAL, T0)
FIRE = Alarm(1, "d", AlarmKind.FIRE, "smoke_fire", T0, T0, T0)


def reading(
    message_id: str, seconds: float = 0, reported: Reported | None = None, **values: float
) -> Reading:
    at = T0 + timedelta(seconds=seconds)
    return Reading("d", message_id, at, at, reported, values)


def smoke(memory: DeviceMemory, read: Reading, *alarms: Alarm, disabled: bool = False) -> Taken:
    return take(memory, alarms, read, kind=DeviceKind.SMOKE, disabled=disabled)


def test_a_reading_over_the_threshold_raises_with_the_devices_own_time() -> None:
    late_to_us = replace(reading("m", smoke_pct=40), received_at=T0 + timedelta(seconds=9))
    (raised,) = smoke(NEW, late_to_us).raised
    assert (raised.cause, raised.value) == ("smoke_fire", 40)
    assert (raised.raised_at, raised.received_at) == (T0, T0 + timedelta(seconds=9))


def test_a_repeated_message_changes_nothing() -> None:
    first = smoke(NEW, reading("m", smoke_pct=40))
    assert smoke(first.memory, reading("m", 5, smoke_pct=40)) == Taken(first.memory, duplicate=True)


def test_a_value_that_stays_high_is_no_news() -> None:
    taken = smoke(NEW, reading("m", smoke_pct=40), FIRE)
    assert (taken.raised, taken.steps) == ((), ())


def test_the_devices_own_fire_said_again_counts_up() -> None:
    said = replace(FIRE, cause="reported_fire")
    (step,) = smoke(NEW, reading("m", 1, Reported.FIRE), said).steps
    assert (step.action, step.alarm.count) == (Action.REPEATED, 2)


def test_recovery_clears_a_fire_but_leaves_it_open() -> None:
    (step,) = smoke(NEW, reading("m", 60, smoke_pct=0), FIRE).steps
    assert step.action is Action.CLEARED
    assert step.alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_late_message_raises_a_fire_but_clears_nothing_and_keeps_newer_values() -> None:
    now = smoke(NEW, reading("new", 60, smoke_pct=1.0)).memory
    late_fire = smoke(now, reading("old", 0, smoke_pct=40))
    late_calm = smoke(now, reading("old", 0, smoke_pct=0), FIRE)
    assert [a.cause for a in late_fire.raised] == ["smoke_fire"]
    assert late_calm.steps == ()
    assert late_fire.memory.values == {"smoke_pct": 1.0}
    assert late_fire.memory.measured_at == T0 + timedelta(seconds=60)


def test_what_a_device_says_of_itself_counts_though_a_newer_value_came_first() -> None:
    now = smoke(NEW, reading("new", 60, smoke_pct=1.0)).memory
    late_word = smoke(now, reading("word", 0, Reported.FAULT))
    late_value = smoke(now, reading("value", 0, smoke_pct=10))
    assert [a.cause for a in late_word.raised] == ["reported_fault"]
    assert late_value.raised == ()


def test_a_device_out_of_service_raises_nothing() -> None:
    assert smoke(NEW, reading("m", smoke_pct=40), disabled=True).raised == ()


def test_a_fire_suppresses_the_prealarm_of_its_value_until_it_is_over() -> None:
    high = replace(FIRE, id=2, kind=AlarmKind.PREALARM, cause="smoke_high")
    burning = smoke(NEW, reading("m", 1, smoke_pct=40), high)
    assert [new.cause for new in burning.raised] == ["smoke_fire"]
    (step,) = burning.steps
    assert (step.action, step.alarm.state) == (Action.SUPPRESSED, AlarmState.SUPPRESSED)

    less = smoke(NEW, reading("n", 2, smoke_pct=6), FIRE, step.alarm)
    assert [(s.action, s.alarm.cause) for s in less.steps] == [
        (Action.RELEASED, "smoke_high"),
        (Action.CLEARED, "smoke_fire"),
    ]
    assert less.steps[0].alarm.state is AlarmState.UNACKNOWLEDGED


def test_a_prealarm_that_closes_when_it_is_released_may_be_raised_anew() -> None:
    high = replace(FIRE, id=2, kind=AlarmKind.PREALARM, cause="smoke_high", suppressed_at=T0)
    seen = replace(high, cleared_at=T0, acked_at=T0, acked_by="kim")
    taken = smoke(NEW, reading("m", 1, smoke_pct=10), seen)
    assert [(s.action, s.alarm.state) for s in taken.steps] == [
        (Action.RELEASED, AlarmState.CLOSED)
    ]
    assert [new.cause for new in taken.raised] == ["smoke_high"]


def test_nothing_is_suppressed_where_no_fire_is_raised() -> None:
    high = replace(FIRE, id=2, kind=AlarmKind.PREALARM, cause="smoke_high")
    assert smoke(NEW, reading("m", 1, smoke_pct=40), high, disabled=True).steps == ()


def test_a_confirmed_prealarm_is_never_suppressed() -> None:
    sure = replace(FIRE, id=2, kind=AlarmKind.PREALARM, cause="smoke_high", confirmed_at=T0)
    assert smoke(NEW, reading("m", 1, smoke_pct=40), sure).steps == ()


def test_status_is_the_worst_and_since_moves_only_on_a_change() -> None:
    burning = settle(NEW, (FIRE,), disabled=False, at=T0 + timedelta(seconds=1))
    still = settle(burning, (FIRE,), disabled=False, at=T0 + timedelta(seconds=2))
    assert (burning.status, burning.since) == (Status.ALARM, T0 + timedelta(seconds=1))
    assert still is burning


def test_any_word_of_a_silent_device_ends_its_silence() -> None:
    silent = replace(NEW, stale=True, status=Status.STALE)
    assert not smoke(silent, reading("m", reported=Reported.NORMAL)).memory.stale


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=80))
def test_the_last_messages_are_remembered(ids: list[str]) -> None:
    memory = NEW
    for i, message_id in enumerate(ids):
        memory = smoke(memory, reading(message_id, i, smoke_pct=0)).memory
    last = [message_hash(message_id) for message_id in ids[-REMEMBERED:]]
    assert all(is_remembered(memory.recent, hashed) for hashed in last)
    assert memory.version == len(ids)


@given(
    st.dictionaries(
        st.sampled_from(["smoke_pct", "temperature_c", "battery_pct"]),
        st.floats(0, 100),
        min_size=1,
    ),
    st.sampled_from([None, *Reported]),
    st.frozensets(st.sampled_from([Reported.FIRE, Reported.FAULT])) | st.none(),
    st.booleans(),
)
def test_a_quiet_reading_is_taken_as_any_other(
    values: dict[str, float],
    reported: Reported | None,
    conditions: frozenset[Reported] | None,
    disabled: bool,
) -> None:
    """Something that waits elsewhere at the device makes it look at everything."""
    read = replace(reading("m", 1, reported, **values), conditions=conditions)
    wait = Pending(True, T0, T0 + timedelta(hours=1), "w")
    before = replace(NEW, measured_at=T0)
    short = smoke(before, read, disabled=disabled)
    whole = smoke(replace(before, pending={"leakage": wait}), read, disabled=disabled)
    pending = {cause: w for cause, w in whole.memory.pending.items() if cause != "leakage"}
    assert replace(whole, memory=replace(whole.memory, pending=pending)) == short


def test_the_hour_and_the_ten_minutes_are_counted() -> None:
    memory, over = NEW, []
    for number in range(4):
        taken = smoke(memory, reading(f"m{number}", number * 1500, smoke_pct=number))
        memory = taken.memory
        over.append(taken.over)
    (hour,) = [one for one in over if one is not None]
    assert hour.figures == {"smoke_pct": (3, 3.0, 0.0, 2.0)}
    assert memory.hour.figures == {"smoke_pct": (1, 3.0, 3.0, 3.0)}
    assert memory.fine.start == int(T0.timestamp()) + 4200


def test_a_late_reading_counts_in_its_own_hour_only() -> None:
    now = smoke(NEW, reading("new", 7200, smoke_pct=1.0)).memory
    late = smoke(now, reading("old", 0, smoke_pct=2.0))
    assert late.over is not None
    assert (late.over.start, late.over.figures) == (
        int(T0.timestamp()),
        {"smoke_pct": (1, 2, 2, 2)},
    )
    assert (late.memory.hour, late.memory.fine) == (now.hour, now.fine)
