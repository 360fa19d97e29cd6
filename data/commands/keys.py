"""Commands on the keys of the HTTP way in; for admins."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.api_keys import ApiKey, KeyWish
from data.domain.words import Role
from data.live.wire import to_ms
from data.store import api_keys

ADMINS: Final = frozenset({Role.ADMIN})


class KeyCommands(Runner):
    """New keys, and the end of old ones."""

    def add_key(self, wish: KeyWish, actor: Actor) -> dict[str, Any]:
        """Make a key; the answer alone has it in the clear.

        A repeated click is not answered again, for the key is not kept: it is told that the name
        is in use.

        Raises
        ------
        NotAllowedError, KeyWishError, KeyNameTakenError
            If the actor is no admin, or such a key can't be made.
        """
        key, made = api_keys.new_key(), list[ApiKey]()

        def work(session: Session, now: datetime) -> Done:
            made.append(api_keys.add(session, wish, key, actor.name, now))
            return Done(after=key_as_json(made[0]))

        order = Order(
            replace(actor, key=""),
            "key.added",
            f"key:{wish.name}",
            body=wish_as_json(wish),
            roles=ADMINS,
        )
        told = self._run(order, work, lambda *_: key_as_json(made[0]))
        return {**told, "key": key}

    def revoke_key(self, key_id: int, actor: Actor, reason: str = "") -> dict[str, Any]:
        """Close a key for good; it takes effect within 2 s.

        Raises
        ------
        NotAllowedError, NotFoundError, KeyRevokedError
            If the actor is no admin, there is no such key, or it is closed already.
        """
        closed: list[ApiKey] = []

        def work(session: Session, now: datetime) -> Done:
            closed.append(api_keys.revoke(session, key_id, actor.name, now))
            return Done(before={"revoked_at": None}, after={"revoked_at": now.isoformat()})

        order = Order(actor, "key.revoked", f"key:{key_id}", reason, roles=ADMINS)
        return dict(self._run(order, work, lambda *_: key_as_json(closed[0])))


def wish_as_json(wish: KeyWish) -> dict[str, Any]:
    """Return what a key may do, as programs are told of it."""
    return {
        "name": wish.name,
        "scopes": sorted(wish.scopes),
        "communities": sorted(wish.communities),
        "kinds": sorted(wish.kinds),
        "rate_per_s": wish.rate_per_s,
    }


def key_as_json(key: ApiKey) -> dict[str, Any]:
    """Return a key as programs are told of it; times in Unix milliseconds."""
    return {
        "id": key.id,
        **wish_as_json(key),
        "created_at": to_ms(key.created_at),
        "created_by": key.created_by,
        "last_used_at": to_ms(key.last_used_at),
        "revoked_at": to_ms(key.revoked_at),
        "revoked_by": key.revoked_by,
    }
