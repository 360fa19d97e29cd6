"""No query per row: a view sends as many statements for 30 rows as for one."""

from datetime import timedelta

import pytest

from data.domain.drilldown import TrendSpan
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind
from data.store.cameras import cameras_near
from data.store.drilldown import community_view, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_view
from data.store.drilldown_incident import incident_view
from data.store.drilldown_past import device_past
from data.store.models import (
    AlarmRow,
    Hazard,
    Incident,
    IncidentHistory,
    Inspection,
    ReadingHour,
    StatusChange,
)
from data.store.trends import building_trends, device_trends
from tests.cast import HOUYANG, NOW, build_cast, building, community, device, read_now
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
        device(f"V{number}", 200 + number, DeviceKind.CAMERA, "摄像机", **past),
        StatusChange(device_id="X0", at=at, before=0, after=5),
    ]


VIEWS = {
    "subdistrict": subdistrict_view,
    "work point": lambda s: work_point_view(s, "A"),
    "community": lambda s: community_view(s, HOUYANG),
    "building": lambda s: building_view(s, "B3", read_now),
    "device": lambda s: device_view(s, "X0", read_now),
    "past of a device": lambda s: device_past(s, "X0", HOUYANG),
    "incident": lambda s: incident_view(s, "900"),
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
