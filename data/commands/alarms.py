"""Commands on alarms: acknowledge, close, confirm, shelve."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain import alarms as life
from data.domain.alarms import Action, Alarm, Step
from data.domain.differences import differences
from data.domain.errors import AlarmStateError, NotFoundError
from data.domain.words import FalseCause, Verdict
from data.store import alarms, incidents, intake, steps
from data.store.alarms import AlarmView

#: Alarms that one bulk command may name.
MAX_BULK: Final = 1000
Transition = Callable[[Alarm, datetime], Alarm]


class AlarmCommands(Runner):
    """What a person does to one alarm, or to many; each answers with the alarm as it is then."""

    def acknowledge(self, alarm_id: int, actor: Actor) -> AlarmView:
        """Acknowledge an alarm.

        Raises
        ------
        NotAllowedError, NotFoundError, AlarmStateError
            If the role may not act, there is no such alarm, or somebody was first.
        """

        def transition(alarm: Alarm, now: datetime) -> Alarm:
            return life.acknowledge(alarm, by=actor.name, at=now)

        order = Order(actor, "alarm.acknowledged", f"alarm:{alarm_id}")
        return self._change(alarm_id, order, Action.ACKNOWLEDGED, transition)

    def confirm(self, alarm_id: int, actor: Actor, note: str = "") -> AlarmView:
        """Confirm that an alarm is a fire; errors as in :meth:`acknowledge`."""

        def transition(alarm: Alarm, now: datetime) -> Alarm:
            return life.confirm(alarm, by=actor.name, at=now)

        order = Order(actor, "alarm.confirmed", f"alarm:{alarm_id}", note, {"note": note})
        return self._change(alarm_id, order, Action.CONFIRMED, transition)

    def close(
        self,
        alarm_id: int,
        actor: Actor,
        verdict: Verdict,
        note: str,
        cause: FalseCause | None = None,
    ) -> AlarmView:
        """Close an alarm with a verdict; errors as in :meth:`acknowledge`."""

        def transition(alarm: Alarm, now: datetime) -> Alarm:
            return life.close(alarm, by=actor.name, at=now, verdict=verdict, note=note, cause=cause)

        body = {"verdict": str(verdict), "cause": cause and str(cause), "note": note}
        words = ": ".join(str(word) for word in (verdict, cause, note) if word)
        order = Order(actor, "alarm.closed", f"alarm:{alarm_id}", words, body)
        return self._change(alarm_id, order, Action.CLOSED, transition)

    def shelve(self, alarm_id: int, actor: Actor, minutes: int, reason: str) -> AlarmView:
        """Put an alarm aside for a while; errors as in :meth:`acknowledge`."""

        def transition(alarm: Alarm, now: datetime) -> Alarm:
            until = now + timedelta(minutes=minutes)
            return life.shelve(alarm, by=actor.name, at=now, until=until, reason=reason)

        body = {"minutes": minutes, "reason": reason}
        order = Order(actor, "alarm.shelved", f"alarm:{alarm_id}", reason, body)
        return self._change(alarm_id, order, Action.SHELVED, transition)

    def unshelve(self, alarm_id: int, actor: Actor) -> AlarmView:
        """Take an alarm off the shelf before its time; errors as in :meth:`acknowledge`."""

        def transition(alarm: Alarm, now: datetime) -> Alarm:
            return life.unshelve(alarm, at=now)

        order = Order(actor, "alarm.unshelved", f"alarm:{alarm_id}")
        return self._change(alarm_id, order, Action.UNSHELVED, transition)

    def acknowledge_many(self, alarm_ids: Sequence[int], actor: Actor) -> dict[str, Any]:
        """Acknowledge every alarm of a list that is no fire; what could not be is left, with why.

        Returns
        -------
        dict
            ``{"acknowledged": [alarm, …], "left": [{"id", "why"}, …]}``.
        """
        ids = sorted(set(alarm_ids))
        left: list[dict[str, Any]] = []

        def work(session: Session, now: datetime) -> Done:
            found = _lock(session, ids, now)
            missing = set(ids) - {alarm.id for alarm in found}
            left.extend({"id": i, "why": f"there is no alarm {i}"} for i in sorted(missing))
            changed = []
            for alarm in found:
                try:
                    after = _acknowledged_in_bulk(alarm, actor.name, now)
                except AlarmStateError as error:
                    left.append({"id": alarm.id, "why": str(error)})
                    continue
                _record(session, alarm, Step(Action.ACKNOWLEDGED, after, actor.name, now, "bulk"))
                changed.append(alarm)
            done = [alarm.id for alarm in changed]
            devices = {alarm.device_id for alarm in changed}
            return Done(devices, done, "acknowledged", after={"acknowledged": done})

        order = Order(actor, "alarm.bulk_acknowledged", f"alarms:{len(ids)}", body={"ids": ids})
        return dict(
            self._run(
                order, work, lambda _, told: {"acknowledged": list(told.alarms), "left": left}
            )
        )

    def _change(
        self, alarm_id: int, order: Order, action: Action, transition: Transition
    ) -> AlarmView:
        def work(session: Session, now: datetime) -> Done:
            found = _lock(session, [alarm_id], now)
            if not found:
                raise NotFoundError(f"there is no alarm {alarm_id}")
            (before,) = found
            after = transition(before, now)
            _record(session, before, Step(action, after, order.actor.name, now, order.reason))
            was, is_ = differences(before, after)
            return Done([after.device_id], [alarm_id], f"alarm {alarm_id}", before=was, after=is_)

        return dict(self._run(order, work, lambda _, changes: changes.alarms[0]))


def _lock(session: Session, alarm_ids: Sequence[int], now: datetime) -> list[Alarm]:
    """Lock devices, then alarms: the order in which the pipeline does it.

    An alarm that is raised meanwhile is none of them: its device is not locked.
    """
    known = alarms.devices_of(session, alarm_ids)
    intake.load_devices(session, known.values(), now)
    return alarms.lock(session, known)


def _record(session: Session, before: Alarm, step: Step) -> None:
    if before.acked_at is None and step.alarm.acked_at is not None:
        incidents.acknowledge(session, step.alarm.incident_id, at=step.at, by=step.actor)
    if step.action is Action.CONFIRMED:
        incidents.confirm(session, step.alarm.incident_id, at=step.at, by=step.actor)
    steps.record(session, step)


def _acknowledged_in_bulk(alarm: Alarm, by: str, at: datetime) -> Alarm:
    if alarm.latched:
        raise AlarmStateError(f"alarm {alarm.id} is a fire: acknowledge it by itself")
    return life.acknowledge(alarm, by=by, at=at)
