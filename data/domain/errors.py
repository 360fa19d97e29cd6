"""Errors of the domain; each names what was wrong in words for a person."""


class DomainError(ValueError):
    """Base class of the domain's errors."""


class ReadingError(DomainError):
    """A device's message breaks a rule (unknown value, clock, range)."""


class AlarmStateError(DomainError):
    """A transition that the alarm's life does not allow."""


class NotFoundError(DomainError):
    """Nothing has this id."""


class NotAllowedError(DomainError):
    """The role may not do this."""
