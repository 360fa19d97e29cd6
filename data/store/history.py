"""Past alarms and incidents: counted, by the page, and all of them in small steps.

A page is found in two steps within one statement: the ids inside an index that holds all that the
filters ask for, then the rows of these ids with their names. Deep pages are reached from the
nearest place that is known (:mod:`data.store.history_outline`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from data.domain.history import (
    AlarmRecord,
    HistoryFilter,
    HistoryQuery,
    Judged,
    Order,
    SortKey,
    Tab,
)
from data.domain.words import Verdict
from data.store.database import Database
from data.store.history_outline import Mark, Outline, Way, beyond, look_ahead, way_to
from data.store.history_rows import Record, rows_of
from data.store.models import AlarmRow, Building, Community, Device, Incident
from data.store.steering import unindexed

#: So few matches are collected by whichever index is narrowest and then sorted; more of them lie
#: close together in the order that is asked for.
FEW: Final = 20_000
#: So many incidents are asked one by one for their devices; for more of them all alarms of such
#: devices are collected first.
ONE_BY_ONE: Final = 10_000
#: Rows of an export that are in memory at once.
EXPORT_STEP: Final = 1_000


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
    return _count(session, source, where)


def read_page(
    session: Session, query: HistoryQuery, start: int, limit: int, outline: Outline
) -> tuple[tuple[Record, ...], Outline]:
    """Return rows ``start`` … of a question, at most ``limit``, and what is known of it now.

    Parameters
    ----------
    outline
        How many rows the question has (:func:`count_rows`), and where some of them are.
    """
    limit = min(limit, outline.total - start)
    if limit <= 0:
        return (), outline
    query = _without_idle_order(query)
    if outline.total <= FEW:
        way = way_to(Outline(outline.total), start, limit)
        return _page(session, query, way, limit, free=True), outline
    outline = _looked_ahead(session, query, (start, limit), outline)
    rows = _page(session, query, way_to(outline, start, limit), limit, free=False)
    return rows, outline.marked(*_marks(query.order, start, rows))


def _without_idle_order(query: HistoryQuery) -> HistoryQuery:
    """Return the same question in the order of time, if all its rows are equal but for that."""
    wanted, order = query.filter, query.order
    same = {SortKey.KIND: wanted.kind, SortKey.COMMUNITY: wanted.community}.get(order.key)
    return query if same is None else replace(query, order=replace(order, key=SortKey.TIME))


def _page(
    session: Session, query: HistoryQuery, way: Way, limit: int, *, free: bool
) -> tuple[Record, ...]:
    source, order = _SOURCES[query.tab], query.order
    where = [
        *_conditions(source, query.filter, free=free, order=order, walk=way.offset),
        *beyond(_columns(source, order), way, descending=order.descending),
    ]
    asked = _sorting(source, order, backwards=way.backwards)
    ids = select(source.model.id).where(*where).order_by(*asked).limit(limit).offset(way.offset)
    return rows_of(session, query.tab, ids, _sorting(source, order))


def _looked_ahead(
    session: Session, query: HistoryQuery, page: tuple[int, int], outline: Outline
) -> Outline:
    """Return the outline with a mark near the page; other orders than that of time are walked."""
    if query.order.key is not SortKey.TIME:
        return outline
    source, descending = _SOURCES[query.tab], query.order.descending
    where = _conditions(source, query.filter, free=True)

    def count(at: datetime) -> int:
        return _count(session, source, [*where, source.at > at if descending else source.at < at])

    ends = _ends(session, source, query.filter)
    return look_ahead(
        outline, page, ends[::-1] if descending else ends, count, descending=descending
    )


def _ends(session: Session, source: _Source, wanted: HistoryFilter) -> tuple[datetime, datetime]:
    """Return times between which all rows lie."""
    first, last = (select(find(source.at)).scalar_subquery() for find in (func.min, func.max))
    oldest, newest = session.execute(select(first, last)).one()
    return max(oldest, wanted.begins or oldest), min(newest, wanted.ends or newest)


def _marks(order: Order, start: int, rows: Sequence[Record]) -> Iterator[Mark]:
    """Yield the places of a page's first and last row."""
    for position in (0, len(rows) - 1) if rows else ():
        row = rows[position]
        key = {SortKey.KIND: row.kind, SortKey.COMMUNITY: row.community.id}.get(order.key)
        values = (_at(row), row.id)
        yield Mark(start + position, values if key is None else (key, *values))


def read_all(database: Database, tab: Tab, wanted: HistoryFilter) -> Iterator[tuple[Record, ...]]:
    """Yield all rows, the newest first, some at a time; no transaction is held in between.

    Rows that come while this runs are newer than its first row and are not among them.
    """
    source = _SOURCES[tab]
    where = _conditions(source, wanted, free=False, order=Order(), walk=0)
    asked = _sorting(source, Order())
    last: Record | None = None
    while True:
        after = () if last is None else (_after(source, _at(last), last.id),)
        ids = select(source.model.id).where(*where, *after).order_by(*asked).limit(EXPORT_STEP)
        with database.reading() as session:
            rows = rows_of(session, tab, ids, asked)
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


