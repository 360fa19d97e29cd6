"""The views of the duty desk say the same on PostgreSQL."""

import pytest

from data.store.database import Database
from data.store.drilldown import community_view, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_trend, device_view
from data.store.search import search
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
            device_trend(session, "S1", NOW),
            *(search(session, text) for text in ASKED),
        ]


def test_both_databases_give_the_same_views(database, postgres_database):
    assert everything(postgres_database) == everything(database)
