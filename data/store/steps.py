"""Writing a transition of an alarm: row, history, and the end of its incident."""

from sqlalchemy.orm import Session

from data.domain.alarms import Action, Step
from data.store import alarms, incident_end


def record(session: Session, step: Step) -> None:
    """Write one step; an alarm that it closed may be the last of its incident."""
    alarm = step.alarm
    alarms.save(session, alarm)
    alarms.note_transition(
        session,
        alarm.id,
        at=step.at,
        action=step.action,
        actor=step.actor,
        reason=step.reason,
    )
    if alarm.closed_at is None:
        return
    if step.action is not Action.CLOSED:
        alarms.note_transition(
            session, alarm.id, at=alarm.closed_at, action=Action.CLOSED, actor=step.actor
        )
    incident_end.settle(session, alarm.incident_id, alarm.closed_at)
