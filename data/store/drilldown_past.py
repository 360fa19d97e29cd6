"""The past of a device: its alarms, its repairs, who maintains it."""

from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from data.domain.drilldown import DevicePast
from data.domain.words import AlarmKind, PersonRole
from data.store.drilldown import person_view
from data.store.drilldown_incident import past_alarms
from data.store.models import AlarmRow, Person
from data.store.steering import unindexed

ALARMS_LISTED: Final = 20
REPAIRS_LISTED: Final = 5
MAINTAINERS_NAMED: Final = 2
#: Of so many last alarms the repairs are picked, so that a bad device's thousands are not read.
LOOKED_THROUGH: Final = 500


def device_past(session: Session, device_id: str, community_code: str) -> DevicePast:
    """Return the past of a device: four statements."""
    of_device = AlarmRow.device_id == device_id
    newest = select(AlarmRow.id).where(of_device).order_by(AlarmRow.raised_at.desc())
    looked = (
        select(AlarmRow.id, AlarmRow.kind, AlarmRow.raised_at, AlarmRow.closed_at, AlarmRow.note)
        .where(of_device)
        .order_by(AlarmRow.raised_at.desc())
        .limit(LOOKED_THROUGH)
        .subquery("looked")
    )
    repaired = and_(
        looked.c.kind.in_([AlarmKind.FAULT, AlarmKind.SUPERVISORY]),
        looked.c.closed_at.is_not(None),
        looked.c.note.is_not(None),
    )
    repairs = select(looked.c.id).where(repaired).order_by(looked.c.raised_at.desc())
    count = select(func.count()).select_from(AlarmRow).where(of_device)
    return DevicePast(
        alarms=past_alarms(session, newest.limit(ALARMS_LISTED)),
        alarm_count=session.scalar(count) or 0,
        repairs=past_alarms(session, repairs.limit(REPAIRS_LISTED)),
        maintainers=tuple(
            person_view(person, None)
            for person in session.scalars(
                select(Person)
                .where(
                    unindexed(Person.role) == PersonRole.MAINTAINER,
                    or_(Person.community_code == community_code, Person.community_code.is_(None)),
                )
                .order_by(Person.community_code.is_(None), Person.label)
                .limit(MAINTAINERS_NAMED)
            )
        ),
    )
