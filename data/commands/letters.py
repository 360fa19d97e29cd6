"""Commands on dead letters: discarding. ``data/feeds/replay.py`` replays them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.words import Role, Settled
from data.store import dead_letters

ADMINS = frozenset({Role.ADMIN})


class LetterCommands(Runner):
    """What an admin decides about messages that could not be taken."""

    def discard_letters(self, letter_ids: Sequence[int], actor: Actor) -> dict[str, Any]:
        """Say that some letters need nothing more; they stay to be looked at until they are old.

        Raises
        ------
        NotAllowedError
            If the actor is no admin.
        """
        done: list[int] = []
        ids = sorted(set(letter_ids))

        def work(session: Session, now: datetime) -> Done:
            settled = Settled.DISCARDED
            done.extend(i for i in ids if dead_letters.settle(session, i, settled, actor.name, now))
            return Done()

        order = Order(
            actor, "dead_letters.discarded", "dead_letters", body={"ids": ids}, roles=ADMINS
        )
        answer = self._run(order, work, lambda *_: {"discarded": list(done)})
        return dict(answer)
