"""The worker: silence, rebuild, what Redis was not told. One is enough, two do no harm."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.audit_keeper import AuditKeeper
from data.commands.changes import settle_devices
from data.domain.alarms import SYSTEM, Action, Step, calm, shelf_is_over, unshelve
from data.domain.chatter import CALM_AFTER, flip_key, is_calm
from data.domain.devices import is_silent
from data.domain.kpis import FLOOD_ABOVE
from data.live import keys
from data.live.present import Changes, DeviceUpdate, Present
from data.live.rebuild import present_geometry, rebuild, reconcile
from data.pipeline import Pipeline
from data.silence import mark_silence
from data.store import (
    alarms,
    commands,
    dead_letters,
    floods,
    intake,
    neighbours,
    outbox,
    retention,
    steps,
)
from data.store.database import Database
from data.store.geometry import geometry_version
from data.store.incident_views import incident_marks

log = structlog.get_logger()

STEP_S: Final = 0.5
RECONCILE_EVERY_S: Final = 30.0
OUTBOX_PATIENCE: Final = timedelta(seconds=2)
STALE_BATCH: Final = 1000
#: Clocks of two machines may differ by so much.
AHEAD: Final = timedelta(seconds=30)
#: A rebuild says after each part of it that it goes on; one whose worker died is begun anew.
LOCK_MS: Final = 10_000
HEARTBEAT_S: Final = 10


class Worker:
    """One step every half second; an error is logged and the next step tries again."""

    def __init__(
        self,
        database: Database,
        present: Present,
        now: Callable[[], datetime],
        keeper: AuditKeeper | None = None,
    ) -> None:
        self._database = database
        self._present = present
        self._now = now
        self._keeper = keeper
        self._pipeline = Pipeline(database, present, now)
        self._reconciled = time.monotonic()
        #: The last device whose old hours were deleted.
        self._swept = ""

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set."""
        failing = False
        while not stop.is_set():
            try:
                self.step()
                if failing:
                    log.info("worker goes on")
                failing = False
            except (RedisError, SQLAlchemyError) as error:
                if not failing:
                    log.warning("worker can't work, tries again", error=str(error))
                failing = True
            stop.wait(STEP_S)

    def step(self) -> None:
        """Do once everything that is due."""
        self.heal()
        self.find_neighbours()
        self.tell_outbox()
        self.mark_stale()
        self._pipeline.finish_delays()
        self.end_shelves()
        self.calm_down()
        self.watch_flood()
        self.forget_hours()
        if self._keeper is not None:
            self._keeper.step()
        if time.monotonic() - self._reconciled >= RECONCILE_EVERY_S:
            self._reconciled = time.monotonic()
            self.forget()
            while self.correct_future():
                pass
            if differences := reconcile(self._database, self._present, self._now()):
                log.warning("redis differed from SQL and was corrected", count=differences)
        self._present.redis.set(keys.WORKER, self._now().isoformat(), ex=HEARTBEAT_S)

    def heal(self) -> bool:
        """Rebuild the present if it is missing or was built for other geometry; return whether."""
        with self._database.reading() as session:
            wanted = geometry_version(session)
        built_for = present_geometry(self._present)
        if built_for == wanted:
            return False
        if not self._present.redis.set(keys.REBUILD_LOCK, "1", nx=True, px=LOCK_MS):
            return False
        try:
            rebuild(self._database, self._present, self._now(), self._hold_lock)
        finally:
            self._present.redis.delete(keys.REBUILD_LOCK)
        return True

    def _hold_lock(self) -> None:
        self._present.redis.pexpire(keys.REBUILD_LOCK, LOCK_MS)

    def find_neighbours(self) -> bool:
        """Find the buildings that touch, once for each geometry; return whether it was done now."""
        with self._database.reading() as session:
            if neighbours.are_made(session):
                return False
        with self._database.writing() as session:
            pairs = neighbours.make(session)
        log.info("buildings that touch", pairs=pairs)
        return True

    def tell_outbox(self) -> int:
        """Tell Redis what somebody committed but perhaps could not tell; return how many notes."""
        now = self._now()
        with self._database.reading() as session:
            notes = outbox.pending(session, now - OUTBOX_PATIENCE, now + OUTBOX_PATIENCE)
            if not notes.ids:
                return 0
            devices = tuple(
                DeviceUpdate.of(*pair) for pair in intake.load_updates(session, now, notes.devices)
            )
            views = tuple(alarms.alarm_views(session, notes.alarms))
            marks = tuple(incident_marks(session, notes.incidents))
        self._present.tell(Changes(devices, views, marks))
        with self._database.writing() as session:
            outbox.settle(session, notes)
        return len(notes.ids)

    def mark_stale(self) -> int:
        """Mark devices that were silent for three of their intervals; return how many."""
        now = self._now()
        due = self._present.redis.zrangebyscore(
            keys.DEADLINES, "-inf", now.timestamp(), start=0, num=STALE_BATCH
        )
        if not due:
            return 0
        with self._database.writing() as session:
            updates = mark_silence(
                session,
                [raw.decode() for raw in due],
                now,
                lambda device, memory: (
                    memory.stale or is_silent(memory.received_at, device.interval_s, now)
                ),
                "silent",
            )
            outbox.add(session, now, [u.device_id for u in updates], [])
        self._present.tell(Changes(devices=updates))
        unknown = set(due) - {update.device_id.encode() for update in updates}
        if unknown:
            self._present.redis.zrem(keys.DEADLINES, *unknown)
        return len(updates)

    def correct_future(self) -> int:
        """Put right when devices were heard, after our clock was set back; return how many.

        Else a device that falls silent would seem to be there for as long as the clock was wrong.
        """
        now = self._now()
        with self._database.reading() as session:
            ahead = intake.heard_after(session, now + AHEAD, STALE_BATCH)
        if not ahead:
            return 0
        with self._database.writing() as session:
            known = intake.load_devices(session, ahead, now)
            heard_now = {
                device.id: intake.next_version(replace(memory, received_at=now))
                for device, memory in known.values()
            }
            intake.save_memories(session, heard_now)
            outbox.add(session, now, heard_now, [])
        log.warning("heard in the future: the clock was set back", devices=len(ahead))
        return len(ahead)

    def end_shelves(self) -> int:
        """Bring back the alarms whose shelf has ended; return how many."""
        now = self._now()
        with self._database.reading() as session:
            due = alarms.shelves_over(session, now)
        if not due:
            return 0
        with self._database.writing() as session:
            intake.load_devices(session, due.values(), now)
            over = [alarm for alarm in alarms.lock(session, due) if shelf_is_over(alarm, now)]
            ended = [
                Step(Action.UNSHELVED, unshelve(a, at=now), SYSTEM, now, "expired") for a in over
            ]
            changes = _carry_out(session, ended, now)
        self._present.tell_if_there(changes)
        return len(over)

    def calm_down(self) -> int:
        """End the chatter of alarms that have stayed as they are for a while; return how many."""
        now = self._now()
        with self._database.reading() as session:
            perhaps = alarms.perhaps_calm(session, now - CALM_AFTER)
        if not perhaps:
            return 0
        with self._database.writing() as session:
            known = intake.load_devices(session, perhaps.values(), now)
            quiet = [
                alarm
                for alarm in alarms.lock(session, perhaps)
                if alarm.closed_at is None
                and alarm.chattering_at is not None
                and is_calm(
                    known[alarm.device_id][1].flips, flip_key(alarm.cause, alarm.point_id), now
                )
            ]
            changes = _carry_out(
                session, [Step(Action.CALM, calm(a, at=now), SYSTEM, now) for a in quiet], now
            )
        self._present.tell_if_there(changes)
        return len(quiet)

    def watch_flood(self) -> bool | None:
        """Note when a flood of alarms begins and ends; return True or False when it does."""
        with self._database.reading() as session:
            now = self._now()
            quiet = floods.rate(session, now) <= FLOOD_ABOVE and floods.running(session) is None
        if quiet:
            self._present.note_flood(None)
            return None
        with self._database.writing() as session:
            turned = floods.watch(session, now)
            session.flush()
            flood = floods.running(session)
        self._present.note_flood(None if flood is None else flood.began_at)
        if turned is not None:
            log.warning("alarm flood began" if turned else "alarm flood ended")
        return turned

    def forget(self) -> None:
        """Delete the keys of yesterday's clicks and last month's dead letters."""
        with self._database.writing() as session:
            commands.forget(session, self._now())
            dead_letters.forget(session, self._now())

    def forget_hours(self) -> int:
        """Delete old hours of the next few devices; return how many rows.

        All devices are visited in turn, 50,000 in 21 minutes; who has much to delete is visited
        until it is done.
        """
        now = self._now()
        with self._database.reading() as session:
            ids = retention.next_devices(session, self._swept)
            oldest = retention.oldest_hour(session, ids, now)
        if oldest is None:
            self._swept = ids[-1] if ids else ""
            return 0
        with self._database.writing() as session:
            return retention.forget_hours(session, ids, oldest, now)


def _carry_out(session: Session, ended: list[Step], now: datetime) -> Changes:
    """Write what the time has ended, with the status that follows."""
    for step in ended:
        steps.record(session, step)
    devices = {step.alarm.device_id for step in ended}
    why = str(ended[0].action) if ended else ""
    return settle_devices(session, devices, [step.alarm.id for step in ended], now, why)
