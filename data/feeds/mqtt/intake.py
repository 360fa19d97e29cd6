"""Batches of messages into the pipeline; what can't be taken is set aside with its bytes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.domain.errors import Refusal
from data.feeds.mqtt.counters import Counters
from data.feeds.mqtt.gateways import Gateways
from data.feeds.mqtt.waiting import Item
from data.live.present import Present
from data.pipeline import Outcome, Pipeline
from data.store import dead_letters, gateways
from data.store.database import Database


@dataclass(frozen=True, slots=True)
class Aside:
    """A message of which something can't be taken."""

    item: Item
    reason: Refusal
    error: str


class Intake:
    """Takes batches; one thread at a time."""

    def __init__(
        self,
        database: Database,
        present: Present,
        now: Callable[[], datetime],
        counters: Counters,
    ) -> None:
        self._database = database
        self._pipeline = Pipeline(database, present, now)
        self._gateways = Gateways(database, present, now)
        self._counters = counters
        self._now = now
        #: (gateway, device) that are in SQL.
        self._heard: set[tuple[str, str]] = set()

    def take(self, items: Sequence[Item]) -> bool:
        """Take some messages; nothing of them is lost when this returns.

        Returns whether Redis was told.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away, or refuses one of them.
        """
        told = [self._turn(item) for item in items]
        owners = [item for item in items for _ in item.content.readings]
        readings = [reading for item in items for reading in item.content.readings]
        outcome = self._pipeline.ingest(readings) if readings else Outcome(0, 0, ())
        refused = {r.index for r in outcome.rejected}
        heard = {
            (item.content.gateway, reading.device_id)
            for index, (item, reading) in enumerate(zip(owners, readings, strict=True))
            if item.content.gateway and index not in refused
        }
        aside = [Aside(owners[r.index], r.reason, r.error) for r in outcome.rejected]
        aside += [_faulty(item) for item in items if item.content.faults]
        self._write(aside, heard - self._heard)
        self._count(items, outcome)
        return outcome.told and all(told)

    def set_aside(self, item: Item, error: str) -> None:
        """Keep a message that the database refuses, whenever it is tried."""
        self._write([Aside(item, Refusal.FORMAT, error)], set())

    def _turn(self, item: Item) -> bool:
        state = item.content.state
        if state is None:
            return True
        self._counters.count("gateway_online" if state.online else "gateway_offline")
        return self._gateways.turn(state)

    def _write(self, aside: Sequence[Aside], heard: set[tuple[str, str]]) -> None:
        if not (aside or heard):
            return
        with self._database.writing() as session:
            for one in aside:
                letter = one.item.letter
                dead_letters.add(
                    session,
                    way="mqtt",
                    source=one.item.content.gateway or one.item.content.source,
                    received_at=letter.at,
                    raw=letter.payload,
                    reason=one.reason,
                    error=f"{letter.topic}: {one.error}",
                )
            gateways.heard_through(session, heard, self._now())
        self._heard |= heard
        self._counters.count("set_aside", len(aside))

    def _count(self, items: Iterable[Item], outcome: Outcome) -> None:
        self._counters.count("reading", outcome.accepted)
        self._counters.count("duplicate", outcome.duplicates)
        empty = [i for i in items if not (i.content.readings or i.content.faults)]
        self._counters.count("passed_over", len([i for i in empty if i.content.state is None]))


def _faulty(item: Item) -> Aside:
    faults = item.content.faults
    return Aside(item, faults[0].reason, "; ".join(fault.text for fault in faults))
