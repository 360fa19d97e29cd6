"""Commands on displays; for admins."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.displays import Display
from data.domain.words import Role
from data.live.wire import to_ms
from data.store import displays

ADMINS: Final = frozenset({Role.ADMIN})


class DisplayCommands(Runner):
    """Screens that are let in, and shut out."""

    def pair_display(self, code: str, place: str, actor: Actor) -> dict[str, Any]:
        """Open the screen that shows this code for one place; read only, without an end.

        Raises
        ------
        NotAllowedError, PlaceError, CodeError
            If the actor is no admin, the place has no name, or no screen waits with this code.
        """
        made: list[Display] = []

        def work(session: Session, now: datetime) -> Done:
            made.append(displays.pair(session, code, place, now))
            return Done(after={"name": made[0].name, "place": made[0].place})

        # The code is no part of what is kept: it may have been mistyped by one letter.
        order = Order(actor, "display.paired", "display", body={"place": place[:80]}, roles=ADMINS)
        return dict(self._run(order, work, lambda *_: as_json(made[0])))

    def revoke_display(self, display_id: int, actor: Actor, reason: str = "") -> dict[str, Any]:
        """Shut a display out; its open streams end within 2 s.

        Raises
        ------
        NotAllowedError, NotFoundError
            If the actor is no admin, or there is no such display.
        """
        gone: list[Display] = []

        def work(session: Session, now: datetime) -> Done:
            gone.append(displays.revoke(session, display_id, now))
            return Done(before={"place": gone[0].place}, after={"revoked_at": now.isoformat()})

        order = Order(actor, "display.revoked", f"display:{display_id}", reason, roles=ADMINS)
        return dict(self._run(order, work, lambda *_: as_json(gone[0])))


def as_json(display: Display) -> dict[str, Any]:
    """Return a display as programs are told of it; times in Unix milliseconds."""
    return {**asdict(display), "paired_at": to_ms(display.paired_at)}
