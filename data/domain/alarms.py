"""The life of an alarm: raised × acknowledged × cleared, held back, and closed by a person.

Follows ISA-18.2 / IEC 62682. Which of the states an alarm is in is derived from its times and never
stored. A fire is *latched*: the sensor's recovery clears it but only a person's verdict closes it;
every other alarm closes when it is both cleared and acknowledged, whichever comes last.

An alarm may be *held*: shelved by a person for at most a shift, suppressed by design while a worse
alarm of the same value stands, or out of service with its device. A held alarm goes on counting
and does not close by itself; what it has become shows when the hold ends. A fire is never held.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from data.domain.errors import (
    AlarmClosedError,
    AlreadyAcknowledgedError,
    AlreadyClearedError,
    AlreadyConfirmedError,
    AlreadyHeldError,
    AlreadyShelvedError,
    CauseMissingError,
    FindingMissingError,
    FireStandsError,
    NotAFireError,
    NotHeldError,
    NotShelvedError,
    ReasonMissingError,
    ShelfTooLongError,
)
from data.domain.words import STATUS_OF_ALARM, AlarmKind, FalseCause, Status, Verdict

#: One shift: whoever comes next sees the alarm again and decides anew.
MAX_SHELF: Final = timedelta(hours=8)
#: A person may confirm these as a fire; a fault or a supervisory signal is no sign of one.
CONFIRMABLE: Final = frozenset({AlarmKind.FIRE, AlarmKind.PREALARM})
#: Who ends a shelf or a delay whose time is over, and whose readings raise and clear alarms.
SYSTEM: Final = "system"
DEVICE: Final = "device"


class AlarmState(StrEnum):
    """Where an alarm is in its life; the last three only while it is open."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    RETURNED_ACKNOWLEDGED = "returned_acknowledged"
    CLOSED = "closed"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class Action(StrEnum):
    """What happened to an alarm, as its history says it."""

    RAISED = "raised"
    REPEATED = "repeated"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    SUPPRESSED = "suppressed"
    RELEASED = "released"
    OUT_OF_SERVICE = "out_of_service"
    BACK_IN_SERVICE = "back_in_service"
    CHATTERING = "chattering"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm of one device for one cause; all times are UTC."""

    id: int
    device_id: str
    kind: AlarmKind
    cause: str
    raised_at: datetime
    received_at: datetime
    last_at: datetime
    count: int = 1
    value: float | None = None
    cleared_at: datetime | None = None
    acked_at: datetime | None = None
    acked_by: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    verdict: Verdict | None = None
    false_cause: FalseCause | None = None
    note: str | None = None
    incident_id: int | None = None
    shelved_at: datetime | None = None
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    shelve_reason: str | None = None
    suppressed_at: datetime | None = None
    out_of_service_at: datetime | None = None
    chattering_at: datetime | None = None
    #: The part behind the device that raised it, where that is no device of its own.
    point_id: int | None = None

    @property
    def state(self) -> AlarmState:
        """The alarm's state, from its times; a hold covers what lies under it."""
        if self.closed_at is not None:
            return AlarmState.CLOSED
        if self.out_of_service_at is not None:
            return AlarmState.OUT_OF_SERVICE
        if self.suppressed_at is not None:
            return AlarmState.SUPPRESSED
        if self.shelved_until is not None:
            return AlarmState.SHELVED
        return self.condition

    @property
    def condition(self) -> AlarmState:
        """What an open alarm is under its hold: acknowledged × cleared."""
        if self.cleared_at is None:
            return AlarmState.UNACKNOWLEDGED if self.acked_at is None else AlarmState.ACKNOWLEDGED
        if self.acked_at is None:
            return AlarmState.RETURNED_UNACKNOWLEDGED
        return AlarmState.RETURNED_ACKNOWLEDGED

    @property
    def latched(self) -> bool:
        """Whether only a person's verdict may close it."""
        return self.kind is AlarmKind.FIRE or self.confirmed_at is not None

    @property
    def held(self) -> bool:
        """Whether it is kept back from closing by itself."""
        return any((self.shelved_until, self.suppressed_at, self.out_of_service_at))

    @property
    def status(self) -> Status:
        """What this alarm contributes to its device's status."""
        if self.closed_at is not None:
            return Status.NORMAL
        if self.latched:
            return Status.ALARM
        if self.shelved_until is not None or self.out_of_service_at is not None:
            return Status.DISABLED
        return Status.NORMAL if self.cleared_at is not None else STATUS_OF_ALARM[self.kind]


