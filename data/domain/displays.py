"""Unattended screens: a code on the screen, entered by an admin, opens it for one place."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.domain.errors import DomainError, NotFoundError

#: Without letters and digits that are taken for one another.
ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
#: 31^8 codes: 40 bits, of which at most 200 are open, for admins alone to try.
CODE_LENGTH: Final = 8
CODE_LIFE: Final = timedelta(minutes=10)
#: Codes that wait at the same time: of one address, and of all.
OPEN_PER_ADDRESS: Final = 5
OPEN_AT_ALL: Final = 200
MAX_PLACE: Final = 60


class TooManyCodesError(DomainError):
    """So many screens wait already that no further code is given out."""


class CodeError(NotFoundError):
    """No screen waits with this code: mistyped, too old, or used."""


class PlaceError(DomainError):
    """A display hangs somewhere: a place of 1 to 60 characters."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A screen that shows its code; ``secret`` is in its cookie and is not kept."""

    secret: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Display:
    """A paired screen; without address and browser until it has fetched its session."""

    id: int
    name: str
    place: str
    paired_at: datetime
    address: str
    browser: str


def new_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """Return what somebody typed as a code: without blanks and hyphens, in capitals.

    Examples
    --------
    >>> read_code(" abcd-2345 ")
    'ABCD2345'
    """
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)


def check_place(place: str) -> str:
    """Return the name of a place without blanks around it.

    Raises
    ------
    PlaceError
        If there is none, or it is too long.
    """
    place = place.strip()
    if not 0 < len(place) <= MAX_PLACE:
        raise PlaceError(f"a display needs the name of its place, at most {MAX_PLACE} characters")
    return place
