"""Batches of messages into the pipeline; what can't be taken is set aside with its bytes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from data.domain.errors import Refusal
from data.domain.readings import Reading
from data.domain.words import Way
from data.feeds.mqtt.counters import Counters
from data.feeds.mqtt.gateways import Gateways
from data.feeds.mqtt.letters import Fault
from data.feeds.mqtt.waiting import Item
from data.feeds.priority import Priority
from data.feeds.sources import Sources
from data.live.present import Present
from data.pipeline import Outcome, Pipeline, Rejected
from data.store import dead_letters, gateways
from data.store.database import Database

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch."""

    #: Whether Redis was told.
    told: bool
    #: What was wrong with those that were set aside.
    aside: Mapping[Item, str]


@dataclass(frozen=True, slots=True)
class _One:
    """A reading of a batch, whose it is and what became of it."""

    item: Item
    reading: Reading
    rejected: Rejected | None
    repeated: bool


class Intake:
    """Takes batches; one thread at a time."""

    def __init__(
        self,
        database: Database,
        present: Present,
        now: Callable[[], datetime],
        counters: Counters,
        sources: Sources,
    ) -> None:
        self._database = database
        self._pipeline = Pipeline(database, present, now)
        self._gateways = Gateways(database, present, now)
        self._counters = counters
        self._sources = sources
        self._now = now
        #: (gateway, device) that are in SQL.
        self._heard: set[tuple[str, str]] = set()

    def take(self, items: Sequence[Item]) -> Taken:
        """Take some messages; nothing of them is lost when this returns.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away, or refuses one of them.
        """
        told = [self._turn(item) for item in items]
        readings = [reading for item in items for reading in item.content.readings]
        outcome = self._pipeline.ingest(readings) if readings else Outcome(0, 0, ())
        each = _each(items, outcome)
        heard = {
            (one.item.content.gateway, one.reading.device_id)
            for one in each
            if one.item.content.gateway and one.rejected is None
        }
        faults = [(item, fault) for item in items for fault in item.content.faults]
        faults += [
            (one.item, Fault(one.rejected.error, one.rejected.reason))
            for one in each
            if one.rejected is not None
        ]
        aside = _by_item(faults)
        self._write(aside, heard - self._heard)
        self._count(items, outcome)
        self._note(items, each)
        return Taken(outcome.told and all(told), {i: _text(some) for i, some in aside.items()})

    def tell_again(self, items: Iterable[Item]) -> bool:
        """Tell Redis what it was not told of some messages; return whether it was there.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away.
        """
        heard = {reading.device_id for item in items for reading in item.content.readings}
        return self._pipeline.tell_again(heard)

    def set_aside(self, item: Item, error: str) -> None:
        """Keep a message that the database refuses, whenever it is tried."""
        self._write({item: [Fault(error, Refusal.FAILED)]}, set())
        self._sources.refused(Way.MQTT, item.content.name, error)

    def _turn(self, item: Item) -> bool:
        state = item.content.state
        if state is None:
            return True
        self._sources.connected(Way.MQTT, state.name, up=state.online)
        told = self._gateways.turn(state)
        if state.devices is not None:  # its list took the place of what was heard
            self._heard = {pair for pair in self._heard if pair[0] != state.name}
        return told

    def _write(self, aside: Mapping[Item, Sequence[Fault]], heard: set[tuple[str, str]]) -> None:
        """Set messages aside, and keep who was heard through which gateway."""
        if aside or heard:
            letters = [_letter(item, faults) for item, faults in aside.items()]
            with self._database.writing() as session:
                dead_letters.add_all(session, letters)
                gateways.heard_through(session, heard, self._now())
        self._heard |= heard
        self._counters.count("set_aside", len(aside))
        for item in aside:
            if item.content.lane == Priority.FIRE:
                log.error("a fire was set aside", topic=item.letter.topic)

    def _count(self, items: Iterable[Item], outcome: Outcome) -> None:
        self._counters.count("reading", outcome.accepted)
        self._counters.count("duplicate", outcome.duplicates)
        for item in items:
            content = item.content
            if content.state is not None:
                online = content.state.online
                self._counters.count("gateway_online" if online else "gateway_offline")
            elif not (content.readings or content.faults):
                self._counters.count("passed_over")

    def _note(self, items: Iterable[Item], each: Iterable[_One]) -> None:
        """Note what each source did: a gateway, or the messages of one kind."""
        by_name: dict[str, list[_One]] = {}
        for one in each:
            by_name.setdefault(one.item.content.name, []).append(one)
        for name, some in by_name.items():
            rejected = tuple(one.rejected for one in some if one.rejected is not None)
            repeated = sum(one.repeated for one in some)
            outcome = Outcome(len(some) - repeated - len(rejected), repeated, rejected)
            self._sources.took(Way.MQTT, name, [one.reading for one in some], outcome)
        for item in items:
            note = self._sources.failed if item.content.readings else self._sources.refused
            for fault in item.content.faults[:1]:
                note(Way.MQTT, item.content.name, fault.text)


def _each(items: Iterable[Item], outcome: Outcome) -> list[_One]:
    rejected = {one.index: one for one in outcome.rejected}
    pairs = [(item, reading) for item in items for reading in item.content.readings]
    return [
        _One(item, reading, rejected.get(index), index in outcome.repeated)
        for index, (item, reading) in enumerate(pairs)
    ]


def _by_item(faults: Iterable[tuple[Item, Fault]]) -> dict[Item, list[Fault]]:
    found: dict[Item, list[Fault]] = {}
    for item, fault in faults:
        found.setdefault(item, []).append(fault)
    return found


def _text(faults: Iterable[Fault]) -> str:
    return "; ".join(fault.text for fault in faults)


def _letter(item: Item, faults: Sequence[Fault]) -> dead_letters.Letter:
    """Return a message as it is set aside; by its topic it can be read again."""
    letter = item.letter
    return dead_letters.Letter(
        way=Way.MQTT,
        source=letter.topic,
        received_at=letter.at,
        raw=letter.payload,
        reason=faults[0].reason,
        error=_text(faults),
    )
