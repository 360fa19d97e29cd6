"""What the risk forecast reads from SQL: only what was known, the same on every database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from data.domain.risk.known import counted_year, events_at, facts_at
from data.domain.words import AlarmKind, BuildingCategory, FacilityKind, Status, Verdict
from data.store.database import Database
from data.store.models import (
    Facility,
    Fire,
    Hazard,
    Incident,
    Inspection,
    StatusChange,
)
from data.store.risk_records import changed_since, load_live, load_records
from tests.cast import HOUYANG, LAT, LON, SHATANG, building
from tests.data.store.weekrows import MONDAY, add, ground
from tests.statements import statements

DAY = timedelta(days=1)


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    ground(found)
    return found


def known(database: Database, moment: datetime) -> list[bytes]:
    """Everything that a forecast of a moment is made from, as bytes."""
    with database.reading() as session:
        records = load_records(session)
    at = moment.timestamp()
    buildings, events = facts_at(records, at), events_at(records, at)
    facts = [np.asarray(buildings.facts[name]).tobytes() for name in sorted(buildings.facts)]
    counted = str(counted_year(records, at)).encode()
    return [*facts, events.xy.tobytes(), events.day.tobytes(), events.wanted.tobytes(), counted]


def fact(database: Database, moment: datetime, building: str, name: str) -> float:
    with database.reading() as session:
        buildings = facts_at(load_records(session), moment.timestamp())
    row = buildings.ids.tolist().index(building)
    return float(buildings.facts[name][row])


def forget_since(database: Database, moment: datetime) -> None:
    """Take back everything that was written at a moment or after it."""
    with database.writing() as session:
        judged_later = select(Incident.id).where(Incident.closed_at >= moment)
        session.execute(delete(Fire).where(Fire.incident_id.in_(judged_later)))
        session.execute(delete(Fire).where(Fire.at >= moment))
        session.execute(delete(Hazard).where(Hazard.found_at >= moment))
        session.execute(
            update(Hazard).where(Hazard.inspection_id.is_not(None)).values(inspection_id=None)
        )
        session.execute(delete(Inspection).where(Inspection.at >= moment))
        session.execute(delete(StatusChange).where(StatusChange.at >= moment))
        for model in (Hazard, Incident):
            again_open = update(model).where(model.closed_at >= moment)
            session.execute(again_open.values(closed_at=None))
        reopened = update(Incident).where(Incident.closed_at.is_(None))
        session.execute(reopened.values(verdict=None, closed_by=None))


@pytest.mark.parametrize("weeks", [1, 9, 40])
def test_what_was_written_later_changes_no_byte_of_what_was_known(
    town_database: Database, weeks: int
) -> None:
    with town_database.reading() as session:
        last = session.scalar(select(func.max(Incident.opened_at)))
    assert last is not None
    moment = last - weeks * 7 * DAY
    before = known(town_database, moment)
    assert known(town_database, last) != before
    forget_since(town_database, moment)
    assert known(town_database, moment) == before


def incident(opened: datetime, closed: datetime, verdict: Verdict) -> Incident:
    return Incident(
        building_id="B1",
        community_code=SHATANG,
        kind=AlarmKind.FIRE,
        opened_at=opened,
        last_at=opened,
        closed_at=closed,
        verdict=verdict,
    )


def test_a_fire_is_known_when_its_incident_was_judged_and_counts_once(town: Database) -> None:
    row = incident(MONDAY, MONDAY + 2 * DAY, Verdict.REAL)
    add(town, row)
    with town.reading() as session:
        number = session.scalar(select(Incident.id))
    place = {"community_code": SHATANG, "lon": LON, "lat": LAT, "cause": "ebike"}
    add(town, Fire(at=MONDAY, building_id="B1", incident_id=number, **place))
    add(town, Fire(at=MONDAY, building_id="B2", **place))  # told by telephone
    day_later, week_later = MONDAY + DAY, MONDAY + 7 * DAY
    assert fact(town, day_later, "B1", "matters_52w") == 0
    assert fact(town, day_later, "B2", "matters_52w") == 1
    assert fact(town, week_later, "B1", "matters_52w") == 1


def test_verdicts_hazards_and_states_are_those_of_the_moment(town: Database) -> None:
    add(
        town,
        incident(MONDAY, MONDAY + 2 * DAY, Verdict.FALSE),
        Hazard(
            building_id="B1",
            kind="exit",
            level=2,
            found_at=MONDAY,
            due_at=MONDAY + 3 * DAY,
            closed_at=MONDAY + 5 * DAY,
        ),
        StatusChange(device_id="S1", at=MONDAY + DAY, before=0, after=int(Status.FAULT)),
        Facility(
            id="H1",
            kind=FacilityKind.HYDRANT,
            name="消火栓 1",
            community_code=SHATANG,
            lon=LON + 0.001,
            lat=LAT,
        ),
    )
    names = ("false_52w", "hazards_serious", "hazards_overdue", "devices_fault")
    found = {
        day: [fact(town, MONDAY + day * DAY, "B1", name) for name in names] for day in (1, 2, 4, 6)
    }
    assert found[1][:3] == [0, 1, 0]
    assert np.isnan(found[1][3])  # nothing tells how the device was
    assert found[2] == [0, 1, 0, 1]
    assert found[4] == [1, 1, 1, 1]
    assert found[6] == [1, 0, 0, 1]
    assert fact(town, MONDAY, "B1", "hydrant_m") == pytest.approx(101, abs=1)
    assert np.isnan(fact(town, MONDAY, "B1", "station_m"))


def test_what_changed_is_found_by_indexes(town_database: Database) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    with statements(town_database) as sent, town_database.reading() as session:
        changed_since(session, now - timedelta(minutes=1), now)
    assert len(sent) == 7
    for sql, parameters in list(sent):
        with town_database.engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
        assert not [row for row in plan if str(row[3]).startswith("SCAN")], sql


@pytest.mark.parametrize("only", [None, {"B1"}])
def test_as_many_statements_whatever_the_size(town: Database, only: set[str] | None) -> None:
    def count() -> int:
        with statements(town) as sent, town.reading() as session:
            load_live(session, load_records(session, only), only)
        return len(sent)

    before = count()
    plain: dict[str, Any] = {"grid_id": None, "community_code": HOUYANG}
    add(town, *(building(f"N{k}", f"{k}", BuildingCategory.RENTAL, **plain) for k in range(20)))
    assert count() == before <= 10
