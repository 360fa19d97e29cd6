"""The one way in: readings → SQL (commit) → Redis → stream, whoever delivers them.

Nothing is answered "accepted" before its commit. What the commit changed is noted in the same
transaction (table ``outbox``); should this process die before Redis was told, the worker tells it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from data.domain.alarms import Alarm
from data.domain.errors import ReadingError, Refusal
from data.domain.figures import Tally
from data.domain.intake import DeviceMemory, Taken, elapse, settle, take
from data.domain.readings import Reading, check_reading
from data.domain.rules import Rules, says_all_is_well
from data.live.present import Changes, DeviceUpdate, Present
from data.store import alarms, gate, intake, outbox, steps
from data.store.database import Database
from data.store.intake import KnownDevice
from data.store.journal import Journal
from data.store.raising import Raising
from data.store.rules import RuleBook

#: Devices whose delays one step of the worker finishes.
DUE_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why one reading of a batch was not taken."""

    index: int
    error: str
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    #: Whether Redis heard of it at once; if not, the worker tells it later.
    told: bool = True
    #: Which readings of the batch had come before; as many as ``duplicates``.
    repeated: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Batch:
    """Everything that one transaction works on."""

    session: Session
    journal: Journal
    raising: Raising
    rules: Rules
    known: dict[str, tuple[KnownDevice, DeviceMemory]]
    open_alarms: dict[str, tuple[Alarm, ...]]
    #: What is still to be looked through for places where something may be raised.
    readings: Sequence[Reading] = ()
    accepted: int = 0
    over: list[tuple[str, Tally]] = field(default_factory=list)
    touched: dict[str, DeviceMemory] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    alarm_ids: set[int] = field(default_factory=set)
    #: Devices whose message came again: perhaps Redis was away when it came first.
    repeated: set[str] = field(default_factory=set)


class Pipeline:
    """Takes batches of readings; safe to call from several threads and processes."""

    def __init__(self, database: Database, present: Present, now: Callable[[], datetime]) -> None:
        self._database = database
        self._present = present
        self._now = now
        self._book = RuleBook()

    def ingest(
        self, readings: Sequence[Reading], alongside: Callable[[Session], None] | None = None
    ) -> Outcome:
        """Take a batch: good readings pass though their neighbours are bad.

        Returns after the commit. Redis is told next; if it is away that is logged and made good
        by the worker, for the readings are safe. What ``alongside`` writes is committed with them.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away; nothing of the batch was taken.
        """
        rejected = []
        believable = []
        for index, reading in enumerate(readings):
            try:
                believable.append((index, check_reading(reading)))
            except ReadingError as error:
                rejected.append(Rejected(index, str(error), error.reason))
        with self._database.writing() as session:
            batch = self._load(session, {reading.device_id for _, reading in believable})
            repeated = set()
            batch.readings = [reading for _, reading in believable]
            if alongside is not None:
                alongside(session)
            for index, reading in believable:
                if reading.device_id not in batch.known:
                    unknown = f"unknown device {reading.device_id!r}"
                    rejected.append(Rejected(index, unknown, Refusal.DEVICE))
                elif not _apply(batch, reading):
                    repeated.add(index)
            changes = self._store(batch)
        told = self._present.tell_if_there(changes)
        rejected.sort(key=lambda r: r.index)
        return Outcome(batch.accepted, len(repeated), tuple(rejected), told, frozenset(repeated))

    def tell_again(self, device_ids: Iterable[str]) -> bool:
        """Tell Redis how devices are, which it could not be told; return whether it was there.

        For who keeps what it took: a sender that repeats its message does it by that.
        """
        with self._database.reading() as session:
            known = intake.load_updates(session, self._now(), device_ids)
            updates = tuple(DeviceUpdate.of(*pair) for pair in known)
        return self._present.tell_if_there(Changes(updates))

    def finish_delays(self) -> int:
        """Raise and clear what a delay held back and has lasted since; return at how many devices.

        For the worker: readings that come do it by themselves.
        """
        now = self._now()
        with self._database.reading() as session:
            due = intake.due_devices(session, now, DUE_BATCH)
        if not due:
            return 0
        with self._database.writing() as session:
            batch = self._load(session, due)
            for device, before in tuple(batch.known.values()):
                _elapse(batch, device, before, now)
            changes = self._store(batch)
        self._present.tell_if_there(changes)
        return len(due)

    def _load(self, session: Session, device_ids: Iterable[str]) -> _Batch:
        known = intake.load_devices(session, device_ids, self._now())
        open_alarms = alarms.open_alarms_of(session, known)
        journal = Journal(session)
        raising = Raising(session, journal)
        return _Batch(session, journal, raising, self._book.rules(session), known, open_alarms)

    def _store(self, batch: _Batch) -> Changes:
        session = batch.session
        intake.save_memories(session, batch.touched)
        intake.roll_up(session, batch.over)
        batch.raising.write()
        batch.alarm_ids |= batch.raising.told
        if batch.changed or batch.alarm_ids:
            outbox.add(session, self._now(), batch.changed, batch.alarm_ids)
        updates = tuple(
            DeviceUpdate.of(*batch.known[device_id])
            for device_id in batch.touched.keys() | batch.repeated
        )
        return Changes(updates, tuple(alarms.alarm_views(session, batch.alarm_ids)))


