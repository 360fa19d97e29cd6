"""Writing a plan: rows, device states, audit and the new geometry version, in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.domain.alarms import Action, Step, put_back
from data.domain.devices import device_status
from data.reference.change import Change, Kind, Plan
from data.reference.fields import Layer
from data.reference.known import MODELS, primary_key
from data.store import outbox, steps
from data.store.alarms import open_alarms_of
from data.store.events import DeviceState, StatusChange
from data.store.geometry import touch_geometry_version
from data.store.management import Audit
from data.store.places import Community, Device

ACTION = "reference.import"
REASON = "official data"


def apply_plan(
    session: Session, plan: Plan, *, at: datetime, actor: str, detail: Mapping[str, Any]
) -> None:
    """Write a plan that has no problems; the caller commits.

    Parameters
    ----------
    detail
        What the audit says besides the counts: file name, its SHA-256, CRS.
    """
    model = MODELS[plan.layer]
    slot = _next_slot(session) if plan.layer is Layer.DEVICES else 0
    for change in plan.changes:
        values = _columns(change.values)
        if change.kind is Kind.NEW:
            extra = {"slot": slot} if plan.layer is Layer.DEVICES else {}
            session.add(model(**{primary_key(model): change.id}, **(values | extra)))
            slot += 1
        elif change.kind is Kind.REMOVED:
            session.delete(session.get_one(model, change.id))
        elif change.kind is not Kind.UNCHANGED:
            _set(session.get_one(model, change.id), values)
    session.flush()
    if plan.layer is Layer.WORK_POINTS:
        _join_communities(session, plan.changes)
    if plan.layer is Layer.DEVICES:
        _tell_devices(session, plan.changes, at, actor)
    if any(change.kind is not Kind.UNCHANGED for change in plan.changes):
        touch_geometry_version(session)
    session.add(
        Audit(
            at=at,
            actor=actor,
            action=ACTION,
            subject=str(plan.layer),
            detail={**detail, **plan.counts()},
        )
    )
    session.flush()


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the model stores them, without what is no column."""
    return {
        name: shapely.to_wkb(value) if isinstance(value, BaseGeometry) else value
        for name, value in values.items()
        if name != "communities"
    }


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _next_slot(session: Session) -> int:
    highest = session.scalar(select(func.max(Device.slot)))
    return 0 if highest is None else highest + 1


def _join_communities(session: Session, changes: Iterable[Change]) -> None:
    for change in changes:
        for code in change.values.get("communities") or ():
            session.get_one(Community, code).work_point_id = change.id


def _tell_devices(session: Session, changes: Iterable[Change], at: datetime, actor: str) -> None:
    """Give new devices a state, recompute that of devices put in or out of service; note both."""
    touched, alarms = [], []
    for change in changes:
        if change.kind is Kind.NEW:
            session.add(_silent(change, at))
            touched.append(change.id)
        elif "disabled" in change.values:
            alarms += _put_back(session, change.id, at, actor)
            _recompute(session, change.id, at)
            touched.append(change.id)
    if touched:
        outbox.add(session, at, touched, alarms)


def _put_back(session: Session, device_id: str, at: datetime, actor: str) -> list[int]:
    """Let a device that is in service again have its alarms back; return them.

    Nobody is named any more as who took it out of service.
    """
    device = session.get_one(Device, device_id)
    device.disabled_at = device.disabled_by = device.disabled_reason = None
    if device.disabled:
        return []
    held = [
        alarm
        for alarm in open_alarms_of(session, [device_id]).get(device_id, ())
        if alarm.out_of_service_at is not None
    ]
    for alarm in held:
        back = put_back(alarm, at=at)
        steps.record(session, Step(Action.BACK_IN_SERVICE, back, actor, at, REASON))
    return [alarm.id for alarm in held]


def _silent(change: Change, at: datetime) -> DeviceState:
    """Return the state of a device that has never been heard of: stale, not normal."""
    status = device_status((), stale=True, disabled=bool(change.values["disabled"]))
    return DeviceState(
        device_id=change.id, status=int(status), since=at, stale=True, values={}, recent=b""
    )


def _recompute(session: Session, device_id: str, at: datetime) -> None:
    state = session.get(DeviceState, device_id)
    if state is None:
        return
    alarms = open_alarms_of(session, [device_id]).get(device_id, ())
    disabled = session.get_one(Device, device_id).disabled
    status = int(device_status(alarms, stale=state.stale, disabled=disabled))
    if status == state.status:
        return
    change = StatusChange(
        device_id=device_id, at=at, before=state.status, after=status, reason=REASON
    )
    session.add(change)
    state.status, state.since, state.version = status, at, state.version + 1
