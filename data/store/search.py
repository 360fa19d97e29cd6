"""Search over communities, work points, buildings, facilities and devices by a part of the name."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.domain.text import printable
from data.domain.views import HitKind, SearchHit
from data.store.models import Building, Community, Device, Facility, WorkPoint

RESULTS: Final = 20
#: Longer texts than any name are cut: a search is typed by a person.
MAX_LENGTH: Final = 60

EXACT, PREFIX, NAME, DETAIL = range(4)
_ORDER: Final = {kind: place for place, kind in enumerate(HitKind)}

Texts = Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]


def search(session: Session, text: str, limit: int = RESULTS) -> tuple[SearchHit, ...]:
    """Return the best hits: exact name or id, then prefix, then part of it, then address.

    Words separated by spaces must all be found, each anywhere. ``%`` and ``_`` mean themselves.
    """
    wanted = printable(" ".join(text.split()))[:MAX_LENGTH].strip()
    if not wanted:
        return ()
    hits = [
        *_communities(session, wanted, limit),
        *_work_points(session, wanted, limit),
        *_buildings(session, wanted, limit),
        *_facilities(session, wanted, limit),
        *_devices(session, wanted, limit),
    ]
    hits.sort(key=lambda hit: (hit.rank, _ORDER[hit.kind], len(hit.name), hit.name, hit.id))
    return tuple(hits[:limit])


def _matches(wanted: str, texts: Texts) -> ColumnElement[bool]:
    return and_(
        *(
            or_(*(text.icontains(word, autoescape=True) for text in texts))
            for word in wanted.split()
        )
    )


def _rank(wanted: str, names: Texts) -> ColumnElement[int]:
    """Return how good a match is, by the names alone; what only the details hold comes last."""
    return case(
        (or_(*(name.ilike(_escaped(wanted), escape="/") for name in names)), EXACT),
        (or_(*(name.istartswith(wanted, autoescape=True) for name in names)), PREFIX),
        (_matches(wanted, names), NAME),
        else_=DETAIL,
    ).cast(Integer)


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _communities(session: Session, wanted: str, limit: int) -> Iterable[SearchHit]:
    names = (Community.name, Community.name_short, Community.name_en, Community.code)
    rank = _rank(wanted, names)
    rows = session.execute(
        select(Community.code, Community.name, Community.name_en, rank)
        .where(_matches(wanted, names))
        .order_by(rank, Community.code)
        .limit(limit)
    )
    for code, name, name_en, how in rows:
        opens = ("community", code)
        yield SearchHit(HitKind.COMMUNITY, code, name, name_en, "", code, opens, how)


def _work_points(session: Session, wanted: str, limit: int) -> Iterable[SearchHit]:
    names = (WorkPoint.name, WorkPoint.name_en)
    rank = _rank(wanted, names)
    rows = session.execute(
        select(WorkPoint.id, WorkPoint.name, WorkPoint.name_en, rank)
        .where(_matches(wanted, names))
        .order_by(rank, WorkPoint.id)
        .limit(limit)
    )
    for key, name, name_en, how in rows:
        opens = ("work_point", key)
        yield SearchHit(HitKind.WORK_POINT, key, name, name_en, "", "", opens, how)


def _buildings(session: Session, wanted: str, limit: int) -> Iterable[SearchHit]:
    names = (Building.name, Building.id)
    rank = _rank(wanted, names)
    rows = session.execute(
        select(Building.id, Building.name, Building.category, Building.address, rank)
        .where(_matches(wanted, (*names, Building.address)))
        .order_by(rank, Building.name, Building.id)
        .limit(limit)
    )
    for key, name, category, address, how in rows:
        opens = ("building", key)
        yield SearchHit(HitKind.BUILDING, key, name, "", category, address, opens, how)


def _facilities(session: Session, wanted: str, limit: int) -> Iterable[SearchHit]:
    """Find facilities; one without a device of its own opens its community."""
    names = (Facility.name, Facility.id)
    rank = _rank(wanted, names)
    rows = session.execute(
        select(Facility, Community.name, Device.slot, rank)
        .join(Community, Community.code == Facility.community_code)
        .outerjoin(Device, Device.id == Facility.device_id)
        .where(_matches(wanted, names))
        .order_by(rank, Facility.name, Facility.id)
        .limit(limit)
    )
    for row, community, slot, how in rows:
        device = row.device_id
        opens = ("device", device) if device else ("community", row.community_code)
        yield SearchHit(
            HitKind.FACILITY, row.id, row.name, "", row.kind, community, opens, how, slot
        )


def _devices(session: Session, wanted: str, limit: int) -> Iterable[SearchHit]:
    names = (Device.id, Device.name)
    rank = _rank(wanted, names)
    rows = session.execute(
        select(Device, Building.name, rank)
        .outerjoin(Building, Building.id == Device.building_id)
        .where(_matches(wanted, (*names, Device.location)))
        .order_by(rank, Device.id)
        .limit(limit)
    )
    for row, building, how in rows:
        detail = " ".join(part for part in (building, row.location) if part)
        opens = ("device", row.id)
        yield SearchHit(
            HitKind.DEVICE, row.id, row.name, "", row.kind, detail, opens, how, row.slot
        )