def _apply(batch: _Batch, reading: Reading) -> bool:
    """Apply one reading inside the batch's transaction; return False for a repeated message."""
    device, before = batch.known[reading.device_id]
    taken = take(
        before,
        batch.open_alarms.get(device.id, ()),
        reading,
        kind=device.kind,
        disabled=device.disabled,
        rules=batch.rules,
    )
    if taken.duplicate:
        batch.repeated.add(device.id)
        return False
    at = taken.memory.received_at or reading.received_at
    _keep(batch, device, taken, at, reading.message_id)
    batch.accepted += 1
    if taken.over is not None:
        batch.over.append((device.id, taken.over))
    return True


def _elapse(batch: _Batch, device: KnownDevice, before: DeviceMemory, now: datetime) -> None:
    taken = elapse(
        before,
        batch.open_alarms.get(device.id, ()),
        kind=device.kind,
        disabled=device.disabled,
        now=now,
        rules=batch.rules,
    )
    _keep(batch, device, taken, now, "delay")


def _keep(batch: _Batch, device: KnownDevice, taken: Taken, at: datetime, why: str) -> None:
    """Write what a reading or the end of a delay did to a device and its alarms."""
    _, before = batch.known[device.id]
    open_alarms = _store_alarms(batch, device, batch.open_alarms.get(device.id, ()), taken)
    after = settle(taken.memory, open_alarms, disabled=device.disabled, at=at)
    if after.status is not before.status:
        batch.journal.status(intake.change_of(device.id, before, after, why))
        batch.changed.add(device.id)
    batch.known[device.id] = (device, after)
    batch.open_alarms[device.id] = open_alarms
    batch.touched[device.id] = after


def _store_alarms(
    batch: _Batch, device: KnownDevice, open_alarms: tuple[Alarm, ...], taken: Taken
) -> tuple[Alarm, ...]:
    """Write what the reading did to the alarms; return those still open."""
    if not taken.steps and not taken.raised:
        return open_alarms
    gate.enter(batch.session)
    by_id = {alarm.id: alarm for alarm in open_alarms}
    if taken.steps:
        batch.raising.write()
    for step in taken.steps:
        steps.record(batch.session, step)
        by_id[step.alarm.id] = step.alarm
        batch.alarm_ids.add(step.alarm.id)
    if any(step.alarm.closed_at is not None for step in taken.steps):
        batch.session.flush()
        batch.raising.forget()  # its incident may have ended with it
    if taken.raised:
        batch.raising.expect(_loud_places(batch))
    for new in taken.raised:
        raised = batch.raising.raised(device, new)
        if raised is not None:
            by_id[raised.id] = raised
            batch.alarm_ids.add(raised.id)
    return tuple(alarm for alarm in by_id.values() if alarm.closed_at is None)


def _loud_places(batch: _Batch) -> set[str | None]:
    """Return, once, the buildings of the batch's devices that say that something is wrong."""
    readings, batch.readings = batch.readings, ()
    return {
        batch.known[reading.device_id][0].building_id
        for reading in readings
        if reading.device_id in batch.known
        and not says_all_is_well(batch.known[reading.device_id][0].kind, reading, batch.rules)
    }
