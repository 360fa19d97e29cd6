"""The life of an alarm as a full transition table: every state × every transition."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from data.domain import errors
from data.domain.alarms import (
    MAX_SHELF,
    Alarm,
    AlarmState,
    acknowledge,
    clear,
    close,
    confirm,
    put_back,
    release,
    repeat,
    shelf_is_over,
    shelve,
    suppress,
    take_out,
    unshelve,
)
from data.domain.words import AlarmKind, FalseCause, Status, Verdict

T0 = datetime(2026, 1, 1, tzinfo=UTC)
T1 = T0 + timedelta(minutes=1)
U, A, RU, RA, C, SHELVED, SUPPRESSED, OUT = AlarmState

FIRE = Alarm(7, "d", AlarmKind.FIRE, "smoke_fire", T0, T0, T0)
PREALARM = replace(FIRE, kind=AlarmKind.PREALARM, cause="smoke_high")
SURE = replace(PREALARM, confirmed_at=T0, confirmed_by="kim")
FAULT = replace(FIRE, kind=AlarmKind.FAULT, cause="battery_low")

CONDITIONS = {
    U: {},
    A: {"acked_at": T0, "acked_by": "kim"},
    RU: {"cleared_at": T0},
    RA: {"cleared_at": T0, "acked_at": T0, "acked_by": "kim"},
}
CLOSED = {"closed_at": T0, "closed_by": "kim"}
HOLDS = {
    SHELVED: {
        "shelved_at": T0,
        "shelved_until": T1,
        "shelved_by": "kim",
        "shelve_reason": "动火",
    },
    SUPPRESSED: {"suppressed_at": T0},
    OUT: {"out_of_service_at": T0},
}
TRANSITIONS: dict[str, Callable[[Alarm], Alarm]] = {
    "repeat": lambda a: repeat(a, at=T1, value=3.0),
    "clear": lambda a: clear(a, at=T1),
    "acknowledge": lambda a: acknowledge(a, by="lee", at=T1),
    "confirm": lambda a: confirm(a, by="lee", at=T1),
    "close": lambda a: close(a, by="lee", at=T1, verdict=Verdict.REAL, note="已扑灭"),
    "shelve": lambda a: shelve(a, by="lee", at=T1, until=T1 + timedelta(hours=1), reason="施工"),
    "unshelve": lambda a: unshelve(a, at=T1),
    "suppress": lambda a: suppress(a, at=T1),
    "release": lambda a: release(a, at=T1),
    "take_out": lambda a: take_out(a, at=T1),
    "put_back": lambda a: put_back(a, at=T1),
}
Outcome = AlarmState | type[errors.AlarmStateError]

CLEARED, ACKED = errors.AlreadyClearedError, errors.AlreadyAcknowledgedError
SHELF, STANDS = errors.AlreadyShelvedError, errors.FireStandsError
NOT_SHELVED, HELD = errors.NotShelvedError, errors.AlreadyHeldError
NOT_HELD, NO_FIRE = errors.NotHeldError, errors.NotAFireError
TWICE = errors.AlreadyConfirmedError

#: What the four transitions of devices and people do, by condition; the same for all kinds, but
#: for where an alarm that is no fire ends.
LATCHED: dict[AlarmState, dict[str, Outcome]] = {
    U: {"repeat": U, "clear": RU, "acknowledge": A},
    A: {"repeat": A, "clear": RA, "acknowledge": ACKED},
    RU: {"repeat": U, "clear": CLEARED, "acknowledge": RA},
    RA: {"repeat": A, "clear": CLEARED, "acknowledge": ACKED},
}
#: RA is no state of theirs: they have closed by then.
FREE: dict[AlarmState, dict[str, Outcome]] = {
    U: {"repeat": U, "clear": RU, "acknowledge": A},
    A: {"repeat": A, "clear": C, "acknowledge": ACKED},
    RU: {"repeat": U, "clear": CLEARED, "acknowledge": C},
}
NO_HOLD: dict[str, Outcome] = {
    "shelve": SHELVED,
    "unshelve": NOT_SHELVED,
    "suppress": SUPPRESSED,
    "release": NOT_HELD,
    "take_out": OUT,
    "put_back": NOT_HELD,
}
NEVER_HELD: dict[str, Outcome] = {
    "shelve": STANDS,
    "unshelve": NOT_SHELVED,
    "suppress": STANDS,
    "release": NOT_HELD,
    "take_out": STANDS,
    "put_back": NOT_HELD,
}
#: A hold and its own two transitions, and what a second hold shows as.
ON_HOLD: dict[AlarmState, dict[str, Outcome]] = {
    SHELVED: {"shelve": SHELF, "suppress": SUPPRESSED, "release": NOT_HELD}
    | {"take_out": OUT, "put_back": NOT_HELD},
    SUPPRESSED: {"shelve": SUPPRESSED, "unshelve": NOT_SHELVED, "suppress": HELD}
    | {"take_out": OUT, "put_back": NOT_HELD},
    OUT: {"shelve": OUT, "unshelve": NOT_SHELVED, "suppress": OUT, "release": NOT_HELD}
    | {"take_out": HELD},
}
ENDS = {SHELVED: "unshelve", SUPPRESSED: "release", OUT: "put_back"}


def sure(condition: AlarmState) -> AlarmState:
    """Where confirming leads: a person who is sure has seen it."""
    return A if condition in {U, A} else RA


def rows() -> list[tuple[Alarm, AlarmState, AlarmState | None, str, Outcome]]:
    """Return (alarm, its state, condition under a hold, transition, outcome) for all of them."""
    found: list[tuple[Alarm, AlarmState, AlarmState | None, str, Outcome]] = []
    for alarm, confirmed in ((FIRE, False), (SURE, True)):
        for condition, row in LATCHED.items():
            start = replace(alarm, **CONDITIONS[condition])
            last: Outcome = TWICE if confirmed else sure(condition)
            table = row | NEVER_HELD | {"close": C, "confirm": last}
            found += [(start, condition, None, name, after) for name, after in table.items()]
    for alarm, is_sign in ((PREALARM, True), (FAULT, False)):
        for condition, row in FREE.items():
            start = replace(alarm, **CONDITIONS[condition])
            last = sure(condition) if is_sign else NO_FIRE
            table = row | NO_HOLD | {"close": C, "confirm": last}
            found += [(start, condition, None, name, after) for name, after in table.items()]
        for hold, condition in product(HOLDS, CONDITIONS):
            start = replace(alarm, **CONDITIONS[condition], **HOLDS[hold])
            last = sure(condition) if is_sign else NO_FIRE
            held = {
                n: hold if isinstance(o, AlarmState) else o for n, o in LATCHED[condition].items()
            }
            freed: Outcome = C if condition is RA else condition
            table = held | ON_HOLD[hold] | {ENDS[hold]: freed, "close": C, "confirm": last}
            found += [(start, hold, condition, name, after) for name, after in table.items()]
    for alarm, condition in product((FIRE, SURE, PREALARM, FAULT), CONDITIONS):
        over = replace(alarm, **CONDITIONS[condition], **CLOSED)
        found += [(over, C, None, name, errors.AlarmClosedError) for name in TRANSITIONS]
    return found


CASES = [
    pytest.param(*row, id=f"{row[0].kind}-{row[1]}-{row[2] or ''}-{row[3]}-{number}")
    for number, row in enumerate(rows())
]


def test_the_table_is_full() -> None:
    by_start: dict[Alarm, set[str]] = {}
    for start, _, _, name, _ in rows():
        by_start.setdefault(start, set()).add(name)
    assert set(map(frozenset, by_start.values())) == {frozenset(TRANSITIONS)}
    assert len(by_start) == 2 * 4 + 2 * 3 + 2 * 12 + 4 * 4


@pytest.mark.parametrize(("start", "state", "condition", "name", "after"), CASES)
def test_transition(
    start: Alarm, state: AlarmState, condition: AlarmState | None, name: str, after: Outcome
) -> None:
    assert start.state is state
    if condition is not None:
        assert start.condition is condition

    if isinstance(after, AlarmState):
        assert TRANSITIONS[name](start).state is after
    else:
        with pytest.raises(after, match="alarm 7"):
            TRANSITIONS[name](start)


@pytest.mark.parametrize("hold", HOLDS)
def test_a_held_alarm_goes_on_counting_and_comes_back_as_what_it_has_become(
    hold: AlarmState,
) -> None:
    held = replace(FAULT, **HOLDS[hold])
    again = repeat(clear(acknowledge(held, by="lee", at=T1), at=T1), at=T1, value=None)
    assert (again.count, again.state, again.condition) == (2, hold, A)
    assert TRANSITIONS[ENDS[hold]](again).state is A


def test_who_was_first_is_named_and_given_as_data() -> None:
    with pytest.raises(ACKED, match=r"by kim at 2026-01-01T00:00") as caught:
        acknowledge(replace(FIRE, **CONDITIONS[A]), by="lee", at=T1)
    assert (caught.value.by, caught.value.at) == ("kim", T0)
    with pytest.raises(SHELF, match=r"by kim until 2026-01-01T00:01") as shelf:
        TRANSITIONS["shelve"](replace(FAULT, **HOLDS[SHELVED]))
    assert (shelf.value.by, shelf.value.at) == ("kim", T0)
    with pytest.raises(TWICE, match=r"by kim at 2026-01-01T00:00") as sure_twice:
        confirm(SURE, by="lee", at=T1)
    assert (sure_twice.value.by, sure_twice.value.at) == ("kim", T0)
    with pytest.raises(errors.AlarmClosedError, match="kim closed it") as over:
        acknowledge(replace(FIRE, **CLOSED), by="lee", at=T1)
    assert (over.value.by, over.value.at) == ("kim", T0)


def test_the_person_who_acknowledged_ends_a_recovered_fault() -> None:
    ended = clear(acknowledge(FAULT, by="kim", at=T0), at=T1)
    assert (ended.closed_by, ended.closed_at) == ("kim", T1)


def test_a_false_alarm_needs_its_cause() -> None:
    with pytest.raises(errors.CauseMissingError, match="cause"):
        close(FIRE, by="kim", at=T1, verdict=Verdict.FALSE, note="油烟")
    known = close(FIRE, by="kim", at=T1, verdict=Verdict.FALSE, note="", cause=FalseCause.COOKING)
    assert (known.false_cause, known.note) == (FalseCause.COOKING, None)


def test_a_real_alarm_needs_what_was_found() -> None:
    with pytest.raises(errors.FindingMissingError, match="found"):
        close(FIRE, by="kim", at=T1, verdict=Verdict.REAL, note="  ")
    assert close(FIRE, by="kim", at=T1, verdict=Verdict.REAL, note=" 已扑灭 ").note == "已扑灭"


def test_only_a_false_alarm_has_a_false_cause() -> None:
    real = close(FIRE, by="kim", at=T1, verdict=Verdict.REAL, note="已扑灭", cause=FalseCause.DUST)
    assert real.false_cause is None


def test_confirming_acknowledges_and_ends_every_hold() -> None:
    held = replace(PREALARM, **HOLDS[SHELVED], **HOLDS[SUPPRESSED], **HOLDS[OUT])
    fire = confirm(held, by="kim", at=T1)
    assert (fire.acked_by, fire.confirmed_by, fire.held, fire.latched) == (
        "kim",
        "kim",
        False,
        True,
    )
    assert clear(fire, at=T1).closed_at is None
    assert clear(fire, at=T1).status is Status.ALARM


def test_a_closed_alarm_is_held_by_nothing() -> None:
    held = replace(FAULT, **HOLDS[SHELVED], **HOLDS[SUPPRESSED], **HOLDS[OUT], chattering_at=T0)
    over = TRANSITIONS["close"](held)
    assert (over.held, over.chattering_at, over.shelve_reason) == (False, None, None)


@pytest.mark.parametrize(
    ("until", "reason", "error"),
    [
        (T0 + MAX_SHELF + timedelta(seconds=1), "施工", errors.ShelfTooLongError),
        (T0, "施工", errors.ShelfTooLongError),
        (T0 + MAX_SHELF, " ", errors.ReasonMissingError),
    ],
)
def test_a_shelf_has_a_reason_and_ends_within_a_shift(
    until: datetime, reason: str, error: type[errors.AlarmStateError]
) -> None:
    with pytest.raises(error):
        shelve(FAULT, by="kim", at=T0, until=until, reason=reason)


def test_a_shelf_is_over_at_its_time() -> None:
    shelved = shelve(FAULT, by="kim", at=T0, until=T1, reason="施工")
    assert not shelf_is_over(shelved, T1 - timedelta(seconds=1))
    assert shelf_is_over(shelved, T1)
    assert not shelf_is_over(replace(shelved, **CLOSED), T1)
    assert not shelf_is_over(FAULT, T1)


@pytest.mark.parametrize(
    ("alarm", "status"),
    [
        (replace(FIRE, cleared_at=T0), Status.ALARM),
        (replace(FAULT, cleared_at=T0), Status.NORMAL),
        (replace(FAULT, **CLOSED), Status.NORMAL),
        (SURE, Status.ALARM),
        (replace(FAULT, **HOLDS[SHELVED]), Status.DISABLED),
        (replace(FAULT, **HOLDS[OUT], cleared_at=T0), Status.DISABLED),
        (replace(PREALARM, **HOLDS[SUPPRESSED]), Status.PREALARM),
    ],
)
def test_status_of_a_device_with_this_alarm(alarm: Alarm, status: Status) -> None:
    assert alarm.status is status


def test_repeat_counts_and_keeps_the_latest_time() -> None:
    again = repeat(repeat(FIRE, at=T1, value=2.0), at=T0, value=1.0)
    assert (again.count, again.last_at, again.value) == (3, T1, 1.0)
