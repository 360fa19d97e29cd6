"""On-delay and off-delay: a change is believed when it has lasted.

The device's own clock decides where readings go on coming; our clock where they don't, so that a
device that says once that its tank is empty and then nothing raises its alarm all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.domain.readings import Reading
from data.domain.rules import Finding, Rule


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that has begun and is not believed yet.

    ``since`` is by the device's clock, ``due`` by ours; ``message_id`` is the message that began
    it, by which its alarm can be raised only once.
    """

    on: bool
    since: datetime
    due: datetime
    message_id: str


Pendings = Mapping[str, Pending]


@dataclass(frozen=True, slots=True)
class Believed:
    """What is left of the findings, what still waits, and which message began what came true."""

    findings: tuple[Finding, ...]
    pending: dict[str, Pending]
    began_by: dict[str, str]


def believe(
    findings: tuple[Finding, ...],
    pending: Pendings,
    rules: tuple[Rule, ...],
    active: frozenset[str],
    reading: Reading,
) -> Believed:
    """Hold back what has not lasted yet; a finding that agrees with what is known ends its wait."""
    by_cause = {rule.cause: rule for rule in rules}
    waiting, passed, began = dict(pending), [], {}
    for found in findings:
        delay = _delay(by_cause.get(found.cause), on=found.on)
        before = waiting.pop(found.cause, None)
        if found.on is (found.cause in active) or delay is None:
            passed.append(found)
            continue
        if before is None or before.on is not found.on:
            before = _begin(found, reading, delay)
        if reading.measured_at - before.since >= delay:
            passed.append(found)
            began[found.cause] = before.message_id
        else:
            waiting[found.cause] = before
    return Believed(tuple(passed), waiting, began)


def without_delays(findings: tuple[Finding, ...], rules: tuple[Rule, ...]) -> tuple[Finding, ...]:
    """Return what a late message may still say: it can't tell how long anything lasted."""
    by_cause = {rule.cause: rule for rule in rules}
    return tuple(f for f in findings if _delay(by_cause.get(f.cause), on=f.on) is None)


def due(pending: Pendings, now: datetime) -> dict[str, Pending]:
    """Return what has lasted long enough by our clock."""
    return {cause: wait for cause, wait in pending.items() if wait.due <= now}


def next_due(pending: Pendings) -> datetime | None:
    """Return when the worker must look again."""
    return min((wait.due for wait in pending.values()), default=None)


def _begin(found: Finding, reading: Reading, delay: timedelta) -> Pending:
    return Pending(found.on, reading.measured_at, reading.received_at + delay, reading.message_id)


def _delay(rule: Rule | None, *, on: bool) -> timedelta | None:
    """Return how long a change must last; None: it is believed at once."""
    seconds = 0 if rule is None else rule.on_delay_s if on else rule.off_delay_s
    return timedelta(seconds=seconds) if seconds else None
