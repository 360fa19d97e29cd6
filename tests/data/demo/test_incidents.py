import itertools
from collections import defaultdict

import pytest
from sqlalchemy import select

from data.domain.incidents import INCIDENT_KINDS, WINDOW
from data.domain.words import AlarmKind, Verdict
from data.store.database import Database
from data.store.models import AlarmRow, Fire, Incident, IncidentHistory


@pytest.fixture(scope="module")
def members(town: Database) -> dict[int, list[AlarmRow]]:
    found: dict[int, list[AlarmRow]] = defaultdict(list)
    with town.reading() as session:
        for row in session.scalars(select(AlarmRow).order_by(AlarmRow.raised_at)):
            assert (row.incident_id is not None) == (row.kind in INCIDENT_KINDS)
            if row.incident_id is not None:
                found[row.incident_id].append(row)
    return found


@pytest.fixture(scope="module")
def incidents(town: Database) -> dict[int, Incident]:
    with town.reading() as session:
        return {row.id: row for row in session.scalars(select(Incident))}


def test_an_incident_is_the_alarms_of_one_building_close_in_time(
    incidents: dict[int, Incident], members: dict[int, list[AlarmRow]]
) -> None:
    assert set(members) == set(incidents)
    assert any(len(alarms) > 1 for alarms in members.values())
    for number, alarms in members.items():
        row = incidents[number]
        assert {alarm.building_id for alarm in alarms} == {row.building_id}
        assert (row.opened_at, row.last_at) == (alarms[0].raised_at, alarms[-1].raised_at)
        gaps = [b.raised_at - a.raised_at for a, b in itertools.pairwise(alarms)]
        assert all(gap <= WINDOW for gap in gaps)
        fire = any(alarm.kind is AlarmKind.FIRE for alarm in alarms)
        assert (row.kind is AlarmKind.FIRE) == fire


def test_times_of_an_incident_are_in_order(incidents: dict[int, Incident]) -> None:
    for row in incidents.values():
        assert row.opened_at <= row.last_at
        if row.closed_at is not None:
            assert row.acked_at is not None
            assert (
                row.opened_at <= row.acked_at <= (row.arrived_at or row.acked_at) <= row.closed_at
            )


def test_people_went_to_every_real_fire(incidents: dict[int, Incident]) -> None:
    fires = [row for row in incidents.values() if row.kind is AlarmKind.FIRE]
    real = [row for row in fires if row.verdict is Verdict.REAL]
    assert real
    assert sum(row.arrived_at is not None for row in real) > 0.9 * len(real)
    false = [row for row in fires if row.verdict is Verdict.FALSE]
    assert 0.1 < sum(row.arrived_at is not None for row in false) / len(false) < 0.6


def test_the_timeline_begins_and_ends(town: Database, incidents: dict[int, Incident]) -> None:
    actions: dict[int, list[str]] = defaultdict(list)
    with town.reading() as session:
        for entry in session.scalars(select(IncidentHistory).order_by(IncidentHistory.id)):
            actions[entry.incident_id].append(entry.action)
    for number, row in incidents.items():
        assert actions[number][0] == "opened"
        last = None if row.closed_at is None else "closed" if row.verdict else "recovered"
        assert (actions[number][-1] if row.closed_at else None) == last
        if last == "recovered":
            assert (row.kind, row.closed_by) == (AlarmKind.PREALARM, "system")


def test_fires_are_as_many_as_in_a_town_of_its_size_and_partly_monitored(
    town: Database, incidents: dict[int, Incident]
) -> None:
    with town.reading() as session:
        fires = session.scalars(select(Fire)).all()
    assert 2 * 12 <= len(fires) <= 2 * 25
    monitored = [fire for fire in fires if fire.incident_id is not None]
    assert 0 < len(monitored) < len(fires)
    for fire in monitored:
        incident = incidents[fire.incident_id or 0]
        assert (incident.verdict, incident.building_id) == (Verdict.REAL, fire.building_id)
