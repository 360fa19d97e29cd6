from datetime import timedelta

import pytest

from data.domain.response import Stage
from data.domain.words import AlarmKind
from data.store.drilldown_handling import handling, help_near, open_incidents_of
from data.store.drilldown_incident import incident_view
from data.store.models import AlarmRow, Incident, IncidentHistory
from tests.cast import HOUYANG, LAT, LON, NOW, SHATANG, build_cast, device, read_now


@pytest.fixture
def worked(database):
    """Incident 1 of B1 with the cast's fire; another open one at B2, one in the street."""
    build_cast(database)
    with database.writing() as session:
        session.get_one(AlarmRow, 1).incident_id = 1
        steps = [("dispatched", "duty", "微站"), ("checked", "duty", "call_site")]
        steps.append(("checked", "admin", "call_site"))
        session.add_all(
            IncidentHistory(
                incident_id=1, at=NOW + timedelta(seconds=n), action=action, actor=who, detail=what
            )
            for n, (action, who, what) in enumerate(steps)
        )
        for number, (building, community) in enumerate([("B2", SHATANG), (None, HOUYANG)]):
            session.add(
                Incident(
                    id=50 + number,
                    building_id=building,
                    community_code=community,
                    kind=AlarmKind.PREALARM,
                    opened_at=NOW,
                    last_at=NOW,
                    dispatched_at=None if building else NOW,
                )
            )
    return database


def test_the_first_who_ticked_an_item_stays(worked):
    with worked.reading() as session:
        found = handling(session, incident_view(session, "1"))
    ticked = {check.item: check.done_by for check in found.checks if check.done_at}
    assert ticked == {"call_site": "duty"}
    assert "sleepers" in {check.item for check in found.checks}  # B1 is 三合一
    assert found.reached["dispatched"].detail == "微站"


def test_other_open_incidents_come_nearest_first(worked):
    with worked.reading() as session:
        found = handling(session, incident_view(session, "1"))
    assert [(other.id, other.place, other.stage) for other in found.others] == [
        (50, "沙塘 100% 出租屋", Stage.NONE),
        (51, "后洋社区", Stage.DISPATCHED),
    ]
    assert found.others[0].distance_m == pytest.approx(101, abs=1)


def test_an_incident_that_is_over_offers_no_merge(worked):
    with worked.reading() as session:
        assert handling(session, incident_view(session, "2")).others == ()


def test_help_is_that_of_the_building(worked):
    with worked.reading() as session:
        found = help_near(session, incident_view(session, "1"), read_now)
    assert [person.label for person in found.people] == ["责任人 0001", "网格员 03", "微站 01"]
    assert found.hydrants[0].id == "H1"
    assert found.hydrants[0].now.values == {"pressure_mpa": 0.3}
    distances = [place.distance_m for place in found.micro_stations]
    assert distances == sorted(distances)


def test_help_in_the_street_is_near_the_device(worked):
    with worked.writing() as session:
        session.add(device("STREET", 90, "smoke", "街", building_id=None, lon=LON, lat=LAT))
        session.flush()
        session.get_one(AlarmRow, 2).device_id = "STREET"
        session.get_one(AlarmRow, 2).incident_id = 51
    with worked.reading() as session:
        found = help_near(session, incident_view(session, "51"), read_now)
    assert "H1" in {place.id for place in found.hydrants}


def test_a_building_knows_its_own_incidents_and_those_of_its_alarms(worked):
    with worked.reading() as session:
        assert 1 in open_incidents_of(session, "B1")
        assert open_incidents_of(session, "B2") == [50]
        assert open_incidents_of(session, "B3") == []
    with worked.writing() as session:
        alarm = session.get_one(AlarmRow, 1)
        alarm.building_id, alarm.incident_id = "B3", 50
    with worked.reading() as session:
        assert open_incidents_of(session, "B3") == [50]
