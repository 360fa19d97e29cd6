"""The rows of some alarms and incidents of the history with their names, column by column.

No model is made of a row: a file has a million, and a building's footprint would come along.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from data.domain.history import AlarmRecord, IncidentRecord, Tab
from data.domain.response import outcome_of
from data.domain.views import Place
from data.store.models import AlarmRow, Building, Community, Device, Incident

Record = AlarmRecord | IncidentRecord

_PLACE: Final = (Community.code, Community.name, Community.name_en)
#: What stands before and after the place, in the order of the record's fields.
_ALARM: Final = (
    AlarmRow.id,
    AlarmRow.kind,
    AlarmRow.cause,
    AlarmRow.value,
    AlarmRow.count,
    AlarmRow.raised_at,
    AlarmRow.device_id,
    Device.name,
    Device.kind,
    Device.location,
    AlarmRow.building_id,
    Building.name,
    Building.category,
)
_ALARM_END: Final = (
    AlarmRow.acked_at,
    AlarmRow.acked_by,
    AlarmRow.cleared_at,
    AlarmRow.closed_at,
    AlarmRow.closed_by,
    AlarmRow.verdict,
    AlarmRow.note,
    AlarmRow.incident_id,
)
_INCIDENT: Final = (
    Incident.id,
    Incident.kind,
    Incident.opened_at,
    Incident.building_id,
    Building.name,
    Building.category,
)
_INCIDENT_END: Final = (
    Incident.confidence,
    Incident.acked_at,
    Incident.arrived_at,
    Incident.closed_at,
    Incident.closed_by,
    Incident.verdict,
    Incident.merged_into,
    Incident.verdict_cause,
)


def rows_of(
    session: Session, tab: Tab, ids: Select[Any], asked: Sequence[Any]
) -> tuple[Record, ...]:
    """Return the rows of some ids in the order that is asked for: one statement."""
    if tab is Tab.ALARMS:
        return tuple(map(_alarm_record, session.execute(_alarms(ids).order_by(*asked))))
    return tuple(map(_incident_record, session.execute(_incidents(ids).order_by(*asked))))


def _alarms(ids: Select[Any]) -> Any:
    page = ids.subquery("page")
    return (
        select(*_ALARM, *_PLACE, *_ALARM_END)
        .join_from(AlarmRow, page, page.c.id == AlarmRow.id)
        .join(Device, Device.id == AlarmRow.device_id)
        .join(Community, Community.code == AlarmRow.community_code)
        .outerjoin(Building, Building.id == AlarmRow.building_id)
    )


def _incidents(ids: Select[Any]) -> Any:
    page = ids.subquery("page")
    alarms = (
        select(func.count())
        .select_from(AlarmRow)
        .where(AlarmRow.incident_id == Incident.id)
        .scalar_subquery()
    )
    return (
        select(*_INCIDENT, *_PLACE, alarms, *_INCIDENT_END)
        .join_from(Incident, page, page.c.id == Incident.id)
        .join(Community, Community.code == Incident.community_code)
        .outerjoin(Building, Building.id == Incident.building_id)
    )


def _alarm_record(row: Row[Any]) -> AlarmRecord:
    before, after = len(_ALARM), len(_ALARM) + len(_PLACE)
    values: Sequence[Any] = (*row[:before], Place(*row[before:after]), *row[after:])
    return AlarmRecord(*values)


def _incident_record(row: Row[Any]) -> IncidentRecord:
    before, after = len(_INCIDENT), len(_INCIDENT) + len(_PLACE)
    *middle, closed_at, closed_by, verdict, merged_into, cause = row[after:]
    outcome = outcome_of(closed_at, verdict, merged_into)
    place = Place(*row[before:after])
    values: Sequence[Any] = (*row[:before], place, *middle, closed_at, closed_by, outcome, cause)
    return IncidentRecord(*values)
