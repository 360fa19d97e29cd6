"""From what frames say to readings of devices, committed in one transaction with their events."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from data.domain.readings import MAX_AGE, MAX_AHEAD, Reading
from data.domain.words import Reported
from data.feeds.transmitters.translate import DUTY_ANSWER, Message, Noted, Said
from data.pipeline import Outcome, Pipeline
from data.store import transmitters
from data.store.database import Database
from data.store.transmitters import Address, Point

#: A transmitter's own sign of life is written at most so often, however often it is heard.
ALIVE_EVERY: Final = timedelta(seconds=30)
#: Few enough that a fire does not wait long behind them.
VOUCHED_TOGETHER: Final = 100


class Verdict(StrEnum):
    """What a frame is answered with; a repeated one that had its effect before is confirmed."""

    CONFIRM = "confirm"
    #: Nobody registered the transmitter, so nobody would see what it says.
    DENY = "deny"
    #: It is in SQL but on no screen yet: the transmitter shall repeat it.
    WAIT = "wait"
    #: The database refused this very message, whenever it was tried.
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Received:
    """A message and when it came."""

    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: a verdict for each message, and the pipeline's counts."""

    verdicts: tuple[Verdict, ...]
    outcome: Outcome


@dataclass(slots=True)
class _Known:
    devices: Mapping[int, str | None]
    points: Mapping[Address, Point]


class Intake:
    """Takes batches of messages; one thread at a time."""

    def __init__(self, database: Database, pipeline: Pipeline, now: Callable[[], datetime]) -> None:
        self._database = database
        self._pipeline = pipeline
        self._now = now
        self._alive: dict[int, datetime] = {}

    def take(
        self, batch: Sequence[Received], also: Callable[[Session], None] | None = None
    ) -> Taken:
        """Take some messages; nothing of the registered ones is lost when this returns.

        What ``also`` writes is committed with them, unless nothing is.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away; nothing of the batch was taken.
        """
        known = self._look_up(batch)
        good = [one for one in batch if known.devices.get(one.message.source) is not None]
        readings = [*self._signs_of_life(good, known), *_readings(good, known)]

        def alongside(session: Session) -> None:
            transmitters.see_points(session, _seen(good, known))
            transmitters.add_events(session, _events(good))
            for address, operator, at in _duty_answers(good):
                transmitters.answer_duty_check(session, address, operator, at)
            if also is not None and good:
                also(session)

        outcome = self._pipeline.ingest(readings, alongside)
        self._alive.update({one.message.source: one.at for one in good if _is_due(self, one)})
        taken = Verdict.CONFIRM if outcome.told else Verdict.WAIT
        heard = {id(one) for one in good}
        verdicts = tuple(taken if id(one) in heard else Verdict.DENY for one in batch)
        return Taken(verdicts, outcome)

    def vouch(self, addresses: Iterable[int]) -> int:
        """Say for the parts behind connected transmitters that they are there; return how many.

        A part that has nothing to report says nothing for months; its transmitter's link is its
        sign of life. Each is vouched for once in the interval that it has.
        """
        now = self._now()
        with self._database.reading() as session:
            parts = transmitters.parts_of(session, addresses)
        due = [
            part.device_id
            for part in parts
            if part.received_at is None
            or part.received_at + timedelta(seconds=part.interval_s) <= now
        ]
        for at in range(0, len(due), VOUCHED_TOGETHER):
            some = due[at : at + VOUCHED_TOGETHER]
            self._pipeline.ingest([_alive(device_id, now) for device_id in some])
        return len(due)

    def _look_up(self, batch: Sequence[Received]) -> _Known:
        """Return whom the addresses mean; what is new is kept first, for later to be registered."""
        sources = {one.message.source for one in batch}
        with self._database.reading() as session:
            devices = transmitters.devices_of(session, sources)
            places = _places(one for one in batch if devices.get(one.message.source) is not None)
            points = transmitters.points_of(session, places)
        missing = sources - devices.keys()
        new = {address: facts for address, facts in places.items() if address not in points}
        if missing or new:
            with self._database.writing() as session:
                transmitters.add_unregistered(session, missing, batch[0].at)
                transmitters.add_points(session, new, batch[0].at)
                points |= transmitters.points_of(session, new)
        return _Known(devices, points)

    def _signs_of_life(self, good: Sequence[Received], known: _Known) -> Iterator[Reading]:
        for source, at in {
            one.message.source: one.at for one in good if _is_due(self, one)
        }.items():
            device_id = known.devices[source]
            if device_id is not None:
                yield _alive(device_id, at)

    def heard_at(self, source: int) -> datetime | None:
        """Return when a transmitter's sign of life was written last."""
        return self._alive.get(source)


