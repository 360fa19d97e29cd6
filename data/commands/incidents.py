"""Commands on incidents: the response and its clock, notes, checklist, merge, split, close."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from data.commands.base import MAY_ACT, Actor, Done, Order, Runner
from data.commands.photos import add_photo, keep, make_picture
from data.domain import alarms as life
from data.domain import response
from data.domain.alarms import Action, Alarm, Step
from data.domain.checklists import checklist
from data.domain.differences import differences
from data.domain.errors import NotAllowedError, NotFoundError, ReasonMissingError
from data.domain.response import IncidentState, Stage
from data.domain.words import FalseCause, Verdict
from data.store import alarms, gate, incident_end, incidents, intake, steps
from data.store.incident_views import IncidentAnswer, incident_view
from data.store.models import Building, Incident, IncidentPhoto


@dataclass(frozen=True, slots=True)
class _Locked:
    """An incident of a command, with its alarms, all locked."""

    session: Session
    row: Incident
    alarms: list[Alarm]
    now: datetime

    @property
    def state(self) -> IncidentState:
        return incidents.state_of(self.row)

    def note(self, action: str, actor: Actor, detail: str = "") -> None:
        incidents.note_entry(
            self.session, self.row.id, at=self.now, action=action, actor=actor.name, detail=detail
        )


Change = Callable[[_Locked], Done]


class IncidentCommands(Runner):
    """What a person does to an incident; each answers with the incident as it is then."""

    def advance(
        self, incident_id: int, stage: Stage, actor: Actor, detail: str = ""
    ) -> IncidentAnswer:
        """Take the response one stage further; for ``DISPATCHED`` ``detail`` says who was sent.

        Raises
        ------
        NotAllowedError, NotFoundError, IncidentClosedError, StageError, ReasonMissingError
            If the role may not act, there is no such incident, it is over, the stage does not
            follow, or nobody is named who was sent.
        """

        def change(it: _Locked) -> Done:
            state = replace(it.state, recorded_by=incidents.recorded_by(it.session, incident_id))
            after = response.advance(state, stage, at=it.now, to=detail)
            incidents.write_response(it.row, after)
            it.note(str(stage), actor, detail)
            if stage is Stage.ENDED:
                incident_end.settle(it.session, incident_id, it.now)
            return Done()

        order = _order(actor, str(stage), incident_id, detail, {"detail": detail})
        return self._act(incident_id, order, change)

    def note(self, incident_id: int, actor: Actor, text: str) -> IncidentAnswer:
        """Add a note to the timeline, also to that of an incident that is over."""

        def change(it: _Locked) -> Done:
            if not text.strip():
                raise ReasonMissingError("a note says something")
            it.note("note", actor, text.strip())
            return Done()

        return self._act(
            incident_id, _order(actor, "noted", incident_id, text, {"text": text}), change
        )

    def check(self, incident_id: int, actor: Actor, item: str) -> IncidentAnswer:
        """Tick an item of the checklist of the building's category."""

        def change(it: _Locked) -> Done:
            response.must_be_open(it.state)
            building = it.row.building_id and it.session.get(Building, it.row.building_id)
            if item not in checklist(building.category if building else None):
                raise NotFoundError(f"the checklist has no item {item!r}")
            it.note("checked", actor, item)
            return Done()

        return self._act(
            incident_id, _order(actor, "checked", incident_id, item, {"item": item}), change
        )

    def photo(self, incident_id: int, actor: Actor, raw: bytes, folder: Path) -> IncidentAnswer:
        """Keep a photo of an incident, also of one that is over.

        Raises
        ------
        NotAllowedError, NotFoundError, PhotoError
            If the role may not act, there is no such incident, or the file is no photo.
        """
        photographed = _order(actor, "photographed", incident_id, "", {"bytes": len(raw)})
        with self._noting_refusals(photographed):
            if actor.role not in MAY_ACT:
                raise NotAllowedError(f"the role {actor.role} may not do this")
            picture = make_picture(raw)

        def change(it: _Locked) -> Done:
            row = IncidentPhoto(incident_id=incident_id, at=it.now)
            add_photo(it.session, row, actor, picture)
            it.note("photo", actor, str(row.id))
            return Done()

        order = replace(photographed, body={"file": picture.file})
        made = keep(folder, picture)
        try:
            return self._act(incident_id, order, change)
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise

    def close_incident(
        self,
        incident_id: int,
        actor: Actor,
        verdict: Verdict,
        note: str,
        cause: FalseCause | None = None,
    ) -> IncidentAnswer:
        """Close an incident and every open alarm of it, with one verdict and what was found.

        Raises
        ------
        NotAllowedError, NotFoundError, IncidentClosedError
            If the role may not act, there is no such incident, or it is over.
        ResponseRunningError, CauseMissingError, FindingMissingError
            If somebody is still out there, or the verdict does not say enough.
        """

        def change(it: _Locked) -> Done:
            response.may_close(it.state, verdict, cause, note)
            still_open = [alarm for alarm in it.alarms if alarm.closed_at is None]
            for alarm in still_open:
                after = life.close(
                    alarm, by=actor.name, at=it.now, verdict=verdict, note=note, cause=cause
                )
                steps.record(it.session, Step(Action.CLOSED, after, actor.name, it.now, note))
            if not still_open:
                incident_end.judge(
                    it.session,
                    it.row,
                    at=it.now,
                    by=actor.name,
                    verdict=verdict,
                    found=note.strip() or None,
                )
            devices = {alarm.device_id for alarm in still_open}
            return Done(devices, [a.id for a in still_open], f"incident {incident_id}")

        body = {"verdict": str(verdict), "cause": cause and str(cause), "note": note}
        words = ": ".join(str(word) for word in (verdict, cause, note) if word)
        order = _order(actor, "closed", incident_id, words, body)
        return self._act(incident_id, order, change)

    def merge(self, incident_id: int, other_id: int, actor: Actor, reason: str) -> IncidentAnswer:
        """Make the alarms of another open incident part of this one.

        Raises
        ------
        NotAllowedError, NotFoundError, IncidentClosedError, MergeError
            If either is over, or the other has a response of its own.
        """

        def work(session: Session, now: datetime) -> Done:
            both = _lock(session, [incident_id, other_id], now)
            one, other = both[incident_id], both[other_id]
            response.may_merge(one.state, other.state)
            incidents.move(session, [alarm.id for alarm in other.alarms], incident_id)
            row = other.row
            row.closed_at, row.closed_by, row.merged_into = now, actor.name, incident_id
            times = [at for at in (one.row.acked_at, row.acked_at) if at is not None]
            one.row.acked_at = min(times, default=None)
            incidents.regroup(session, one.row)
            one.note("merged", actor, _with(other_id, reason))
            other.note("merged_into", actor, _with(incident_id, reason))
            moved = [alarm.id for alarm in other.alarms]
            done = Done(
                before={f"incident:{other_id}": moved}, after={f"incident:{incident_id}": moved}
            )
            return _told(session, done, [incident_id, other_id])

        body = {"other": other_id, "reason": reason}
        order = _order(actor, "merged", incident_id, reason, body)
        return self._view(incident_id, order, work)

    def split(
        self, incident_id: int, alarm_ids: Sequence[int], actor: Actor, reason: str
    ) -> IncidentAnswer:
        """Make some alarms of an incident one of their own; answers with the new one.

        Raises
        ------
        NotAllowedError, NotFoundError, IncidentClosedError, MergeError
            If it is over, or none or all of its alarms would leave.
        """
        made: list[int] = []

        def work(session: Session, now: datetime) -> Done:
            it = _lock(session, [incident_id], now)[incident_id]
            response.may_split(it.state, [alarm.id for alarm in it.alarms], alarm_ids)
            fresh = incidents.open_beside(session, it.row, min(alarm_ids))
            made.append(fresh.id)
            incidents.move(session, alarm_ids, fresh.id)
            for row in (it.row, fresh):
                incidents.regroup(session, row)
            it.note("split_off", actor, _with(fresh.id, reason))
            _Locked(session, fresh, [], now).note("split_from", actor, _with(incident_id, reason))
            for row in (it.row, fresh):
                incident_end.settle(session, row.id, now)
            moved = sorted(set(alarm_ids))
            done = Done(
                before={f"incident:{incident_id}": moved}, after={f"incident:{fresh.id}": moved}
            )
            return _told(session, done, [incident_id, fresh.id])

        body = {"alarms": sorted(set(alarm_ids)), "reason": reason}
        order = _order(actor, "split", incident_id, reason, body)
        return dict(self._run(order, work, lambda session, _: incident_view(session, made[0])))

    def _act(self, incident_id: int, order: Order, change: Change) -> IncidentAnswer:
        def work(session: Session, now: datetime) -> Done:
            it = _lock(session, [incident_id], now)[incident_id]
            state = it.state
            done = change(it)
            was, is_ = differences(state, it.state)
            return _told(session, replace(done, before=was, after=is_), [incident_id])

        return self._view(incident_id, order, work)

    def _view(
        self, incident_id: int, order: Order, work: Callable[[Session, datetime], Done]
    ) -> IncidentAnswer:
        return dict(self._run(order, work, lambda session, _: incident_view(session, incident_id)))


