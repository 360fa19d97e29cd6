"""Errors of the domain; each names what was wrong in words for a person."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a reading is refused, in the few words by which refusals are counted."""

    FORMAT = "format"
    CLOCK = "clock"
    VALUE = "value"
    DEVICE = "device"


class DomainError(ValueError):
    """Base class of the domain's errors."""


class ReadingError(DomainError):
    """A device's message breaks a rule (unknown value, clock, range)."""

    def __init__(self, message: str, reason: Refusal = Refusal.FORMAT) -> None:
        super().__init__(message)
        self.reason = reason


class AlarmStateError(DomainError):
    """A transition that the alarm's life does not allow."""


class NotFoundError(DomainError):
    """Nothing has this id."""


class NotAllowedError(DomainError):
    """The role may not do this."""
