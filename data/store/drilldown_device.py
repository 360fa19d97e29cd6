"""The drill-down of one device."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.domain.errors import NotFoundError
from data.domain.views import (
    DeviceView,
    ReadNow,
    StatusChangeView,
)
from data.domain.words import Status
from data.store.drilldown import place_of
from data.store.drilldown_building import open_alarms
from data.store.models import Building, Community, Device, StatusChange, WorkPoint
from data.store.rules import read_rules

CHANGES_LISTED = 20
#: No town has a billion devices.
SLOT_DIGITS = 9


def device_view(session: Session, device_id: str, read_now: ReadNow) -> DeviceView:
    """Return one device with its last values and history.

    Raises
    ------
    NotFoundError
        If there is no such device.
    """
    found = session.execute(
        select(Device, Community, WorkPoint, Building.name)
        .join(Community, Community.code == Device.community_code)
        .join(WorkPoint, WorkPoint.id == Community.work_point_id)
        .outerjoin(Building, Building.id == Device.building_id)
        .where(Device.id == device_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"no device {device_id!r}")
    device, community, point, building = found
    return DeviceView(
        id=device.id,
        slot=device.slot,
        kind=device.kind,
        name=device.name,
        location=device.location,
        interval_s=device.interval_s,
        installed_at=device.installed_at,
        disabled=device.disabled,
        demo=device.demo,
        community=place_of(community),
        work_point=place_of(point),
        building_id=device.building_id,
        building_name=building,
        now=read_now([device_id]).get(device_id),
        rules=read_rules(session)[device.kind],
        alarms=open_alarms(session, device_id=device_id),
        history=_history(session, device_id),
    )


def device_id_of_slot(session: Session, slot: str) -> str:
    """Return the id of the device in a slot; raises NotFoundError if there is none."""
    found = None
    if slot.isdecimal() and len(slot) <= SLOT_DIGITS:
        found = session.scalar(select(Device.id).where(Device.slot == int(slot)))
    if found is None:
        raise NotFoundError(f"no device in slot {slot!r}")
    return found


def _history(session: Session, device_id: str) -> tuple[StatusChangeView, ...]:
    rows = session.scalars(
        select(StatusChange)
        .where(StatusChange.device_id == device_id)
        .order_by(StatusChange.at.desc(), StatusChange.id.desc())
        .limit(CHANGES_LISTED)
    )
    return tuple(
        StatusChangeView(row.at, Status(row.before), Status(row.after), row.reason) for row in rows
    )
