"""Accounts and what their roles may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.domain.errors import DomainError
from data.domain.rights import Right, may
from data.domain.words import Role

#: A person's session ends this long after the last use; a display's never.
SESSION_LIFE: Final = timedelta(hours=12)
#: The end is moved in SQL at most this often, not at every request.
SESSION_RENEWAL: Final = timedelta(minutes=15)
MIN_PASSWORD_LENGTH: Final = 10
MAX_PASSWORD_LENGTH: Final = 200


class PasswordError(DomainError):
    """A new password that is too short or too long."""


class AccountExistsError(DomainError):
    """The name of a new account is taken."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is listed; the password's hash stays in the repository."""

    id: int
    name: str
    role: Role
    label: str
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sent a request: the account behind a valid session."""

    user_id: int
    name: str
    label: str
    role: Role
    token_hash: str
    csrf: str
    expires_at: datetime | None

    def may(self, right: Right) -> bool:
        """Return whether this account has a right."""
        return may(self.role, right)


@dataclass(frozen=True, slots=True)
class SessionView:
    """One open session, for listing."""

    token_hash: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    address: str
    browser: str


def session_end(role: Role, now: datetime) -> datetime | None:
    """Return when a session that is used at ``now`` ends; ``None`` for a display: never."""
    return None if role is Role.DISPLAY else now + SESSION_LIFE


def needs_renewal(signed_in: SignedIn, now: datetime) -> bool:
    """Return whether the stored end lies so far behind the true one that it is worth a write."""
    end = session_end(signed_in.role, now)
    if signed_in.expires_at is None or end is None:
        return False
    return end - signed_in.expires_at >= SESSION_RENEWAL


def check_password(password: str) -> str:
    """Return the password if its length is acceptable.

    Raises
    ------
    PasswordError
        If it has fewer than 10 or more than 200 characters.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise PasswordError(f"a password needs at least {MIN_PASSWORD_LENGTH} characters")
    if len(password) > MAX_PASSWORD_LENGTH:
        raise PasswordError(f"a password may have at most {MAX_PASSWORD_LENGTH} characters")
    return password
