import pytest
import shapely
from sqlalchemy import func, select

from data.reference.load import load_reference, outline, reference_outline
from data.reference.version import geometry_version
from data.store.database import Database
from data.store.geometry import touch_geometry_version
from data.store.places import Community, ContextFeature, WorkPoint
from geo.crs import geometry_to_metric


def test_the_fourteen_communities_are_there(database: Database) -> None:
    with database.reading() as session:
        rows = {row.code: row for row in session.scalars(select(Community))}
    assert len(rows) == 14
    shatang = rows["350582005001"]
    assert (shatang.name, shatang.name_short, shatang.population) == ("沙塘社区", "沙塘", 7600)
    assert shatang.schematic
    assert not shatang.figures_assumed
    assert rows["350582005002"].figures_assumed
    assert shapely.from_wkb(shatang.geometry).contains(shapely.Point(shatang.lon, shatang.lat))


def test_the_work_points_are_assumed_and_hold_their_communities(database: Database) -> None:
    with database.reading() as session:
        rows = list(session.scalars(select(WorkPoint).order_by(WorkPoint.id)))
        query = select(Community.work_point_id, func.count()).group_by(Community.work_point_id)
        members = dict(map(tuple, session.execute(query)))
    assert [(row.id, row.name, row.assumed) for row in rows] == [
        ("A", "沙塘片", True),
        ("B", "后洋片", True),
        ("C", "塘市片", True),
        ("D", "上郭片", True),
    ]
    assert members == {"A": 3, "B": 4, "C": 3, "D": 4}


def test_the_outline_is_one_area_of_18_and_a_half_square_kilometres(database: Database) -> None:
    with database.reading() as session:
        area = outline(session)
    assert area.geom_type == "Polygon"
    assert geometry_to_metric(area).area == pytest.approx(18.5e6, rel=0.01)
    assert area.symmetric_difference(reference_outline()).area < 1e-8


def test_the_context_is_near_and_says_where_it_comes_from(database: Database) -> None:
    with database.reading() as session:
        rows = list(session.scalars(select(ContextFeature)))
        west, south, east, north = geometry_to_metric(outline(session)).bounds
    counties = [row for row in rows if row.layer == "neighbour"]
    assert {"晋江市", "石狮市"} <= {row.name for row in counties}
    window = shapely.box(west - 8_010, south - 8_010, east + 8_010, north + 8_010)
    for row in counties:
        county = geometry_to_metric(shapely.from_wkb(row.geometry))
        assert window.covers(county)
        assert county.is_valid
    (runway,) = (row for row in rows if row.layer == "runway")
    assert geometry_to_metric(shapely.from_wkb(runway.geometry)).length == pytest.approx(
        2_600, abs=100
    )
    places = [row for row in rows if row.layer == "place"]
    assert {row.properties["coord_status"] for row in places} == {"sourced", "schematic"}
    assert not any(row.demo for row in rows)


def test_loading_again_changes_nothing(database: Database) -> None:
    with database.writing() as session:
        before = geometry_version(session)
        load_reference(session)
        assert geometry_version(session) == before
        assert session.scalar(select(func.count()).select_from(ContextFeature)) == 26


def test_loading_again_mends_what_is_ours(database: Database) -> None:
    with database.writing() as session:
        before = geometry_version(session)
        session.get_one(Community, "350582005001").population = 1
        load_reference(session)
        assert session.get_one(Community, "350582005001").population == 7600
        assert geometry_version(session) != before


def test_loading_again_leaves_official_data_alone(database: Database) -> None:
    with database.writing() as session:
        official = session.get_one(Community, "350582005001")
        official.population, official.schematic = 1, False
        session.add(
            WorkPoint(id="X", name="官方", name_en="Official", lon=118.6, lat=24.77, assumed=False)
        )
        session.get_one(Community, "350582005002").work_point_id = "X"
        session.delete(session.get_one(Community, "350582005003"))
        load_reference(session)
        assert session.get_one(Community, "350582005001").population == 1
        assert session.get_one(Community, "350582005002").work_point_id == "X"
        assert session.get(Community, "350582005003") is None


def test_each_touch_gives_another_version(database: Database) -> None:
    with database.writing() as session:
        assert touch_geometry_version(session) != touch_geometry_version(session)
