"""What one reading does to what is known of its device: pure, the heart of the pipeline."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

from data.domain.alarms import (
    DEVICE,
    Action,
    Alarm,
    Step,
    chatter,
    clear,
    release,
    repeat,
    suppress,
)
from data.domain.chatter import chatters, flip_key, with_flips
from data.domain.delays import Believed, Pending, believe, due, without_delays
from data.domain.devices import device_status
from data.domain.readings import Reading
from data.domain.rules import RULES, Finding, Rules, covered, judge
from data.domain.words import AlarmKind, DeviceKind, Reported, Status

HASH_BYTES: Final = 8
#: Message ids remembered a device; a repeat that comes later than this many messages is old news
#: by its ``measured_at`` and can't raise the same alarm again (unique key of the alarm table).
REMEMBERED: Final = 32


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """What is remembered of a device between two messages (table ``device_state``)."""

    status: Status
    since: datetime
    stale: bool = False
    measured_at: datetime | None = None
    received_at: datetime | None = None
    values: dict[str, float] = field(default_factory=dict)
    recent: bytes = b""
    version: int = 0
    #: Changes that are not believed yet, by cause.
    pending: dict[str, Pending] = field(default_factory=dict)
    #: When each cause came and went lately.
    flips: dict[str, tuple[datetime, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewAlarm:
    """An alarm to be inserted; the database gives it its id."""

    kind: AlarmKind
    cause: str
    value: float | None
    raised_at: datetime
    received_at: datetime
    message_id: str
    chattering_at: datetime | None = None
    point_id: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of one reading: the new memory and what happens to the device's alarms.

    ``steps`` change open alarms, in order; one alarm may take several.
    """

    memory: DeviceMemory
    duplicate: bool = False
    raised: tuple[NewAlarm, ...] = ()
    steps: tuple[Step, ...] = ()


class _OpenAlarms:
    """The open alarms of the device, or of one part behind it, while one reading changes them."""

    def __init__(self, alarms: tuple[Alarm, ...], point_id: int | None = None) -> None:
        self.point_id = point_id
        self.by_cause = {alarm.cause: alarm for alarm in alarms if alarm.point_id == point_id}
        self.steps: list[Step] = []
        #: Causes that came or went.
        self.flipped: list[str] = []

    def take(self, action: Action, alarm: Alarm, at: datetime, reason: str = "") -> None:
        before = self.by_cause[alarm.cause]
        self.by_cause[alarm.cause] = alarm
        if alarm.closed_at is not None:
            del self.by_cause[alarm.cause]
        if (before.cleared_at is None) is not (alarm.cleared_at is None):
            self.flipped.append(alarm.cause)
        self.steps.append(Step(action, alarm, DEVICE, at, reason))


def message_hash(message_id: str) -> bytes:
    """Return the 8 bytes by which a message id is remembered."""
    return hashlib.blake2b(message_id.encode(), digest_size=HASH_BYTES).digest()


def is_remembered(recent: bytes, message_id: str) -> bool:
    """Return whether the message came before."""
    wanted = message_hash(message_id)
    return any(recent[i : i + HASH_BYTES] == wanted for i in range(0, len(recent), HASH_BYTES))


def take(
    memory: DeviceMemory,
    open_alarms: tuple[Alarm, ...],
    reading: Reading,
    *,
    kind: DeviceKind,
    disabled: bool,
    rules: Rules = RULES,
) -> Taken:
    """Apply one reading to its device.

    A repeated message changes nothing. A message older than the last one still raises a fire (a
    gateway may deliver late) but clears nothing and does not replace newer values. A device out
    of service raises nothing.
    """
    if reading.reported is Reported.ALIVE:
        return Taken(_heard(memory, reading))
    if is_remembered(memory.recent, reading.message_id):
        return Taken(memory, duplicate=True)
    late = memory.measured_at is not None and reading.measured_at < memory.measured_at
    known = _OpenAlarms(open_alarms, reading.point)
    active = frozenset(c for c, alarm in known.by_cause.items() if alarm.cleared_at is None)
    findings = judge(kind, reading.values, reading.reported, active, rules, reading.conditions)
    under = {} if late or disabled else covered(kind, reading.values, active, rules)
    if late:
        believed = Believed(without_delays(findings, rules[kind]), memory.pending, {})
    else:
        believed = believe(findings, memory.pending, rules[kind], active, reading)
    _release(known, under, reading)
    raised = () if disabled else _raised(believed, known.by_cause, reading, late=late)
    _repeat(known, believed.findings, reading)
    if not late:
        _clear(known, believed.findings, reading)
    _suppress(known, under, reading)
    memory = replace(
        _remember(memory, reading, late=late), pending=_waiting(believed, under, disabled=disabled)
    )
    return _with_chatter(memory, known, raised, reading.received_at)


def elapse(
    memory: DeviceMemory,
    open_alarms: tuple[Alarm, ...],
    *,
    kind: DeviceKind,
    disabled: bool,
    now: datetime,
    rules: Rules = RULES,
) -> Taken:
    """Believe what has lasted long enough by our clock, though no further reading has come."""
    over = due(memory.pending, now)
    known, raised = _OpenAlarms(open_alarms), []
    for rule in rules[kind]:
        wait, alarm = over.get(rule.cause), known.by_cause.get(rule.cause)
        if wait is None:
            continue
        value = memory.values.get(rule.value)
        if wait.on and alarm is None and not disabled:
            raised.append(NewAlarm(rule.kind, rule.cause, value, wait.due, now, wait.message_id))
        elif wait.on and alarm is not None and alarm.cleared_at is not None:
            known.take(Action.REPEATED, repeat(alarm, at=wait.due, value=value), now)
        elif not wait.on and alarm is not None and alarm.cleared_at is None:
            known.take(Action.CLEARED, clear(alarm, at=now), now)
    left = {cause: wait for cause, wait in memory.pending.items() if cause not in over}
    memory = replace(memory, pending=left, version=memory.version + 1)
    return _with_chatter(memory, known, tuple(raised), now)


