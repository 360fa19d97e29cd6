"""The life of an alarm as a full transition table: every state × every transition."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.domain.alarms import Alarm, AlarmState, acknowledge, clear, close, repeat
from data.domain.errors import AlarmStateError
from data.domain.words import AlarmKind, Status, Verdict

T0 = datetime(2026, 1, 1, tzinfo=UTC)
T1 = T0 + timedelta(minutes=1)
FIRE = Alarm(7, "d", AlarmKind.FIRE, "smoke_fire", T0, T0, T0)
FAULT = replace(FIRE, kind=AlarmKind.FAULT, cause="battery_low")

IN_STATE = {
    AlarmState.UNACKNOWLEDGED: {},
    AlarmState.ACKNOWLEDGED: {"acked_at": T0, "acked_by": "kim"},
    AlarmState.RETURNED_UNACKNOWLEDGED: {"cleared_at": T0},
    AlarmState.RETURNED_ACKNOWLEDGED: {"cleared_at": T0, "acked_at": T0, "acked_by": "kim"},
    AlarmState.CLOSED: {"closed_at": T0, "closed_by": "kim"},
}
TRANSITIONS: dict[str, Callable[[Alarm], Alarm]] = {
    "repeat": lambda a: repeat(a, at=T1, value=3.0),
    "clear": lambda a: clear(a, at=T1),
    "acknowledge": lambda a: acknowledge(a, by="lee", at=T1),
    "close": lambda a: close(a, by="lee", at=T1, verdict=Verdict.REAL, note=""),
}
U, A, RU, RA, C = AlarmState
#: (kind, before, transition) → after; None = refused.
TABLE = [
    (FIRE, U, {"repeat": U, "clear": RU, "acknowledge": A, "close": C}),
    (FIRE, A, {"repeat": A, "clear": RA, "acknowledge": None, "close": C}),
    (FIRE, RU, {"repeat": U, "clear": None, "acknowledge": RA, "close": C}),
    (FIRE, RA, {"repeat": A, "clear": None, "acknowledge": None, "close": C}),
    (FIRE, C, dict.fromkeys(TRANSITIONS)),
    (FAULT, U, {"repeat": U, "clear": RU, "acknowledge": A, "close": C}),
    (FAULT, A, {"repeat": A, "clear": C, "acknowledge": None, "close": C}),
    (FAULT, RU, {"repeat": U, "clear": None, "acknowledge": C, "close": C}),
    (FAULT, C, dict.fromkeys(TRANSITIONS)),
]
CASES = [
    pytest.param(alarm, before, name, after, id=f"{alarm.kind}-{before}-{name}")
    for alarm, before, row in TABLE
    for name, after in row.items()
]


@pytest.mark.parametrize(("alarm", "before", "name", "after"), CASES)
def test_transition(alarm: Alarm, before: AlarmState, name: str, after: AlarmState | None) -> None:
    start = replace(alarm, **IN_STATE[before])
    assert start.state is before

    if after is None:
        with pytest.raises(AlarmStateError, match="alarm 7"):
            TRANSITIONS[name](start)
    else:
        assert TRANSITIONS[name](start).state is after


def test_acknowledging_twice_names_who_was_first_and_when() -> None:
    with pytest.raises(AlarmStateError, match=r"by kim at 2026-01-01T00:00"):
        acknowledge(replace(FIRE, **IN_STATE[A]), by="lee", at=T1)


def test_the_person_who_acknowledged_ends_a_recovered_fault() -> None:
    ended = clear(acknowledge(FAULT, by="kim", at=T0), at=T1)
    assert (ended.closed_by, ended.closed_at) == ("kim", T1)


def test_a_false_alarm_needs_its_cause() -> None:
    with pytest.raises(AlarmStateError, match="cause"):
        close(FIRE, by="kim", at=T1, verdict=Verdict.FALSE, note="  ")


def test_a_recovered_fire_still_counts_as_an_alarm_and_a_recovered_fault_does_not() -> None:
    assert clear(FIRE, at=T1).status is Status.ALARM
    assert clear(FAULT, at=T1).status is Status.NORMAL


def test_repeat_counts_and_keeps_the_latest_time() -> None:
    again = repeat(repeat(FIRE, at=T1, value=2.0), at=T0, value=1.0)
    assert (again.count, again.last_at, again.value) == (3, T1, 1.0)
