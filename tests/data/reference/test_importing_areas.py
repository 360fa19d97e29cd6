from pathlib import Path

import geopandas
import pytest
from shapely import Point, Polygon, box
from sqlalchemy import select

from data.reference.load import FOLDER
from data.store.database import Database
from data.store.places import Community, WorkPoint
from tests.data.reference.conftest import Import, counted, reasons

WORK_POINTS = "id,name,communities,lon,lat"


def test_official_work_points_take_over_their_communities(
    database: Database, import_rows: Import
) -> None:
    outcome = import_rows("work_points", WORK_POINTS, "GZ1,沙塘,沙塘、350582005004,118.6,24.78")
    assert counted(outcome) == {"new": 1, "kept": 4}
    with database.reading() as session:
        row = session.get_one(WorkPoint, "GZ1")
        query = select(Community.code).where(Community.work_point_id == "GZ1")
        members = set(session.scalars(query))
    assert (row.name, row.name_en, row.assumed) == ("沙塘", "沙塘", False)
    assert members == {"350582005001", "350582005004"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["GZ1,一,沙塘,118.6,24.78", "GZ2,二,沙塘,118.6,24.78"], "is also listed at GZ1"),
        (["A,一,沙塘,118.6,24.78"], "would be left without work point"),
        (["GZ1,一,月亮,118.6,24.78"], "there is no '月亮' in the database"),
        (["GZ1,一,沙塘,121.5,31.2"], "more than 30 km from Xintang"),
    ],
)
def test_bad_work_points_are_refused(import_rows: Import, lines: list[str], expected: str) -> None:
    outcome = import_rows("work_points", WORK_POINTS, *lines)
    assert not outcome.written
    assert all(expected in reason for _, reason in reasons(outcome))
    assert outcome.problems


def test_a_work_point_with_communities_can_not_be_removed(import_rows: Import) -> None:
    outcome = import_rows(
        "work_points", WORK_POINTS, "GZ1,一,沙塘,118.6,24.78", replace=True, allow_large_change=True
    )
    assert {reason for _, reason in reasons(outcome)} == {
        "can't be removed: still referred to by community"
    }


def test_official_boundaries_lose_the_mark_schematic(
    database: Database, import_file: Import
) -> None:
    outcome = import_file(FOLDER / "communities.geojson", "communities")
    assert counted(outcome) == {"changed": 14}
    with database.reading() as session:
        rows = list(session.scalars(select(Community)))
        assert not any(row.schematic for row in rows)
    labels = {row.code: (row.lon, row.lat) for row in rows}
    assert labels["350582005001"] == (118.599758, 24.788264)


def communities(path: Path, *areas: Polygon, code: str = "350582005001") -> Path:
    rows = {"code": [str(int(code) + i) for i in range(len(areas))]}
    geopandas.GeoDataFrame(rows, geometry=list(areas), crs="EPSG:4326").to_file(path)
    return path


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        (
            [box(118.60, 24.77, 118.61, 24.78), box(118.605, 24.77, 118.615, 24.78)],
            "overlaps 350582005002 by 560",
        ),
        ([box(119.60, 24.77, 119.61, 24.78)], "more than 30 km from Xintang"),
        ([box(24.77, 118.60, 24.78, 118.61)], "are swapped"),
        ([Point(118.6, 24.77)], "need MultiPolygon or Polygon, not Point"),
    ],
)
def test_bad_communities_are_refused(
    import_file: Import, tmp_path: Path, areas: list[Polygon], expected: str
) -> None:
    outcome = import_file(communities(tmp_path / "a.gpkg", *areas), "communities")
    assert len(outcome.problems) == 1
    assert expected in outcome.problems[0].reason


def test_a_code_of_another_subdistrict_is_refused(import_file: Import, tmp_path: Path) -> None:
    area = box(118.60, 24.77, 118.61, 24.78)
    outcome = import_file(
        communities(tmp_path / "a.gpkg", area, code="350582006001"), "communities"
    )
    assert "is not a code of Xintang" in outcome.problems[0].reason


def test_a_new_community_may_not_overlap_an_official_one(
    import_file: Import, tmp_path: Path
) -> None:
    import_file(FOLDER / "communities.geojson", "communities")
    area = box(118.60, 24.77, 118.602, 24.772)
    outcome = import_file(communities(tmp_path / "a.gpkg", area), "communities")
    assert outcome.problems
    assert all("overlaps 3505820050" in reason for _, reason in reasons(outcome))