def _is_due(intake: Intake, one: Received) -> bool:
    last = intake.heard_at(one.message.source)
    return last is None or one.at >= last + ALIVE_EVERY


def _alive(device_id: str, at: datetime) -> Reading:
    return Reading(device_id, f"alive-{at.timestamp():.3f}", at, at, Reported.ALIVE)


def _address(source: int, said: Said) -> Address | None:
    place = said.place
    if place is None:
        return None
    return Address(source, place.system_type, place.system_address, place.part_address)


def _places(batch: Iterable[Received]) -> dict[Address, tuple[int | None, str]]:
    """Return the addresses that speak, each with its part's type and description."""
    found: dict[Address, tuple[int | None, str]] = {}
    for one in batch:
        for said in one.message.said:
            address = _address(one.message.source, said)
            if address is not None and (said.description or address not in found):
                found[address] = (said.part_type, said.description)
    return found


def _readings(good: Iterable[Received], known: _Known) -> Iterator[Reading]:
    for one in good:
        for said in one.message.said:
            if said.conditions is None and said.reported is None and not said.values:
                continue
            device_id, point = _who(one.message.source, said, known)
            if point is not None and said.values:
                continue  # a value of a part that nobody registered has no device to be kept at
            yield Reading(
                device_id=device_id,
                message_id=message_id(one, said),
                measured_at=measured_at(one, said.at),
                received_at=one.at,
                reported=said.reported,
                values=said.values,
                conditions=said.conditions,
                point=point,
            )


def _who(source: int, said: Said, known: _Known) -> tuple[str, int | None]:
    """Return whose reading it is: a part that nobody registered speaks through its transmitter."""
    own = known.devices[source] or ""
    address = _address(source, said)
    if address is None:
        return own, None
    point = known.points.get(address)
    if point is None:  # there were too many of them to keep this one
        return own, None
    return (point.device_id, None) if point.device_id is not None else (own, point.id)


def _seen(good: Iterable[Received], known: _Known) -> Iterator[dict[str, Any]]:
    for one in good:
        for said in one.message.said:
            address = _address(one.message.source, said)
            point = known.points.get(address) if address is not None else None
            if point is None or point.device_id is not None:
                continue
            facts: dict[str, Any] = {"id": point.id, "last_at": one.at}
            if said.state is not None:
                facts["state"] = said.state
            if said.description:
                facts["description"] = said.description
            if said.part_type is not None:
                facts["part_type"] = said.part_type
            yield facts


def _events(good: Iterable[Received]) -> list[dict[str, Any]]:
    return [
        {
            "transmitter": one.message.source,
            "at": one.at,
            "measured_at": noted.at,
            "kind": noted.kind,
            "message_id": message_id(one, noted),
            "detail": dict(noted.detail),
        }
        for one in good
        for noted in one.message.noted
    ]


def _duty_answers(good: Iterable[Received]) -> Iterator[tuple[int, int, datetime]]:
    for one in good:
        for noted in one.message.noted:
            if noted.kind == DUTY_ANSWER:
                yield one.message.source, int(noted.detail["operator"]), one.at


def is_believable(moment: datetime | None, received_at: datetime) -> bool:
    """Return whether a device's time can be one of its clock's that is right."""
    return moment is not None and received_at - MAX_AGE <= moment <= received_at + MAX_AHEAD


def measured_at(one: Received, moment: datetime | None) -> datetime:
    """Return the device's time, or the best that there is: no fire is lost to a broken clock."""
    for believable in (moment, one.message.sent_at):
        if believable is not None and is_believable(believable, one.at):
            return believable
    return one.at


def message_id(one: Received, said: Said | Noted) -> str:
    """Return the same id for the same thing said again.

    What it is and when it happened tell one from another. Where the device's clock tells nothing,
    its serial number and our minute do: a repetition comes within seconds.
    """
    name = f"gb-{one.message.source:x}-{said.identity}"
    if is_believable(said.at, one.at):
        return name
    return f"{name}-{one.message.serial:x}-{int(one.at.timestamp()) // 60:x}"