@dataclass(frozen=True, slots=True)
class Step:
    """One transition: what the alarm became, by whom, when and why."""

    action: Action
    alarm: Alarm
    actor: str
    at: datetime
    reason: str = ""


def repeat(alarm: Alarm, *, at: datetime, value: float | None) -> Alarm:
    """Return the alarm with one more report of the same abnormal thing.

    A report after the sensor had recovered makes a still open alarm active again.
    """
    _must_be_open(alarm, "repeated")
    return replace(
        alarm, count=alarm.count + 1, last_at=max(at, alarm.last_at), value=value, cleared_at=None
    )


def clear(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm after its sensor recovered; an acknowledged one that is no fire closes."""
    _must_be_open(alarm, "cleared")
    if alarm.cleared_at is not None:
        raise AlreadyClearedError(
            f"alarm {alarm.id} was already cleared at {alarm.cleared_at.isoformat()}",
            at=alarm.cleared_at,
        )
    return _settle(replace(alarm, cleared_at=at), at)


def acknowledge(alarm: Alarm, *, by: str, at: datetime) -> Alarm:
    """Return the alarm as acknowledged by ``by``.

    Raises
    ------
    AlarmClosedError, AlreadyAcknowledgedError
        The message says by whom and when.
    """
    _must_be_open(alarm, "acknowledged")
    if alarm.acked_at is not None:
        raise AlreadyAcknowledgedError(
            f"alarm {alarm.id} was already acknowledged by {alarm.acked_by}"
            f" at {alarm.acked_at.isoformat()}",
            by=alarm.acked_by,
            at=alarm.acked_at,
        )
    return _settle(_acked(alarm, by, at), at)


def confirm(alarm: Alarm, *, by: str, at: datetime) -> Alarm:
    """Return the alarm as a fire that a person is sure of: latched, acknowledged, held by nothing.

    Raises
    ------
    AlarmClosedError, NotAFireError, AlreadyConfirmedError
        The message says by whom and when.
    """
    _must_be_open(alarm, "confirmed")
    if alarm.kind not in CONFIRMABLE:
        raise NotAFireError(f"alarm {alarm.id} is a {alarm.kind}, which is no sign of a fire")
    if alarm.confirmed_at is not None:
        raise AlreadyConfirmedError(
            f"alarm {alarm.id} was already confirmed by {alarm.confirmed_by}"
            f" at {alarm.confirmed_at.isoformat()}",
            by=alarm.confirmed_by,
            at=alarm.confirmed_at,
        )
    return replace(_acked(_free(alarm), by, at), confirmed_at=at, confirmed_by=by)


def close(
    alarm: Alarm,
    *,
    by: str,
    at: datetime,
    verdict: Verdict,
    note: str,
    cause: FalseCause | None = None,
) -> Alarm:
    """Return the alarm as closed with a verdict, acknowledged by ``by`` if it was not yet.

    It is held by nothing from then on.

    Raises
    ------
    AlarmClosedError, CauseMissingError, FindingMissingError
        If somebody closed it before, or the verdict does not say enough (:func:`must_say`).
    """
    _must_be_open(alarm, "closed")
    must_say(verdict, cause, note)
    return replace(
        _acked(_free(alarm), by, at),
        closed_at=at,
        closed_by=by,
        verdict=verdict,
        false_cause=cause if verdict is Verdict.FALSE else None,
        note=note.strip() or None,
    )


def must_say(verdict: Verdict, cause: FalseCause | None, note: str) -> None:
    """Raise if a verdict does not say enough: a false one its cause, a real one what was found.

    Raises
    ------
    CauseMissingError, FindingMissingError
        The same for an alarm and for an incident.
    """
    if verdict is Verdict.FALSE and cause is None:
        raise CauseMissingError("a false alarm needs its cause")
    if verdict is Verdict.REAL and not note.strip():
        raise FindingMissingError("a real alarm needs what was found")


def shelve(alarm: Alarm, *, by: str, at: datetime, until: datetime, reason: str) -> Alarm:
    """Return the alarm put aside until a time, at most one shift away.

    Raises
    ------
    AlarmClosedError, FireStandsError, AlreadyShelvedError, ReasonMissingError, ShelfTooLongError
        A fire is never shelved: see ``docs/adr/0007``.
    """
    _must_be_open(alarm, "shelved")
    _must_be_no_fire(alarm, "shelved")
    if alarm.shelved_until is not None:
        raise AlreadyShelvedError(
            f"alarm {alarm.id} was already shelved by {alarm.shelved_by}"
            f" until {alarm.shelved_until.isoformat()}",
            by=alarm.shelved_by,
            at=alarm.shelved_at,
        )
    if not reason.strip():
        raise ReasonMissingError("a shelf needs its reason")
    if not at < until <= at + MAX_SHELF:
        raise ShelfTooLongError(f"a shelf ends within {MAX_SHELF.total_seconds() / 3600:g} hours")
    return replace(
        alarm, shelved_at=at, shelved_until=until, shelved_by=by, shelve_reason=reason.strip()
    )


def unshelve(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm taken off the shelf, by a person or because its time is over."""
    _must_be_open(alarm, "unshelved")
    if alarm.shelved_until is None:
        raise NotShelvedError(f"alarm {alarm.id} is not shelved")
    return _settle(_off_shelf(alarm), at)


def shelf_is_over(alarm: Alarm, now: datetime) -> bool:
    """Return whether an open alarm's time on the shelf has ended."""
    if alarm.closed_at is not None or alarm.shelved_until is None:
        return False
    return alarm.shelved_until <= now


def suppress(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm suppressed by design: a worse one of the same value stands."""
    _must_be_open(alarm, "suppressed")
    _must_be_no_fire(alarm, "suppressed")
    if alarm.suppressed_at is not None:
        raise AlreadyHeldError(f"alarm {alarm.id} is suppressed already", at=alarm.suppressed_at)
    return replace(alarm, suppressed_at=at)


def release(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm that is suppressed no more."""
    _must_be_open(alarm, "released")
    if alarm.suppressed_at is None:
        raise NotHeldError(f"alarm {alarm.id} is not suppressed")
    return _settle(replace(alarm, suppressed_at=None), at)


def take_out(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm of a device that is taken out of service."""
    _must_be_open(alarm, "taken out of service")
    _must_be_no_fire(alarm, "taken out of service")
    if alarm.out_of_service_at is not None:
        raise AlreadyHeldError(
            f"alarm {alarm.id} is out of service already", at=alarm.out_of_service_at
        )
    return replace(alarm, out_of_service_at=at)


def put_back(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm of a device that is back in service."""
    _must_be_open(alarm, "put back")
    if alarm.out_of_service_at is None:
        raise NotHeldError(f"alarm {alarm.id} is not out of service")
    return _settle(replace(alarm, out_of_service_at=None), at)


def chatter(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm as one that comes and goes; it stays one row until it has been calm."""
    _must_be_open(alarm, "marked as chattering")
    if alarm.chattering_at is not None:
        raise AlreadyHeldError(f"alarm {alarm.id} chatters already", at=alarm.chattering_at)
    return replace(alarm, chattering_at=at)


def calm(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm that has stopped coming and going."""
    _must_be_open(alarm, "calmed")
    if alarm.chattering_at is None:
        raise NotHeldError(f"alarm {alarm.id} does not chatter")
    return _settle(replace(alarm, chattering_at=None), at)


def _acked(alarm: Alarm, by: str, at: datetime) -> Alarm:
    return alarm if alarm.acked_at is not None else replace(alarm, acked_at=at, acked_by=by)


def _off_shelf(alarm: Alarm) -> Alarm:
    return replace(alarm, shelved_at=None, shelved_until=None, shelved_by=None, shelve_reason=None)


def _free(alarm: Alarm) -> Alarm:
    return replace(
        _off_shelf(alarm), suppressed_at=None, out_of_service_at=None, chattering_at=None
    )


def _settle(alarm: Alarm, at: datetime) -> Alarm:
    if alarm.latched or alarm.held or alarm.chattering_at is not None:
        return alarm
    if alarm.cleared_at is None or alarm.acked_at is None:
        return alarm
    return replace(alarm, closed_at=at, closed_by=alarm.acked_by)


def _must_be_open(alarm: Alarm, verb: str) -> None:
    if alarm.closed_at is not None:
        raise AlarmClosedError(
            f"alarm {alarm.id} can't be {verb}: {alarm.closed_by} closed it"
            f" at {alarm.closed_at.isoformat()}",
            by=alarm.closed_by,
            at=alarm.closed_at,
        )


def _must_be_no_fire(alarm: Alarm, verb: str) -> None:
    if alarm.latched:
        raise FireStandsError(f"alarm {alarm.id} is a fire and can't be {verb}: give a verdict")
