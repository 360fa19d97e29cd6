"""Argon2id hashes of passwords; an unknown account costs as much time as a wrong password."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: RFC 9106, second recommended choice with a smaller memory: 19 MiB, 2 passes (OWASP's minimum).
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """Return the Argon2id hash in its standard text form."""
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether the password fits; ``None`` (no such account) does the same work first."""
    known = password_hash is not None
    try:
        HASHER.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return known


#: The hash of a password that nobody knows, made with the same parameters.
_NOBODY = HASHER.hash(secrets.token_urlsafe(16))
