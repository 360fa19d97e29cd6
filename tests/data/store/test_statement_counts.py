"""No query per row: a view sends as many statements for 30 rows as for one."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callbacks.desk.handling import building_here, incident_at_hand
from data.domain.drilldown import TrendSpan
from data.domain.rights import rights_of
from data.domain.words import (
    AlarmKind,
    BuildingCategory,
    DeviceKind,
    FacilityKind,
    PersonRole,
    Role,
)
from data.store.cameras import cameras_near
from data.store.drilldown import community_view, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view, open_alarms
from data.store.drilldown_device import device_view
from data.store.drilldown_handling import handling, help_near, open_incidents_of, photo_file
from data.store.drilldown_incident import incident_view
from data.store.drilldown_past import device_past
from data.store.incident_views import incident_facts, incidents_without_alarms, open_incidents
from data.store.incident_views import incident_view as incident_answer
from data.store.models import (
    AlarmRow,
    BuildingNeighbour,
    Facility,
    Hazard,
    Incident,
    IncidentHistory,
    IncidentPhoto,
    Inspection,
    Person,
    ReadingHour,
    StatusChange,
)
from data.store.neighbours import names_beside
from data.store.trends import building_trends, device_trends
from layouts.shown import Shown
from tests.cast import HOUYANG, LAT, LON, NOW, build_cast, building, community, device, read_now
from tests.statements import statements

MANY = 30


def one_more(number):
    """One more of everything that the views list: around B3, its device X0, and its community."""
    at = NOW - timedelta(hours=number + 1)
    past = {"community_code": HOUYANG, "building_id": "B3"}
    return [
        community(f"C{number}", f"第{number}社区", "", 118.7, figures_assumed=True),
        building(f"N{number}", "新", BuildingCategory.BANK, community_code=HOUYANG, grid_id=None),
        device(f"X{number}", 100 + number, DeviceKind.HEAT, "感温", **past),
        Incident(id=900 + number, kind=AlarmKind.FIRE, opened_at=at, last_at=at, **past),
        AlarmRow(
            id=900 + number,
            device_id="X0",
            message_id=f"x{number}",
            kind=AlarmKind.FIRE,
            cause="heat_fire",
            raised_at=at,
            received_at=at,
            last_at=at,
            incident_id=900,
            **past,
        ),
        Hazard(building_id="B3", kind="wiring", found_at=at),
        Inspection(building_id="B3", at=at, inspector="网格员 03", result="passed"),
        ReadingHour(
            device_id="X0", hour=at, value="temperature_c", count=1, total=1, low=1, high=1
        ),
        IncidentHistory(incident_id=900, at=at, action="alarm", actor="device"),
        IncidentHistory(incident_id=900, at=at, action="checked", actor="duty", detail="call_site"),
        IncidentPhoto(incident_id=900, at=at, actor="duty", file="a.jpg", width=4, height=3),
        Person(
            id=f"Z{number}", role=PersonRole.MICRO_STATION, label="微站", community_code=HOUYANG
        ),
        *(facility(f"{kind}{number}", kind) for kind in FacilityKind),
        BuildingNeighbour(building_id="B3", neighbour_id=f"N{number}"),
        device(f"V{number}", 200 + number, DeviceKind.CAMERA, "摄像机", **past),
        StatusChange(device_id="X0", at=at, before=0, after=5),
    ]


def facility(key, kind):
    """A hydrant or a micro station beside B3, its pressure measured by X0."""
    place = {"lon": LON, "lat": LAT, "community_code": HOUYANG}
    return Facility(id=key[-12:], kind=kind, name=key, device_id="X0", **place)


def hand_over(session):
    facts, building_id = incident_facts(session, 900)
    return facts, names_beside(session, building_id)


VIEWS = {
    "subdistrict": subdistrict_view,
    "work point": lambda s: work_point_view(s, "A"),
    "community": lambda s: community_view(s, HOUYANG),
    "building": lambda s: building_view(s, "B3", read_now),
    "device": lambda s: device_view(s, "X0", read_now),
    "past of a device": lambda s: device_past(s, "X0", HOUYANG),
    "incident": lambda s: incident_view(s, "900"),
    "work on an incident": lambda s: handling(s, incident_view(s, "900")),
    "help near an incident": lambda s: help_near(s, incident_view(s, "900"), read_now),
    "open incidents of a building": lambda s: open_incidents_of(s, "B3"),
    "photo": lambda s: photo_file(s, 900, s.scalar(select(func.min(IncidentPhoto.id)))),
    "hand-over record": hand_over,
    "incident for screens": lambda s: incident_answer(s, 900),
    "open incidents for screens": open_incidents,
    "incidents without open alarms": incidents_without_alarms,
    "incident panel": lambda s: incident_at_hand(s, "900", read_now),
    "what goes on in a building": lambda s: building_here(
        s, "B3", open_alarms(s, building_id="B3"), Shown("zh", NOW, rights_of(Role.DUTY))
    ),
    "cameras": lambda s: cameras_near(s, building_view(s, "B3", read_now).facts, read_now),
    "trends of a device": lambda s: device_trends(s, "X0", TrendSpan.MONTH, NOW),
    "trends of a building": lambda s: building_trends(s, "B3", TrendSpan.MONTH, NOW),
}


def sent(database, ask):
    with database.reading() as session, statements(database) as found:
        ask(session)
    return [sql for sql, _parameters in found]


def add(database, numbers):
    with database.writing() as session:
        for number in numbers:
            for row in one_more(number):
                session.add(row)
                session.flush()


@pytest.mark.parametrize("name", VIEWS)
def test_thirty_rows_take_as_many_statements_as_one(database, name):
    build_cast(database)
    add(database, [0])
    for_one = sent(database, VIEWS[name])
    add(database, range(1, MANY))
    assert for_one
    assert sent(database, VIEWS[name]) == for_one
