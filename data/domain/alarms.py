"""The life of an alarm: raised × acknowledged × cleared, and closed by a person.

Follows ISA-18.2 / IEC 62682. Which of the states an alarm is in is derived from its times and never
stored. A fire is *latched*: the sensor's recovery clears it but only a person's verdict closes it;
every other alarm closes when it is both cleared and acknowledged, whichever comes last.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from data.domain.errors import AlarmStateError
from data.domain.words import STATUS_OF_ALARM, AlarmKind, Status, Verdict


class AlarmState(StrEnum):
    """Where an alarm is in its life."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    RETURNED_ACKNOWLEDGED = "returned_acknowledged"
    CLOSED = "closed"


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
    closed_at: datetime | None = None
    closed_by: str | None = None
    verdict: Verdict | None = None
    note: str | None = None
    incident_id: int | None = None

    @property
    def state(self) -> AlarmState:
        """The alarm's state, from its times."""
        if self.closed_at is not None:
            return AlarmState.CLOSED
        if self.cleared_at is None:
            return AlarmState.UNACKNOWLEDGED if self.acked_at is None else AlarmState.ACKNOWLEDGED
        if self.acked_at is None:
            return AlarmState.RETURNED_UNACKNOWLEDGED
        return AlarmState.RETURNED_ACKNOWLEDGED

    @property
    def latched(self) -> bool:
        """Whether only a person's verdict may close it."""
        return self.kind is AlarmKind.FIRE

    @property
    def status(self) -> Status:
        """What this alarm contributes to its device's status."""
        if self.closed_at is not None or (self.cleared_at is not None and not self.latched):
            return Status.NORMAL
        return STATUS_OF_ALARM[self.kind]


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
        raise AlarmStateError(
            f"alarm {alarm.id} was already cleared at {alarm.cleared_at.isoformat()}"
        )
    return _settle(replace(alarm, cleared_at=at), at)


def acknowledge(alarm: Alarm, *, by: str, at: datetime) -> Alarm:
    """Return the alarm as acknowledged by ``by``.

    Raises
    ------
    AlarmStateError
        If it is closed or was acknowledged before; the message says by whom and when.
    """
    _must_be_open(alarm, "acknowledged")
    if alarm.acked_at is not None:
        raise AlarmStateError(
            f"alarm {alarm.id} was already acknowledged by {alarm.acked_by}"
            f" at {alarm.acked_at.isoformat()}"
        )
    return _settle(replace(alarm, acked_at=at, acked_by=by), at)


def close(alarm: Alarm, *, by: str, at: datetime, verdict: Verdict, note: str) -> Alarm:
    """Return the alarm as closed with a verdict, acknowledged by ``by`` if it was not yet."""
    _must_be_open(alarm, "closed")
    if verdict is Verdict.FALSE and not note.strip():
        raise AlarmStateError("a false alarm needs its cause in the note")
    acked = alarm if alarm.acked_at is not None else replace(alarm, acked_at=at, acked_by=by)
    return replace(acked, closed_at=at, closed_by=by, verdict=verdict, note=note.strip() or None)


def _settle(alarm: Alarm, at: datetime) -> Alarm:
    if alarm.latched or alarm.cleared_at is None or alarm.acked_at is None:
        return alarm
    return replace(alarm, closed_at=at, closed_by=alarm.acked_by)


def _must_be_open(alarm: Alarm, verb: str) -> None:
    if alarm.closed_at is not None:
        raise AlarmStateError(
            f"alarm {alarm.id} can't be {verb}: {alarm.closed_by} closed it"
            f" at {alarm.closed_at.isoformat()}"
        )
