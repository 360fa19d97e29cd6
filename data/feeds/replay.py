"""Replaying dead letters: once more through the pipeline, with the time at which they came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from data.commands import Actor
from data.commands.letters import ADMINS
from data.domain.audit import Result
from data.domain.errors import (
    DomainError,
    LetterSettledError,
    NotAllowedError,
    NotFoundError,
    ReadingError,
    Refusal,
)
from data.domain.readings import Reading, check_reading
from data.domain.words import Settled, Way
from data.errors import StartError
from data.feeds import gb26875 as gb
from data.feeds.decode import BodyError, decode_item
from data.feeds.http.intake import parse_letter
from data.feeds.mqtt.letters import Letter as Message
from data.feeds.mqtt.letters import translate as read_message
from data.feeds.mqtt.mapping import load_mapping
from data.feeds.transmitters.intake import Intake, Verdict
from data.feeds.transmitters.received import Received
from data.feeds.transmitters.translate import translate
from data.pipeline import Pipeline
from data.store import dead_letters, intake
from data.store.database import Database
from data.store.models import Audit, DeadLetter


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one letter; with an error it waits as before."""

    id: int
    error: str = ""


Settle = Callable[[Session], None]


class Replayer:
    """Carries out an admin's command; what a letter says has its effect exactly once."""

    def __init__(
        self,
        database: Database,
        pipeline: Pipeline,
        now: Callable[[], datetime],
        mqtt_mapping: Path | None = None,
    ) -> None:
        self._database = database
        self._mqtt_mapping = mqtt_mapping
        self._pipeline = pipeline
        self._now = now
        self._transmitters = Intake(database, pipeline, now)
        self._ways: Final = {
            Way.HTTP: self._take_item,
            Way.MQTT: self._take_message,
            Way.GB26875: self._take_frame,
        }

    def replay(self, letter_ids: Sequence[int], actor: Actor) -> list[Replayed]:
        """Replay some letters, the oldest first.

        Raises
        ------
        NotAllowedError
            If the actor is no admin.
        sqlalchemy.exc.SQLAlchemyError
            If the database is away; those that were replayed until then are settled.
        """
        if actor.role not in ADMINS:
            error = NotAllowedError(f"the role {actor.role} may not do this")
            self._note_refusal("dead-letters", actor, error)
            raise error
        return [self._replay(number, actor) for number in sorted(set(letter_ids))]

    def _replay(self, letter_id: int, actor: Actor) -> Replayed:
        try:
            with self._database.reading() as session:
                letter = dead_letters.get(session, letter_id)
                if letter is None:
                    raise NotFoundError(f"there is no dead letter {letter_id}")
            self._take(letter, actor)
        except (DomainError, BodyError, gb.CodecError) as error:
            self._note_refusal(f"dead-letter:{letter_id}", actor, error)
            return Replayed(letter_id, str(error))
        return Replayed(letter_id)

    def _note_refusal(self, subject: str, actor: Actor, error: Exception) -> None:
        row = Audit(
            at=self._now(),
            actor=actor.name,
            action="letter.replayed",
            subject=subject,
            address=actor.address,
            result=Result.REFUSED,
            detail={"error": str(error)},
        )
        with self._database.writing() as session:
            session.add(row)

    def _take(self, letter: DeadLetter, actor: Actor) -> None:
        if letter.size > len(letter.raw):
            raise ReadingError("only the beginning of it was kept")

        def settle(session: Session) -> None:
            """Settle the letter in the transaction that takes its readings."""
            now = self._now()
            if not dead_letters.settle(session, letter.id, Settled.REPLAYED, actor.name, now):
                raise LetterSettledError("somebody replayed or discarded it before")
            session.add(_audit(letter, actor, now))

        self._ways[letter.way](letter, settle)

    def _take_item(self, letter: DeadLetter, settle: Settle) -> None:
        reading = check_reading(decode_item(parse_letter(letter.raw), letter.received_at))
        self._check_known(reading)
        self._pipeline.ingest([reading], settle)

    def _take_message(self, letter: DeadLetter, settle: Settle) -> None:
        """Read a message with the mapping as it is now: somebody may have mended it."""
        try:
            mapping = load_mapping(self._mqtt_mapping)
        except StartError as error:
            raise ReadingError(str(error)) from None
        content = read_message(Message(letter.source, letter.raw, letter.received_at), mapping)
        if content.faults:
            raise ReadingError(content.faults[0].text, content.faults[0].reason)
        for reading in content.readings:
            self._check_known(reading)
        self._pipeline.ingest(content.readings, settle)

    def _take_frame(self, letter: DeadLetter, settle: Settle) -> None:
        (frame,) = _frames(letter.raw)
        received = Received(translate(frame), letter.received_at)
        taken = self._transmitters.take([received], settle)
        if taken.verdicts[0] is Verdict.DENY:
            raise ReadingError("nobody registered this transmitter", Refusal.DEVICE)

    def _check_known(self, reading: Reading) -> None:
        """Refuse an unknown device before the letter is settled."""
        with self._database.reading() as session:
            if not intake.is_known(session, reading.device_id):
                raise ReadingError(f"unknown device {reading.device_id!r}", Refusal.DEVICE)


def _frames(raw: bytes) -> list[gb.Frame]:
    found = gb.FrameStream().feed(raw)
    whole = [one for one in found if isinstance(one, gb.Frame)]
    if len(whole) != 1:
        raise ReadingError("it is no frame")
    return whole


def _audit(letter: DeadLetter, actor: Actor, now: datetime) -> Audit:
    return Audit(
        at=now,
        actor=actor.name,
        action="letter.replayed",
        subject=f"dead-letter:{letter.id}",
        address=actor.address,
        detail={"way": str(letter.way), "source": letter.source},
    )