def hush(memory: DeviceMemory, *, stale: bool) -> DeviceMemory:
    """Return the memory of a device that fell silent, or whose silence was none."""
    if memory.stale is stale:
        return memory
    return replace(memory, stale=stale, version=memory.version + 1)


def settle(
    memory: DeviceMemory, open_alarms: tuple[Alarm, ...], *, disabled: bool, at: datetime
) -> DeviceMemory:
    """Return the memory with the status that its alarms give it; ``since`` moves on a change."""
    status = device_status(open_alarms, stale=memory.stale, disabled=disabled)
    if status is memory.status:
        return memory
    return replace(memory, status=status, since=at)


def _raised(
    believed: Believed, by_cause: dict[str, Alarm], reading: Reading, *, late: bool
) -> tuple[NewAlarm, ...]:
    return tuple(
        NewAlarm(
            found.kind,
            found.cause,
            found.value,
            reading.measured_at,
            reading.received_at,
            believed.began_by.get(found.cause, reading.message_id),
            point_id=reading.point,
        )
        for found in believed.findings
        if found.on and found.cause not in by_cause and (not late or found.kind is AlarmKind.FIRE)
    )


def _waiting(believed: Believed, under: dict[str, bool], *, disabled: bool) -> dict[str, Pending]:
    """Return what goes on waiting: nothing that a fire covers, no alarm of a disabled device."""
    return {
        cause: wait
        for cause, wait in believed.pending.items()
        if not under.get(cause, False) and not (disabled and wait.on)
    }


def _with_chatter(
    memory: DeviceMemory, known: _OpenAlarms, raised: tuple[NewAlarm, ...], at: datetime
) -> Taken:
    """Count what came and went, and mark the alarms that do so too often."""
    causes = [*known.flipped, *(new.cause for new in raised)]
    if not causes:
        return Taken(memory, raised=raised, steps=tuple(known.steps))
    key = partial(flip_key, point_id=known.point_id)
    flips = with_flips(memory.flips, [key(cause) for cause in causes], at)
    for cause in set(causes):
        alarm = known.by_cause.get(cause)
        if alarm is not None and alarm.chattering_at is None and chatters(flips, key(cause)):
            known.take(Action.CHATTERING, chatter(alarm, at=at), at)
    marked = tuple(
        replace(new, chattering_at=at) if chatters(flips, key(new.cause)) else new for new in raised
    )
    return Taken(replace(memory, flips=flips), raised=marked, steps=tuple(known.steps))


def _repeat(known: _OpenAlarms, findings: tuple[Finding, ...], reading: Reading) -> None:
    """Only what is news counts: back after recovery, or said again by the device itself."""
    for found in findings:
        alarm = known.by_cause.get(found.cause)
        if alarm is None or not found.on:
            continue
        if alarm.cleared_at is not None or found.value is None:
            again = repeat(alarm, at=reading.measured_at, value=found.value)
            known.take(Action.REPEATED, again, again.last_at)


def _clear(known: _OpenAlarms, findings: tuple[Finding, ...], reading: Reading) -> None:
    for found in findings:
        alarm = known.by_cause.get(found.cause)
        if alarm is not None and not found.on and alarm.cleared_at is None:
            at = reading.received_at
            known.take(Action.CLEARED, clear(alarm, at=at), at)


def _release(known: _OpenAlarms, under: dict[str, bool], reading: Reading) -> None:
    """End what a fire of the same value suppressed, when that fire is on no more."""
    for cause, is_covered in under.items():
        alarm = known.by_cause.get(cause)
        if alarm is not None and alarm.suppressed_at is not None and not is_covered:
            at = reading.received_at
            known.take(Action.RELEASED, release(alarm, at=at), at)


def _suppress(known: _OpenAlarms, under: dict[str, bool], reading: Reading) -> None:
    """Suppress pre-alarms that a fire of the same value now covers; one thing, one alarm."""
    for cause, is_covered in under.items():
        alarm = known.by_cause.get(cause)
        if alarm is None or not is_covered or alarm.suppressed_at is not None or alarm.latched:
            continue
        at = reading.received_at
        known.take(Action.SUPPRESSED, suppress(alarm, at=at), at, "covered by a fire")


def _remember(memory: DeviceMemory, reading: Reading, *, late: bool) -> DeviceMemory:
    recent = (memory.recent + message_hash(reading.message_id))[-REMEMBERED * HASH_BYTES :]
    memory = replace(_heard(memory, reading), recent=recent)
    if late:
        return memory
    return replace(
        memory, measured_at=reading.measured_at, values={**memory.values, **reading.values}
    )


def _heard(memory: DeviceMemory, reading: Reading) -> DeviceMemory:
    """Remember that the device is there."""
    received_at = reading.received_at
    if memory.received_at is not None:
        received_at = max(received_at, memory.received_at)
    return replace(memory, received_at=received_at, stale=False, version=memory.version + 1)
