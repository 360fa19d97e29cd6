from collections import Counter

import numpy as np
import shapely

from data.demo.plan import Plan
from data.domain.words import PersonRole


def test_hydrants_stand_along_the_main_roads_and_in_no_house(plan: Plan) -> None:
    points = shapely.points(plan.facilities.hydrant_xy)
    roads = shapely.union_all([street.line for street in plan.streets if street.main])
    away = shapely.distance(roads, points)
    assert np.all(away > 5)
    assert np.median(away) < 11
    houses = shapely.STRtree(plan.buildings.plots.polygons())
    assert houses.query(points, predicate="intersects").size == 0
    length = roads.length
    assert 150 < length / len(points) < 300


def test_every_community_has_one_or_two_micro_stations(plan: Plan) -> None:
    number = Counter(row["community_code"] for row in plan.facilities.stations)
    assert set(number) == {land.code for land in plan.lands}
    assert set(number.values()) == {1, 2}


def test_grids_are_as_many_as_known_and_fill_their_communities(plan: Plan) -> None:
    assert (len(plan.grids.by_level(2)), len(plan.grids.by_level(3))) == (72, 87)
    number = Counter((row["community_code"], row["level"]) for row in plan.grids.rows)
    by_name = {land.name: land.code for land in plan.lands}
    assert number[by_name["上郭"], 2] == 7
    assert number[by_name["杏坂"], 3] == 16
    for land in plan.lands:
        for level in (2, 3):
            cells = [
                shapely.from_wkb(row["geometry"])
                for row in plan.grids.by_level(level)
                if row["community_code"] == land.code
            ]
            whole = shapely.union_all(cells)
            assert sum(cell.area for cell in cells) <= whole.area * 1.0001


def test_people_are_roles_without_names_or_numbers(plan: Plan) -> None:
    rows = plan.people.rows
    roles = Counter(row["role"] for row in rows)
    assert set(roles) == set(PersonRole)
    assert roles[PersonRole.GRID_OFFICER] == len(plan.grids.rows)
    assert roles[PersonRole.RESPONSIBLE] == len(plan.buildings)
    assert all(row["phone"] is None for row in rows)
    assert any(row["label"] == "网格员 03" for row in rows)