def _columns(source: _Source, order: Order) -> list[Any]:
    key = source.keys.get(order.key)
    return [source.at, source.model.id] if key is None else [key, source.at, source.model.id]


def _sorting(source: _Source, order: Order, *, backwards: bool = False) -> list[Any]:
    descending = order.descending != backwards
    columns = _columns(source, order)
    return [column.desc() if descending else column.asc() for column in columns]


def _count(session: Session, source: _Source, where: list[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count()).select_from(source.model).where(*where)) or 0


def _conditions(
    source: _Source,
    wanted: HistoryFilter,
    *,
    free: bool,
    order: Order | None = None,
    walk: int | None = None,
) -> list[ColumnElement[bool]]:
    """Return what the rows must be.

    Parameters
    ----------
    free
        Whether any index may be used; otherwise none but that of the order.
    order
        In which they are asked for; None if they are counted.
    walk
        Rows that are passed over before those that are wanted; None if all are.
    """
    few = _in_few_places(source, wanted, free=free, walk=walk)
    # A kind's or a community's rows lie in the order of time within their index.
    by_time = order is not None and order.key is SortKey.TIME
    times = _in_time(wanted, source.at if free or by_time else unindexed(source.at))
    by_word = not few if free else by_time
    alike = _words_alike(source, wanted, by_word=by_word)
    return [*times, *alike, *_without_verdict(source.model, wanted.verdict, free=free), *few]


def _in_time(wanted: HistoryFilter, at: Any) -> Iterator[ColumnElement[bool]]:
    if wanted.begins is not None:
        yield at >= wanted.begins
    if wanted.ends is not None:
        yield at < wanted.ends


def _words_alike(
    source: _Source, wanted: HistoryFilter, *, by_word: bool
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions on columns of few different words, each of which very many rows share.

    Parameters
    ----------
    by_word
        Whether the index of one of them may be used: the narrower one's.
    """
    model = source.model
    judged = {str(verdict): verdict for verdict in Verdict}
    asked = {
        model.community_code: wanted.community,
        model.kind: wanted.kind,
        model.verdict: judged.get(str(wanted.verdict)),
    }
    given = [(column, word) for column, word in asked.items() if word is not None]
    for place, (column, word) in enumerate(given):
        yield (column if by_word and place == 0 else unindexed(column)) == word


def _without_verdict(
    model: Any, wanted: Judged | None, *, free: bool
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions for what has no verdict: few rows are open or merged, and have an index."""
    is_open = select(model.id).where(model.closed_at.is_(None))
    key = model.id if free else unindexed(model.id)
    if wanted is Judged.NONE:
        yield key.in_(is_open)
    if wanted is Judged.MERGED:
        yield key.in_(_merged()) if model is Incident else false()
    if wanted is Judged.RECOVERED:
        yield unindexed(model.verdict).is_(None)
        yield key.not_in(is_open)
        if model is Incident:
            yield key.not_in(_merged())


def _merged() -> Select[Any]:
    return select(Incident.id).where(Incident.merged_into.is_not(None))


def _in_few_places(
    source: _Source, wanted: HistoryFilter, *, free: bool, walk: int | None
) -> list[ColumnElement[bool]]:
    """Return conditions on the building, and on the alarm's device or one of the incident's."""
    building = source.model.building_id if free else unindexed(source.model.building_id)
    device = AlarmRow.device_id if free else unindexed(AlarmRow.device_id)
    found: list[ColumnElement[bool]] = []
    if wanted.device_kind is not None:
        kinds = select(Device.id).where(Device.kind == wanted.device_kind)
        is_alarm = source.model is AlarmRow
        found.append(device.in_(kinds) if is_alarm else _has_alarm_of(kinds, walk))
    if wanted.category is not None:
        found.append(building.in_(select(Building.id).where(Building.category == wanted.category)))
    for word in _words(wanted):
        there = building.in_(_named(word, Building))
        is_alarm = source.model is AlarmRow
        found.append(or_(there, device.in_(_named(word, Device))) if is_alarm else there)
    return found


def _has_alarm_of(devices: Select[Any], walk: int | None) -> ColumnElement[bool]:
    if walk is not None and walk <= ONE_BY_ONE:
        return exists().where(
            AlarmRow.incident_id == Incident.id, unindexed(AlarmRow.device_id).in_(devices)
        )
    within = unindexed(AlarmRow.incident_id).is_not(None)
    found = select(AlarmRow.incident_id).where(AlarmRow.device_id.in_(devices), within)
    return unindexed(Incident.id).in_(found)


def _words(wanted: HistoryFilter) -> list[str]:
    return wanted.text.split()


def _named(word: str, model: type[Building] | type[Device]) -> Select[Any]:
    """Return the ids of the buildings or devices with a word in their names."""
    texts = (
        (Building.id, Building.name, Building.address)
        if model is Building
        else (Device.id, Device.name, Device.location)
    )
    # Chinese has no capitals: comparing it as it is takes half the time.
    if word.lower() == word.upper():
        return select(model.id).where(or_(*(t.contains(word, autoescape=True) for t in texts)))
    return select(model.id).where(or_(*(t.icontains(word, autoescape=True) for t in texts)))
