"""Keys of those who send over HTTP: what each may do, for whom, and how fast."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from data.domain.errors import KeyWishError
from data.domain.words import DeviceKind

MAX_NAME: Final = 64
#: Readings a second that a key may send unless somebody says otherwise.
RATE_PER_S: Final = 500
MAX_RATE_PER_S: Final = 100_000


class KeyScope(StrEnum):
    """What a key opens."""

    READINGS = "readings"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key to be made; empty sets of communities and kinds: all of them."""

    name: str
    scopes: frozenset[KeyScope] = frozenset({KeyScope.READINGS})
    communities: frozenset[str] = frozenset()
    kinds: frozenset[DeviceKind] = frozenset()
    #: Readings a second; None: as many as it likes.
    rate_per_s: int | None = RATE_PER_S


@dataclass(frozen=True, slots=True)
class ApiKey(KeyWish):
    """A key as it is kept: never the key itself."""

    id: int = field(kw_only=True)
    created_at: datetime = field(kw_only=True)
    created_by: str = field(kw_only=True)
    last_used_at: datetime | None = field(kw_only=True)
    revoked_at: datetime | None = field(kw_only=True)
    revoked_by: str | None = field(kw_only=True)

    @property
    def narrowed(self) -> bool:
        """Whether it may report for some devices only."""
        return bool(self.communities or self.kinds)

    def covers(self, community: str, kind: DeviceKind) -> bool:
        """Return whether it may report for a device of this kind in this community."""
        return (not self.communities or community in self.communities) and (
            not self.kinds or kind in self.kinds
        )


def check_wish(wish: KeyWish) -> KeyWish:
    """Return the wish if such a key can be made.

    Raises
    ------
    KeyWishError
        If its name is empty, too long or not printable, it opens nothing, or its rate is none.
    """
    name = wish.name
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise KeyWishError(f"a key's name has 1 to {MAX_NAME} printable characters")
    if not wish.scopes:
        raise KeyWishError("a key without a scope opens nothing")
    if wish.rate_per_s is not None and not 0 < wish.rate_per_s <= MAX_RATE_PER_S:
        raise KeyWishError(f"a key's rate is 1 to {MAX_RATE_PER_S} readings a second")
    return wish
