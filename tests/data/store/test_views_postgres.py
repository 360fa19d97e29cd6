"""The views of the duty desk say the same on PostgreSQL."""

import pytest

from data.domain.drilldown import TrendSpan
from data.store.cameras import cameras_near
from data.store.database import Database
from data.store.drilldown import (
    community_view,
    newest_reading,
    newest_reading_of_point,
    subdistrict_view,
    work_point_view,
)
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_view
from data.store.drilldown_incident import find_incident, incident_view
from data.store.drilldown_past import device_past
from data.store.search import search
from data.store.trends import building_trends, device_trends
from tests.cast import NOW, SHATANG, build_cast, read_now

pytestmark = pytest.mark.postgres

ASKED = ("沙塘", "100%", "_", "SHATANG", "消火栓 02")


def everything(database: Database) -> list[object]:
    build_cast(database)
    with database.reading() as session:
        return [
            subdistrict_view(session),
            work_point_view(session, "A"),
            community_view(session, SHATANG),
            building_view(session, "B1", read_now),
            device_view(session, "S1", read_now),
            *(device_trends(session, "S1", span, NOW) for span in TrendSpan),
            *(building_trends(session, "B1", span, NOW) for span in TrendSpan),
            device_past(session, "S1", SHATANG),
            incident_view(session, "1"),
            find_incident(session, "#2"),
            cameras_near(session, building_view(session, "B1", read_now).facts, read_now),
            newest_reading(session),
            newest_reading(session, community=SHATANG),
            newest_reading_of_point(session, "A"),
            *(search(session, text) for text in ASKED),
        ]


def test_both_databases_give_the_same_views(database, postgres_database):
    assert everything(postgres_database) == everything(database)
