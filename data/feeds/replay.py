"""Taking a message that was set aside once more: after a device was registered, a table mended."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands import Actor
from data.domain.errors import DomainError, NotAllowedError, ReadingError
from data.domain.readings import check_reading
from data.domain.words import Role, Settled, Way
from data.feeds import gb26875 as gb
from data.feeds.decode import BodyError, decode_item, parse_body
from data.feeds.transmitters.intake import Intake, Received, Verdict
from data.feeds.transmitters.translate import translate
from data.pipeline import Pipeline
from data.store import dead_letters, registration
from data.store.database import Database
from data.store.models import Audit, DeadLetter

#: Letters that one command takes.
MAX_TOGETHER: Final = 200
#: The topic of one device's readings names the device.
_TOPIC: Final = re.compile(r"xintang/v1/(?P<device>[^/]+)/reading")


class Fate(StrEnum):
    """What a replay did with one letter."""

    REPLAYED = "replayed"
    #: Still not what can be taken: it stays where it is.
    REFUSED = "refused"
    #: Somebody replayed or discarded it before, or it gave its place to newer ones.
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one letter, and why it was refused."""

    id: int
    fate: Fate
    error: str = ""


class _GoneError(DomainError):
    """Somebody settled the letter meanwhile; nothing of it is taken."""


@dataclass(frozen=True, slots=True)
class _Letter:
    id: int
    way: Way
    source: str
    received_at: datetime
    raw: bytes


class Replay:
    """Takes letters through the way that they came; each by itself."""

    def __init__(self, database: Database, pipeline: Pipeline, now: Callable[[], datetime]) -> None:
        self._database = database
        self._pipeline = pipeline
        self._now = now

    def replay(self, letter_ids: Sequence[int], actor: Actor) -> list[Replayed]:
        """Take some letters once more, the oldest first; what they say has one effect at most.

        Raises
        ------
        NotAllowedError
            If the actor is no admin.
        sqlalchemy.exc.SQLAlchemyError
            If the database is away; the letters before are done with.
        """
        if actor.role is not Role.ADMIN:
            raise NotAllowedError(f"the role {actor.role} may not do this")
        return [self._one(letter_id, actor) for letter_id in sorted(set(letter_ids))]

    def _one(self, letter_id: int, actor: Actor) -> Replayed:
        with self._database.reading() as session:
            row = dead_letters.get(session, letter_id)
            letter = None if row is None or row.settled_at is not None else _letter(row)
        if letter is None:
            return Replayed(letter_id, Fate.GONE)
        try:
            if letter.way is Way.GB26875:
                self._take_frame(letter, actor)
            else:
                self._take_items(letter, actor)
        except _GoneError:
            return Replayed(letter_id, Fate.GONE)
        except (BodyError, DomainError, gb.CodecError) as error:
            return Replayed(letter_id, Fate.REFUSED, str(error))
        return Replayed(letter_id, Fate.REPLAYED)

    def _take_items(self, letter: _Letter, actor: Actor) -> None:
        """Take the items and settle the letter in one transaction; one bad item refuses all."""
        readings = [check_reading(decode_item(item, letter.received_at)) for item in _items(letter)]
        with self._database.reading() as session:
            unknown = registration.unknown(session, {r.device_id for r in readings})
        if unknown:
            raise ReadingError(f"unknown device {min(unknown)!r}")
        self._pipeline.ingest(readings, lambda session: self._settle(session, letter, actor))

    def _take_frame(self, letter: _Letter, actor: Actor) -> None:
        """Take a frame, then settle its letter: the same frame twice has no second effect."""
        received = Received(translate(gb.decode_frame(letter.raw)), letter.received_at)
        taken = Intake(self._database, self._pipeline, self._now).take([received])
        if taken.verdicts[0] is Verdict.DENY:
            raise ReadingError("nobody registered this transmitter")
        if taken.outcome.rejected:
            raise ReadingError(taken.outcome.rejected[0].error)
        with self._database.writing() as session:
            self._settle(session, letter, actor)

    def _settle(self, session: Session, letter: _Letter, actor: Actor) -> None:
        now = self._now()
        if not dead_letters.settle(session, letter.id, Settled.REPLAYED, actor.name, now):
            raise _GoneError(f"letter {letter.id} is settled")
        session.add(
            Audit(
                at=now,
                actor=actor.name,
                action="dead_letter.replayed",
                subject=f"dead_letter:{letter.id}",
                address=actor.address,
                reason="",
                detail={"way": str(letter.way), "source": letter.source},
            )
        )


def _letter(row: DeadLetter) -> _Letter:
    return _Letter(row.id, row.way, row.source, row.received_at, row.raw)


def _items(letter: _Letter) -> list[Any]:
    """Return the items of a letter: a whole body, or one item as an object."""
    if not letter.raw.lstrip().startswith(b"{"):
        return parse_body(letter.raw)
    try:
        item: dict[str, Any] = json.loads(letter.raw)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"this is not JSON: {error}") from None
    topic = _TOPIC.fullmatch(letter.source)
    if topic is not None:
        item.setdefault("device_id", topic["device"])
    return [item]
