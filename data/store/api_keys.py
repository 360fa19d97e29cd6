"""Keys of the HTTP way in; what is kept of a key is its hash, what opens is the key alone."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from data.domain.api_keys import ApiKey, KeyScope, KeyWish, check_wish
from data.domain.errors import KeyNameTakenError, KeyRevokedError, KeyWishError, NotFoundError
from data.domain.words import DeviceKind
from data.store.models import ApiKeyRow, Community, Device

#: 256 random bits: nobody guesses them, so no slow hash is needed.
KEY_BYTES: Final = 32
#: Device ids that one query asks for.
IDS_TOGETHER: Final = 1000


def new_key() -> str:
    """Return a random key."""
    return secrets.token_urlsafe(KEY_BYTES)


def hash_of(key: str) -> str:
    """Return the SHA-256 by which a key is kept."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def add(session: Session, wish: KeyWish, key: str, by: str, at: datetime) -> ApiKey:
    """Keep a new key.

    Raises
    ------
    KeyWishError, KeyNameTakenError
        If it can't be made so, a community is unknown, or a key in use has the name.
    """
    check_wish(wish)
    known = session.scalars(select(Community.code).where(Community.code.in_(wish.communities)))
    if unknown := sorted(wish.communities - set(known)):
        raise KeyWishError(f"there is no community {unknown[0]!r}")
    other = in_use(session, wish.name)
    if other is not None:
        said = f"a key named {wish.name!r} is in use"
        raise KeyNameTakenError(said, by=other.created_by, at=other.created_at)
    row = ApiKeyRow(
        name=wish.name,
        key_hash=hash_of(key),
        scopes=sorted(wish.scopes),
        communities=sorted(wish.communities),
        kinds=sorted(wish.kinds),
        rate_per_s=wish.rate_per_s,
        created_at=at,
        created_by=by,
    )
    session.add(row)
    session.flush()
    return _key(row)


def every(session: Session) -> list[ApiKey]:
    """Return all keys, those in use first, by name."""
    rows = session.scalars(
        select(ApiKeyRow).order_by(ApiKeyRow.revoked_at.is_not(None), ApiKeyRow.name, ApiKeyRow.id)
    )
    return [_key(row) for row in rows]


def hashes(session: Session) -> list[tuple[str, ApiKey]]:
    """Return the keys in use, each with its hash."""
    rows = session.scalars(select(ApiKeyRow).where(ApiKeyRow.revoked_at.is_(None)))
    return [(row.key_hash, _key(row)) for row in rows]


def in_use(session: Session, name: str) -> ApiKey | None:
    """Return the key in use of this name."""
    row = session.scalar(
        select(ApiKeyRow).where(ApiKeyRow.name == name, ApiKeyRow.revoked_at.is_(None))
    )
    return None if row is None else _key(row)


def is_kept(session: Session, key: str) -> bool:
    """Return whether this key was ever kept, in use or revoked."""
    found = session.scalar(select(ApiKeyRow.id).where(ApiKeyRow.key_hash == hash_of(key)))
    return found is not None


def matching(given: str, known: Iterable[tuple[str, ApiKey]]) -> ApiKey | None:
    """Return the key that was given; each is compared in full, so that time tells nothing."""
    wanted = hash_of(given)
    found = [key for hashed, key in known if hmac.compare_digest(hashed, wanted)]
    return found[0] if found else None


def revoke(session: Session, key_id: int, by: str, at: datetime) -> ApiKey:
    """Close a key for good.

    Raises
    ------
    NotFoundError, KeyRevokedError
        If there is none, or it is closed already.
    """
    row = session.get(ApiKeyRow, key_id, with_for_update=True)
    if row is None:
        raise NotFoundError(f"there is no key {key_id}")
    if row.revoked_at is not None:
        said = f"the key {row.name!r} was revoked before"
        raise KeyRevokedError(said, by=row.revoked_by, at=row.revoked_at)
    row.revoked_at, row.revoked_by = at, by
    session.flush()
    return _key(row)


def used(session: Session, key_id: int, at: datetime) -> None:
    """Note when a key was used last."""
    session.execute(
        update(ApiKeyRow)
        .where(
            ApiKeyRow.id == key_id,
            or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at < at),
        )
        .values(last_used_at=at)
        .execution_options(synchronize_session=False)
    )


def not_covered(session: Session, key: ApiKey, device_ids: Iterable[str]) -> set[str]:
    """Return the devices among some for which a key may not report; unknown ones are not said."""
    ids = sorted(set(device_ids))
    outside: set[str] = set()
    for at in range(0, len(ids), IDS_TOGETHER):
        rows: Any = session.execute(
            select(Device.id, Device.community_code, Device.kind).where(
                Device.id.in_(ids[at : at + IDS_TOGETHER])
            )
        )
        outside |= {row.id for row in rows if not key.covers(row.community_code, row.kind)}
    return outside


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        name=row.name,
        scopes=frozenset(map(KeyScope, row.scopes)),
        communities=frozenset(row.communities),
        kinds=frozenset(map(DeviceKind, row.kinds)),
        rate_per_s=row.rate_per_s,
        id=row.id,
        created_at=row.created_at,
        created_by=row.created_by,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
