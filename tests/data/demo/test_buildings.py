from collections import Counter

import numpy as np
import pytest
import shapely
from shapely import STRtree
from sqlalchemy import select

from data.demo.buildings import PEOPLE, morton
from data.demo.clusters import old_houses
from data.demo.plan import Plan
from data.domain.words import BuildingCategory
from data.store.database import Database
from data.store.models import Building, Community, Grid
from geo.crs import geometry_to_metric


@pytest.fixture(scope="module")
def rows(town: Database) -> list[Building]:
    with town.reading() as session:
        return list(session.scalars(select(Building)))


@pytest.fixture(scope="module")
def footprints(rows: list[Building]) -> list[shapely.Geometry]:
    return [geometry_to_metric(shapely.from_wkb(row.geometry)) for row in rows]


def test_every_category_is_there_in_believable_shares(rows: list[Building]) -> None:
    number = Counter(row.category for row in rows)
    assert set(number) == set(BuildingCategory)
    assert number[BuildingCategory.RENTAL] > 0.3 * len(rows)
    assert number[BuildingCategory.HERITAGE] >= old_houses(len(rows)) > 20


def test_footprints_are_valid_and_of_real_sizes(footprints: list[shapely.Geometry]) -> None:
    assert shapely.is_valid(footprints).all()
    area = shapely.area(footprints)
    assert area.min() > 30
    assert 80 < np.median(area) < 300
    assert (shapely.get_num_coordinates(footprints) == 7).any()  # L-shapes


def test_footprints_stand_inside_their_community(
    town: Database, rows: list[Building], footprints: list[shapely.Geometry]
) -> None:
    with town.reading() as session:
        areas = {
            c.code: geometry_to_metric(shapely.from_wkb(c.geometry))
            for c in session.scalars(select(Community))
        }
    inside = [
        areas[row.community_code].contains(f) for row, f in zip(rows, footprints, strict=True)
    ]
    assert all(inside)
    assert {row.community_code for row in rows} == set(areas)


def test_footprints_overlap_neither_each_other_nor_a_street(
    plan: Plan, footprints: list[shapely.Geometry]
) -> None:
    tree = STRtree(footprints)
    pairs = tree.query(footprints, predicate="intersects")
    assert (pairs[0] == pairs[1]).all()
    lines = [street.line for street in plan.streets]
    assert tree.query(lines, predicate="intersects").size == 0


def test_a_community_has_its_own_character(town: Database) -> None:
    query = select(Building, Community.name_short).join(
        Community, Community.code == Building.community_code
    )
    with town.reading() as session:
        pairs = [(row.Building.category, row.name_short) for row in session.execute(query)]
    number = Counter(pairs)
    total = Counter(name for _, name in pairs)
    assert number[BuildingCategory.HERITAGE, "梧林"] > 0.6 * total["梧林"]
    assert total["后洋"] > 4 * total["南塘"]
    rented = {name: number[BuildingCategory.RENTAL, name] / total[name] for name in total}
    assert rented["后洋"] > rented["塘市"]


def test_names_and_addresses_tell_buildings_apart(rows: list[Building]) -> None:
    assert len({(row.name, row.community_code) for row in rows}) == len(rows)
    assert all("社区" in row.address and row.address.endswith("号") for row in rows)
    names = {row.name for row in rows}
    assert {"晋江市沙塘中心小学", "塘市农贸市场", "福建省晋华集成电路有限公司"} <= names
    assert "福兴花苑小区 3 号楼" in names


def test_residents_and_charging_are_consistent(rows: list[Building]) -> None:
    assert 0 < sum(row.residents for row in rows) <= PEOPLE + len(rows)
    rentals = [row for row in rows if row.category is BuildingCategory.RENTAL]
    assert all(row.residents > 0 for row in rentals)
    assert not any(row.ebike_charging_present and not row.ebike_charging_required for row in rows)
    without = [
        row for row in rentals if row.ebike_charging_required and not row.ebike_charging_present
    ]
    assert 0 < len(without) < len(rentals)


def test_buildings_stand_in_their_grid(town: Database, rows: list[Building]) -> None:
    with town.reading() as session:
        grids = {grid.id: grid for grid in session.scalars(select(Grid))}
    for row in rows[::7]:
        grid = grids[row.grid_id or ""]
        assert (grid.level, grid.community_code) == (3, row.community_code)
        cell = shapely.from_wkb(grid.geometry or b"")
        assert cell.distance(shapely.Point(row.lon, row.lat)) < 1e-6


def test_near_points_get_near_numbers() -> None:
    xy = np.array([[0.0, 0.0], [10.0, 10.0], [5000.0, 5000.0], [5010.0, 5005.0]])
    code = morton(xy)
    assert code[0] == code[1]
    assert code[2] == code[3] > code[0]
