"""Errors of the domain; each names what was wrong in words for a person."""

from datetime import datetime
from enum import StrEnum


class Refusal(StrEnum):
    """Why a reading is refused, in the few words by which refusals are counted."""

    FORMAT = "format"
    CLOCK = "clock"
    VALUE = "value"
    DEVICE = "device"
    #: Its key may not report for this device.
    SCOPE = "scope"
    #: The database refuses it, whenever it is tried.
    FAILED = "failed"


class DomainError(ValueError):
    """Base class of the domain's errors."""


class ReadingError(DomainError):
    """A device's message breaks a rule (unknown value, clock, range)."""

    def __init__(self, message: str, reason: Refusal = Refusal.FORMAT) -> None:
        # A device may send halves of surrogate pairs, which no answer can carry back.
        super().__init__(message.encode("utf-8", "replace").decode())
        self.reason = reason


class AlarmStateError(DomainError):
    """A transition that the alarm's life does not allow; ``by`` and ``at`` say who was first."""

    def __init__(self, message: str, *, by: str | None = None, at: datetime | None = None) -> None:
        super().__init__(message)
        self.by = by
        self.at = at


class AlarmClosedError(AlarmStateError):
    """The alarm is over."""


class AlreadyAcknowledgedError(AlarmStateError):
    """Somebody else was first."""


class AlreadyClearedError(AlarmStateError):
    """The sensor had recovered before."""


class AlreadyConfirmedError(AlarmStateError):
    """The fire was confirmed before."""


class NotAFireError(AlarmStateError):
    """A fault or a supervisory signal can't be confirmed as a fire."""


class FireStandsError(AlarmStateError):
    """A fire can't be shelved, suppressed or taken out of service; only a verdict ends it."""


class AlreadyShelvedError(AlarmStateError):
    """The alarm lies on the shelf; ``by`` put it there."""


class NotShelvedError(AlarmStateError):
    """There is nothing to take off the shelf."""


class AlreadyHeldError(AlarmStateError):
    """The alarm is suppressed, or its device out of service, already."""


class NotHeldError(AlarmStateError):
    """The alarm is not suppressed, or its device not out of service."""


class AlreadyOutOfServiceError(AlarmStateError):
    """Somebody took the device out of service before."""


class InServiceError(AlarmStateError):
    """The device is in service: there is nothing to put back."""


class ReasonMissingError(AlarmStateError):
    """Why must be said: the reason of a shelf, what a note is about."""


class CauseMissingError(AlarmStateError):
    """A false alarm is closed with its cause."""


class FindingMissingError(AlarmStateError):
    """What was found must be said of a real alarm."""


class ShelfTooLongError(AlarmStateError):
    """A shelf is at most one shift long."""


class IncidentClosedError(AlarmStateError):
    """The incident is over, or was merged into another."""


class StageError(AlarmStateError):
    """The response does not reach this stage from where it is."""


class ResponseRunningError(AlarmStateError):
    """Somebody is still out there: the response is ended first, then the incident closed."""


class MergeError(AlarmStateError):
    """These incidents can't be merged, or this one not split so."""


class DutyCheckRunningError(AlarmStateError):
    """Somebody asked this duty room before, and it may still answer."""


class AlreadyRegisteredError(AlarmStateError):
    """Somebody said before which device this address is."""


class MisfitError(DomainError):
    """A device that this address can't be: of another kind, or taken."""


class KeyNameTakenError(AlarmStateError):
    """A key of this name is in use."""


class KeyRevokedError(AlarmStateError):
    """Somebody revoked the key before."""


class KeyWishError(DomainError):
    """A key that can't be made so."""


class LetterSettledError(AlarmStateError):
    """Somebody replayed or discarded the dead letter before."""


class RepeatedKeyError(DomainError):
    """One idempotency key was used for two different commands."""


class NotFoundError(DomainError):
    """Nothing has this id."""


class NotAllowedError(DomainError):
    """The role may not do this."""


class PhotoError(DomainError):
    """A file that can't be kept as a photo."""


class RuleError(DomainError):
    """Numbers that a rule may not have."""
