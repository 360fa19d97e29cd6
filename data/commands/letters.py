"""Commands on dead letters; for admins. Replaying them needs the ways in: ``data.feeds.replay``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.words import Role, Settled
from data.store import dead_letters

#: Letters of one command.
MAX_LETTERS: Final = 200
ADMINS: Final = frozenset({Role.ADMIN})


class LetterCommands(Runner):
    """What becomes of messages that could not be taken."""

    def discard_letters(
        self, letter_ids: Sequence[int], actor: Actor, reason: str = ""
    ) -> dict[str, Any]:
        """Let some go; those that somebody settled before are passed over.

        Raises
        ------
        NotAllowedError
            If the actor is no admin.
        """
        ids = sorted(set(letter_ids))
        gone: list[int] = []

        def work(session: Session, now: datetime) -> Done:
            gone.extend(
                one
                for one in ids
                if dead_letters.settle(session, one, Settled.DISCARDED, actor.name, now)
            )
            return Done(after={"discarded": gone})

        body = {"ids": ids}
        order = Order(actor, "letters.discarded", "dead-letters", reason, body, ADMINS)
        return dict(self._run(order, work, lambda *_: {"discarded": gone}))