def _lock(session: Session, incident_ids: Sequence[int], now: datetime) -> dict[int, _Locked]:
    """Lock the devices of incidents, then pass the gate: the order of :mod:`data.store.gate`.

    An alarm that has joined before the gate brings a device that is not locked: begin again.
    """
    while True:
        devices = {device for _, device in incidents.alarms_of(session, incident_ids)}
        with session.begin_nested() as attempt:
            intake.load_devices(session, devices, now)
            gate.enter(session)
            members = incidents.alarms_of(session, incident_ids)
            if {device for _, device in members} <= devices:
                break
            attempt.rollback()
    rows = incidents.load(session, incident_ids)
    locked = alarms.lock(session, [alarm_id for alarm_id, _ in members])
    return {
        incident_id: _Locked(session, row, [a for a in locked if a.incident_id == incident_id], now)
        for incident_id, row in rows.items()
    }


def _told(session: Session, done: Done, incident_ids: Sequence[int]) -> Done:
    """Say on every screen that people worked on incidents, with the alarms that carry its facts."""
    touched = [alarm for number in incident_ids for alarm in incidents.touch(session, number)]
    return replace(done, alarms=[*done.alarms, *touched], incidents=incident_ids)


def _order(actor: Actor, action: str, incident_id: int, reason: str, body: dict[str, Any]) -> Order:
    return Order(actor, f"incident.{action}", f"incident:{incident_id}", reason, body)


def _with(incident_id: int, reason: str) -> str:
    return f"{incident_id}: {reason.strip()}" if reason.strip() else str(incident_id)
