"""Past alarms and incidents: counted, by the page, and all of them in small steps.

A page is found in two steps within one statement: the ids inside an index that holds all that the
filters ask for, then the rows of these ids with their names. Deep pages are counted from the
nearer end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from data.domain.history import (
    AlarmRecord,
    HistoryFilter,
    HistoryQuery,
    IncidentRecord,
    Judged,
    Order,
    SortKey,
    Tab,
)
from data.domain.words import Verdict
from data.store.database import Database
from data.store.drilldown import place_of
from data.store.incidents import outcome
from data.store.models import AlarmRow, Building, Community, Device, Incident
from data.store.steering import unindexed

#: So few matches are collected by whichever index is narrowest and then sorted; more of them lie
#: close together in the order that is asked for.
FEW: Final = 20_000
#: Rows of an export that are in memory at once.
EXPORT_STEP: Final = 1_000

Record = AlarmRecord | IncidentRecord


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one tab's rows come from."""

    model: Any
    at: Any
    #: The columns that it can be sorted by, each the beginning of an index.
    keys: dict[SortKey, Any] = field(default_factory=dict)


_SOURCES: Final = {
    Tab.ALARMS: _Source(
        AlarmRow,
        AlarmRow.raised_at,
        {SortKey.KIND: AlarmRow.kind, SortKey.COMMUNITY: AlarmRow.community_code},
    ),
    Tab.INCIDENTS: _Source(
        Incident,
        Incident.opened_at,
        {SortKey.KIND: Incident.kind, SortKey.COMMUNITY: Incident.community_code},
    ),
}


def all_communities(session: Session) -> Sequence[Community]:
    """Return the communities to choose from."""
    return session.scalars(select(Community).order_by(Community.code)).all()


def count_rows(session: Session, tab: Tab, wanted: HistoryFilter) -> int:
    """Return how many rows there are, exactly."""
    source = _SOURCES[tab]
    where = _conditions(source, wanted, free=True)
    return session.scalar(select(func.count()).select_from(source.model).where(*where)) or 0


def read_page(
    session: Session, query: HistoryQuery, start: int, limit: int, total: int
) -> tuple[Record, ...]:
    """Return rows ``start`` … of a question, at most ``limit``.

    Parameters
    ----------
    total
        How many rows the question has (:func:`count_rows`); decides from which end to count.
    """
    limit = min(limit, total - start)
    if limit <= 0:
        return ()
    source, order = _SOURCES[query.tab], query.order
    backwards = start > total // 2
    offset = total - start - limit if backwards else start
    where = _conditions(source, query.filter, free=total <= FEW)
    asked = _sorting(source, order, backwards=backwards)
    ids = select(source.model.id).where(*where).order_by(*asked).limit(limit).offset(offset)
    rows = _rows(session, query.tab, ids, _sorting(source, order))
    return tuple(rows)


def read_all(database: Database, tab: Tab, wanted: HistoryFilter) -> Iterator[tuple[Record, ...]]:
    """Yield all rows, the newest first, some at a time; no transaction is held in between.

    Rows that come while this runs are newer than its first row and are not among them.
    """
    source = _SOURCES[tab]
    where = _conditions(source, wanted, free=False)
    asked = _sorting(source, Order())
    last: Record | None = None
    while True:
        after = () if last is None else (_after(source, _at(last), last.id),)
        ids = select(source.model.id).where(*where, *after).order_by(*asked).limit(EXPORT_STEP)
        with database.reading() as session:
            rows = tuple(_rows(session, tab, ids, asked))
        if rows:
            yield rows
        if len(rows) < EXPORT_STEP:
            return
        last = rows[-1]


def _at(record: Record) -> datetime:
    return record.raised_at if isinstance(record, AlarmRecord) else record.opened_at


def _after(source: _Source, at: datetime, key: int) -> ColumnElement[bool]:
    """Return the condition for what follows a row, in a form whose first part uses the index."""
    follows = or_(unindexed(source.at) < at, source.model.id < key)
    return and_(source.at <= at, follows)


def _sorting(source: _Source, order: Order, *, backwards: bool = False) -> list[Any]:
    descending = order.descending != backwards
    key = source.keys.get(order.key)
    columns = [source.at, source.model.id] if key is None else [key, source.at, source.model.id]
    return [column.desc() if descending else column.asc() for column in columns]


def _conditions(source: _Source, wanted: HistoryFilter, *, free: bool) -> list[ColumnElement[bool]]:
    """Return what the rows must be; unless ``free``, no index but that of the order is used."""
    few = _in_few_places(source, wanted, free=free)
    return [*_in_time(source, wanted), *_words_alike(source, wanted, free=free and not few), *few]


