from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from data.domain.errors import NotFoundError
from data.domain.words import BuildingCategory, DeviceKind
from data.store.database import Database
from data.store.drilldown import community_view, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_view
from tests.cast import HOUYANG, SHATANG, build_cast, building, device, read_now


@pytest.fixture
def cast(database: Database) -> Database:
    build_cast(database)
    return database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every SELECT that is sent meanwhile."""
    sent: list[str] = []

    def note(_conn, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_subdistrict_sums_its_communities(cast):
    with cast.reading() as session:
        view = subdistrict_view(session)

    assert (view.buildings, view.devices, view.population) == (3, 6, 15200)
    assert [(row.place.id, row.buildings, row.devices) for row in view.communities] == [
        (SHATANG, 2, 6),
        (HOUYANG, 1, 0),
    ]
    assert [(row.place.name_en, row.devices) for row in view.work_points] == [("Shatang area", 6)]
    assert view.figures_assumed


def test_subdistrict_of_an_empty_database(database):
    with database.reading() as session:
        view = subdistrict_view(session)
    assert (view.communities, view.work_points, view.population) == ((), (), 0)


def test_work_point_lists_its_communities(cast):
    with cast.reading() as session:
        view = work_point_view(session, "A")
    assert [row.place.id for row in view.communities] == [SHATANG, HOUYANG]
    assert view.assumed


def test_community_names_officers_and_puts_the_burning_building_first(cast):
    with cast.reading() as session:
        view = community_view(session, SHATANG)

    assert [row.id for row in view.rows] == ["B1", "B2"]
    assert [(row.devices, row.residents) for row in view.rows] == [(3, 26), (1, 26)]
    assert [(p.label, p.grid) for p in view.officers] == [
        ("网格员 03", "第三网格"),
        ("网格员 04", "第四网格"),
    ]
    assert view.categories == {BuildingCategory.THREE_IN_ONE: 1, BuildingCategory.RENTAL: 1}
    assert (view.buildings, view.devices, view.open_hazards) == (2, 6, 2)
    assert view.work_point.id == "A"


@pytest.mark.parametrize("view", [work_point_view, community_view])
def test_an_unknown_area_is_refused(cast, view):
    with cast.reading() as session, pytest.raises(NotFoundError, match="'nowhere'"):
        view(session, "nowhere")


def test_the_number_of_statements_does_not_grow_with_the_rows(cast):
    def count() -> list[int]:
        sent = []
        for view in (
            subdistrict_view,
            lambda s: work_point_view(s, "A"),
            lambda s: community_view(s, SHATANG),
            lambda s: building_view(s, "B1", read_now),
            lambda s: device_view(s, "S1", read_now),
        ):
            with statements(cast) as seen, cast.reading() as session:
                view(session)
            sent.append(len(seen))
        return sent

    few = count()
    with cast.writing() as session:
        session.add_all(building(f"N{n}", f"新楼 {n}", BuildingCategory.RENTAL) for n in range(30))
        session.flush()
        session.add_all(
            device(f"D{n}", 10 + n, DeviceKind.SMOKE, f"烟感 {n}", building_id=home)
            for n, home in enumerate(["B1"] * 30 + [f"N{n}" for n in range(30)])
        )
    assert count() == few
    assert max(few) <= 11
