"""What one transaction of the pipeline raises: alarms and their incidents, written together.

Behind the gate (:mod:`data.store.gate`) nobody else changes alarms or incidents, so that open
incidents are read once for all the places of a batch, joined in memory, and written at the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select, text, union, update
from sqlalchemy.orm import Session

from data.domain.alarms import Action, Alarm
from data.domain.incidents import (
    INCIDENT_KINDS,
    OpenIncident,
    Witness,
    belongs,
    confidence,
    goes_on_saying,
    worse_kind,
)
from data.domain.intake import NewAlarm
from data.domain.rules import MANUAL_CAUSE
from data.domain.words import AlarmKind
from data.store.intake import KnownDevice
from data.store.journal import Journal
from data.store.models import AlarmRow, BuildingNeighbour, Device, Incident
from data.store.prepared import Prepared, among, likely

_A: Final = AlarmRow.__table__.c
_I: Final = Incident.__table__.c
_N: Final = BuildingNeighbour.__table__.c
_D: Final = Device.__table__.c

_SAME: Final = Prepared(
    lambda _: select(_A.id).where(
        _A.device_id == bindparam("device"),
        _A.cause == bindparam("cause"),
        _A.message_id == bindparam("message"),
    )
)
_BESIDE: Final = Prepared(
    lambda _: select(_N.building_id, _N.neighbour_id).where(among(_N.building_id, "buildings"))
)
_WHAT: Final = (_I.id, _I.kind, _I.opened_at, _I.last_at, _I.confidence, _I.building_id)
#: Open incidents of some buildings, or with open alarms there; each part has a partial index of its
#: own, so that thousands of open ones elsewhere don't matter.
_AT: Final = Prepared(
    lambda _: union(
        select(_I.building_id.label("place"), *_WHAT).where(
            among(_I.building_id, "places"), likely(_I.closed_at.is_(None))
        ),
        select(_A.building_id.label("place"), *_WHAT)
        .join(Incident.__table__, _I.id == _A.incident_id)
        .where(
            among(_A.building_id, "places"),
            likely(_A.closed_at.is_(None)),
            likely(_I.closed_at.is_(None)),
        ),
    )
)
_SEEN: Final = Prepared(
    lambda _: (
        select(_A.device_id, _D.kind, _A.raised_at, _A.cause)
        .join(Device.__table__, _D.id == _A.device_id)
        .where(_A.incident_id == bindparam("incident"))
    )
)
_INCIDENT_NAMES: Final = (
    "id",
    "building_id",
    "community_code",
    "kind",
    "opened_at",
    "last_at",
    "confidence",
    "version",
    "demo",
)
_ALARM_NAMES: Final = (
    "id",
    "device_id",
    "building_id",
    "community_code",
    "incident_id",
    "message_id",
    "kind",
    "cause",
    "value",
    "count",
    "raised_at",
    "received_at",
    "last_at",
    "chattering_at",
    "point_id",
    "version",
    "demo",
)
_OPEN: Final = Prepared(lambda insert: insert(Incident.__table__), _INCIDENT_NAMES)
_ADD: Final = Prepared(lambda insert: insert(AlarmRow.__table__), _ALARM_NAMES)
_GROW: Final = Prepared(
    lambda _: (
        update(Incident)
        .where(_I.id == bindparam("id_"))
        .values(
            kind=bindparam("kind_"),
            last_at=bindparam("last_at_"),
            confidence=bindparam("confidence_"),
            version=_I.version + bindparam("more"),
        )
    )
)
_RENEW: Final = Prepared(
    lambda _: (
        update(AlarmRow)
        .where(among(_A.incident_id, "incidents"), _A.closed_at.is_(None))
        .values(version=_A.version + 1)
        .returning(_A.id)
    )
)
_LAST: Final = Prepared(
    lambda _: select(
        select(func.max(_A.id)).scalar_subquery(), select(func.max(_I.id)).scalar_subquery()
    )
)


NUMBERED: Final = (AlarmRow, Incident)


@dataclass(slots=True)
class _Open:
    """An open incident while alarms join it."""

    known: OpenIncident
    kind: AlarmKind
    last_at: datetime
    confidence: str
    building_id: str | None
    community_code: str = ""
    #: Whether this transaction opens it, or changes it, or makes it more believable.
    fresh: bool = False
    grown: bool = False
    renewed: bool = False
    #: Who raised its alarms, as far as that was needed; those of this transaction always.
    seen: list[Witness] = field(default_factory=list)
    seen_all: bool = False


class Raising:
    """The alarms of one transaction."""

    def __init__(self, session: Session, journal: Journal) -> None:
        self._session = session
        self._journal = journal
        self._around: dict[str, list[str]] = {}
        self._at: dict[str, list[_Open]] = {}
        self._by_id: dict[int, _Open] = {}
        self._alarms: list[tuple[Any, ...]] = []
        self._touched: dict[int, _Open] = {}
        self._next: dict[Any, int] = {}
        #: Alarms that must be told anew, since their incident has become more believable.
        self.told: set[int] = set()

    def expect(self, buildings: Iterable[str | None]) -> None:
        """Read what is open at some buildings and those that touch them, unless it was read."""
        missing = {one for one in buildings if one is not None} - self._around.keys()
        if not missing:
            return
        self._around |= {one: [one] for one in missing}
        for one, other in _BESIDE.rows(self._session, {"buildings": sorted(missing)}):
            self._around[one].append(other)
        places = {place for one in missing for place in self._around[one]} - self._at.keys()
        self._at |= {place: [] for place in places}
        for place, *what, building_id in _AT.rows(self._session, {"places": sorted(places)}):
            self._note(place, *what, building_id=building_id)

    def forget(self) -> None:
        """Read again what is open: somebody else wrote in this transaction."""
        self.write()
        self._around.clear()
        self._at.clear()
        self._by_id.clear()

    def raised(self, device: KnownDevice, new: NewAlarm) -> Alarm | None:
        """Raise an alarm; return None if this very message raised it before.

        Faults and supervisory signals have no incident.
        """
        same = {"device": device.id, "cause": new.cause, "message": new.message_id}
        if _SAME.rows(self._session, same):
            return None
        number = self._number(AlarmRow)
        self._journal.alarm(number, Action.RAISED, new.received_at)
        if new.chattering_at is not None:
            self._journal.alarm(number, Action.CHATTERING, new.chattering_at)
        incident = self._join(device, new) if new.kind in INCIDENT_KINDS else None
        incident_id = None if incident is None else incident.known.id
        if incident_id is not None:
            self._journal.incident(incident_id, "alarm", new.received_at, str(number))
        alarm = _alarm(number, device, new, incident_id)
        self._alarms.append(_alarm_row(alarm, device, new.message_id))
        return alarm

    def write(self) -> None:
        """Write what is raised so far, and the lines of the histories that tell it."""
        touched = list(self._touched.values())
        _OPEN.many(self._session, [_incident_row(one) for one in touched if one.fresh])
        _ADD.many(self._session, self._alarms)
        _GROW.run(self._session, *(_growth(one) for one in touched if one.grown))
        renewed = [one.known.id for one in touched if one.renewed]
        if renewed:
            self.told |= {row[0] for row in _RENEW.rows(self._session, {"incidents": renewed})}
        for one in touched:
            one.fresh = one.grown = one.renewed = False
        self._alarms.clear()
        self._touched.clear()
        self._journal.write()

    def _join(self, device: KnownDevice, new: NewAlarm) -> _Open:
        """Return the incident that an alarm joins, of its building first, or else opens."""
        found = self._joinable(device, new)
        one = found or self._open(device, new)
        witness = Witness(device.id, device.kind, new.raised_at, new.cause == MANUAL_CAUSE)
        one.seen.append(witness)
        if found is not None:
            self._grow(one, new, witness)
        for place in (device.building_id,) if device.building_id is not None else ():
            if one not in self._at[place]:
                self._at[place].append(one)
        self._touched[one.known.id] = one
        return one

    def _joinable(self, device: KnownDevice, new: NewAlarm) -> _Open | None:
        here = device.building_id
        if here is None:
            return None
        self.expect([here])
        open_ = {one.known.id: one for place in self._around[here] for one in self._at[place]}
        by_age = sorted(open_.values(), key=lambda one: one.last_at, reverse=True)
        for one in sorted(by_age, key=lambda one: one.building_id != here):
            known = OpenIncident(one.known.id, one.kind, one.known.opened_at, one.last_at)
            if belongs(known, new.raised_at):
                return one
        return None

    def _open(self, device: KnownDevice, new: NewAlarm) -> _Open:
        number = self._number(Incident)
        witness = Witness(device.id, device.kind, new.raised_at, new.cause == MANUAL_CAUSE)
        self._journal.incident(number, "opened", new.received_at)
        return _Open(
            OpenIncident(number, new.kind, new.raised_at, new.raised_at),
            new.kind,
            new.raised_at,
            confidence([witness]),
            device.building_id,
            device.community_code,
            fresh=True,
            seen_all=True,
        )

    def _grow(self, one: _Open, new: NewAlarm, witness: Witness) -> None:
        """Let an incident know of its new alarm; its others say that it is more believable."""
        if not goes_on_saying(one.confidence, one.last_at, witness):
            if not one.seen_all:
                one.seen += _witnesses(self._session, one.known.id)
                one.seen_all = True
            why = confidence(one.seen)
            one.renewed |= why != one.confidence and not one.fresh
            one.confidence = why
        one.kind = worse_kind(one.kind, new.kind)
        one.last_at = max(one.last_at, new.raised_at)
        one.grown = not one.fresh

    def _note(self, place: str, *what: Any, building_id: str | None) -> None:
        number, kind, opened_at, last_at, why = what
        if number not in self._by_id:
            known = OpenIncident(number, kind, opened_at, last_at)
            self._by_id[number] = _Open(known, kind, last_at, why, building_id)
        self._at[place].append(self._by_id[number])

    def _number(self, model: Any) -> int:
        """Return the next id; SQLite is ours until the commit, PostgreSQL has a sequence."""
        if self._session.get_bind().dialect.name == "postgresql":
            name = f"pg_get_serial_sequence('{model.__tablename__}', 'id')"
            return int(self._session.execute(text(f"SELECT nextval({name})")).scalar_one())
        if not self._next:
            last = _LAST.rows(self._session, {})[0]
            self._next = {one: last_ or 0 for one, last_ in zip(NUMBERED, last, strict=True)}
        self._next[model] += 1
        return self._next[model]


def _witnesses(session: Session, incident_id: int) -> list[Witness]:
    rows = _SEEN.rows(session, {"incident": incident_id})
    return [Witness(who, kind, at, cause == MANUAL_CAUSE) for who, kind, at, cause in rows]


def _alarm(number: int, device: KnownDevice, new: NewAlarm, incident_id: int | None) -> Alarm:
    return Alarm(
        id=number,
        device_id=device.id,
        kind=new.kind,
        cause=new.cause,
        value=new.value,
        raised_at=new.raised_at,
        received_at=new.received_at,
        last_at=new.raised_at,
        incident_id=incident_id,
        chattering_at=new.chattering_at,
        point_id=new.point_id,
    )


def _alarm_row(alarm: Alarm, device: KnownDevice, message_id: str) -> tuple[Any, ...]:
    return (
        alarm.id,
        alarm.device_id,
        device.building_id,
        device.community_code,
        alarm.incident_id,
        message_id,
        alarm.kind,
        alarm.cause,
        alarm.value,
        alarm.count,
        alarm.raised_at,
        alarm.received_at,
        alarm.last_at,
        alarm.chattering_at,
        alarm.point_id,
        0,
        False,
    )


def _incident_row(one: _Open) -> tuple[Any, ...]:
    known = one.known
    return (
        known.id,
        one.building_id,
        one.community_code,
        one.kind,
        known.opened_at,
        one.last_at,
        one.confidence,
        0,
        False,
    )


def _growth(one: _Open) -> Mapping[str, Any]:
    return {
        "id_": one.known.id,
        "kind_": one.kind,
        "last_at_": one.last_at,
        "confidence_": one.confidence,
        "more": int(one.renewed),
    }
