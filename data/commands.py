"""What a person may do to an alarm: the same way for every screen, audited, told to all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from data.domain import alarms as life
from data.domain.alarms import Alarm
from data.domain.errors import NotAllowedError
from data.domain.intake import settle
from data.domain.words import Role, Verdict
from data.live.present import Changes, DeviceUpdate, Present
from data.store import alarms, incidents, intake, outbox
from data.store.alarms import AlarmView
from data.store.database import Database
from data.store.models import Audit

#: Who may act on alarms; everybody else only looks.
MAY_ACT = frozenset({Role.DUTY, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who commands, from where."""

    name: str
    role: Role
    address: str = ""


class Commands:
    """Carries out each command in one transaction: alarm, device, incident, audit, outbox."""

    def __init__(self, database: Database, present: Present, now: Callable[[], datetime]) -> None:
        self._database = database
        self._present = present
        self._now = now

    def acknowledge(self, alarm_id: int, actor: Actor) -> AlarmView:
        """Acknowledge an alarm.

        Raises
        ------
        NotAllowedError, NotFoundError, AlarmStateError
            If the role may not act, there is no such alarm, or somebody was first.
        """
        now = self._now()

        def transition(alarm: Alarm) -> Alarm:
            return life.acknowledge(alarm, by=actor.name, at=now)

        return self._carry_out(alarm_id, actor, "acknowledged", "", transition)

    def close(self, alarm_id: int, actor: Actor, verdict: Verdict, note: str) -> AlarmView:
        """Close an alarm with a verdict; errors as in :meth:`acknowledge`."""
        now = self._now()

        def transition(alarm: Alarm) -> Alarm:
            return life.close(alarm, by=actor.name, at=now, verdict=verdict, note=note)

        return self._carry_out(alarm_id, actor, "closed", f"{verdict}: {note}", transition)

    def _carry_out(
        self,
        alarm_id: int,
        actor: Actor,
        action: str,
        reason: str,
        transition: Callable[[Alarm], Alarm],
    ) -> AlarmView:
        if actor.role not in MAY_ACT:
            raise NotAllowedError(f"the role {actor.role} may not act on alarms")
        now = self._now()
        with self._database.writing() as session:
            before = alarms.get_for_update(session, alarm_id)
            after = transition(before)
            alarms.save(session, after)
            alarms.note_transition(
                session, alarm_id, at=now, action=action, actor=actor.name, reason=reason
            )
            if before.acked_at is None:
                incidents.acknowledge(session, after.incident_id, at=now, by=actor.name)
            if after.closed_at is not None:
                incidents.settle(session, after.incident_id, now)
            session.add(_audit(actor, action, alarm_id, reason, now))
            changes = self._changes(session, after, now)
        self._present.tell_if_there(changes)
        return changes.alarms[0]

    def _changes(self, session: Session, alarm: Alarm, now: datetime) -> Changes:
        """Settle the device's status after the transition and note everything for Redis."""
        device, before = intake.load_devices(session, [alarm.device_id], now)[alarm.device_id]
        still_open = alarms.open_alarms_of(session, [device.id]).get(device.id, ())
        after = settle(before, still_open, disabled=device.disabled, at=now)
        if after is not before:
            after = intake.next_version(after)
            intake.save_memories(session, {device.id: after})
            intake.add_change(session, device.id, before, after, f"alarm {alarm.id}")
        outbox.add(session, now, [device.id], [alarm.id])
        session.flush()
        update = DeviceUpdate.of(device, after)
        return Changes((update,), tuple(alarms.alarm_views(session, [alarm.id])))


def _audit(actor: Actor, action: str, alarm_id: int, reason: str, now: datetime) -> Any:
    return Audit(
        at=now,
        actor=actor.name,
        action=f"alarm.{action}",
        subject=f"alarm:{alarm_id}",
        address=actor.address,
        reason=reason,
    )