def _in_time(source: _Source, wanted: HistoryFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.begins is not None:
        yield source.at >= wanted.begins
    if wanted.ends is not None:
        yield source.at < wanted.ends


def _words_alike(
    source: _Source, wanted: HistoryFilter, *, free: bool
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions on columns of few different words, each of which very many rows share."""
    model = source.model
    verdict = None if wanted.verdict is Judged.NONE else wanted.verdict
    asked = {
        model.kind: wanted.kind,
        model.community_code: wanted.community,
        model.verdict: None if verdict is None else Verdict(verdict),
    }
    given = {column: word for column, word in asked.items() if word is not None}
    for column, word in given.items():
        yield (column if free and len(given) == 1 else unindexed(column)) == word
    if wanted.verdict is Judged.NONE:
        yield unindexed(model.verdict).is_(None)


def _in_few_places(
    source: _Source, wanted: HistoryFilter, *, free: bool
) -> list[ColumnElement[bool]]:
    """Return conditions on the building, and on the alarm's device or one of the incident's."""
    building = source.model.building_id if free else unindexed(source.model.building_id)
    device = AlarmRow.device_id if free else unindexed(AlarmRow.device_id)
    found: list[ColumnElement[bool]] = []
    if wanted.category is not None:
        found.append(building.in_(select(Building.id).where(Building.category == wanted.category)))
    if wanted.device_kind is not None:
        kinds = select(Device.id).where(Device.kind == wanted.device_kind)
        found.append(device.in_(kinds) if source.model is AlarmRow else _has_alarm_of(kinds))
    for word in _words(wanted):
        there = building.in_(_named(word, Building))
        is_alarm = source.model is AlarmRow
        found.append(or_(there, device.in_(_named(word, Device))) if is_alarm else there)
    return found


def _has_alarm_of(devices: Select[Any]) -> ColumnElement[bool]:
    return exists().where(
        AlarmRow.incident_id == Incident.id, unindexed(AlarmRow.device_id).in_(devices)
    )


def _words(wanted: HistoryFilter) -> list[str]:
    return wanted.text.split()


def _named(word: str, model: type[Building] | type[Device]) -> Select[Any]:
    """Return the ids of the buildings or devices with a word in their names."""
    texts = (
        (Building.id, Building.name, Building.address)
        if model is Building
        else (Device.id, Device.name, Device.location)
    )
    return select(model.id).where(or_(*(text.icontains(word, autoescape=True) for text in texts)))


def _rows(session: Session, tab: Tab, ids: Select[Any], asked: Sequence[Any]) -> Iterator[Record]:
    if tab is Tab.ALARMS:
        for row in session.execute(_alarms(ids).order_by(*asked)):
            yield _alarm_record(*row)
    else:
        for row in session.execute(_incidents(ids).order_by(*asked)):
            yield _incident_record(*row)


def _alarms(ids: Select[Any]) -> Any:
    page = ids.subquery("page")
    return (
        select(AlarmRow, Device.name, Device.kind, Device.location, Building, Community)
        .join(page, page.c.id == AlarmRow.id)
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
        select(Incident, alarms, Building, Community)
        .join(page, page.c.id == Incident.id)
        .join(Community, Community.code == Incident.community_code)
        .outerjoin(Building, Building.id == Incident.building_id)
    )


def _alarm_record(
    row: AlarmRow,
    name: str,
    kind: Any,
    location: str,
    building: Building | None,
    community: Community,
) -> AlarmRecord:
    return AlarmRecord(
        id=row.id,
        kind=row.kind,
        cause=row.cause,
        value=row.value,
        count=row.count,
        raised_at=row.raised_at,
        device_id=row.device_id,
        device_name=name,
        device_kind=kind,
        location=location,
        building_id=row.building_id,
        building_name=building.name if building else None,
        category=building.category if building else None,
        community=place_of(community),
        acked_at=row.acked_at,
        acked_by=row.acked_by,
        cleared_at=row.cleared_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        verdict=row.verdict,
        note=row.note,
        incident_id=row.incident_id,
    )


def _incident_record(
    row: Incident, alarms: int, building: Building | None, community: Community
) -> IncidentRecord:
    return IncidentRecord(
        id=row.id,
        kind=row.kind,
        opened_at=row.opened_at,
        building_id=row.building_id,
        building_name=building.name if building else None,
        category=building.category if building else None,
        community=place_of(community),
        alarms=alarms,
        confidence=row.confidence,
        acked_at=row.acked_at,
        arrived_at=row.arrived_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        outcome=outcome(row),
        verdict_cause=row.verdict_cause,
    )
