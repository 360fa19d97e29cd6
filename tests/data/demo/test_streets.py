from collections import Counter

import shapely
from sqlalchemy import select

from data.demo.plan import Plan
from data.store.database import Database
from data.store.models import Community, ContextFeature


def test_streets_and_water_are_context_and_say_that_they_are_drawn(town: Database) -> None:
    query = select(ContextFeature).where(ContextFeature.layer.in_(["street", "water"]))
    with town.reading() as session:
        rows = session.scalars(query).all()
        outline = shapely.union_all(
            [shapely.from_wkb(c.geometry) for c in session.scalars(select(Community))]
        ).buffer(1e-4)
    classes = Counter((row.layer, row.properties["class"]) for row in rows)
    assert set(classes) == {("street", "main"), ("street", "lane"), ("water", "stream")}
    assert classes["street", "lane"] > 5 * classes["street", "main"]
    assert all(row.demo and row.properties["schematic"] for row in rows)
    assert all(outline.contains(shapely.from_wkb(row.geometry)) for row in rows)


def test_real_names_stand_where_they_belong(plan: Plan) -> None:
    areas = {land.name: land.polygon.buffer(20) for land in plan.lands}
    lines = {street.name: street.line for street in plan.streets}
    for name, community in (
        ("良兴路", "晋良"),
        ("晋新路", "晋新"),
        ("村望大道", "塘市"),
        ("学府路", "塘市"),
    ):
        assert lines[name].intersects(areas[community])


def test_lanes_have_names_of_their_own(plan: Plan) -> None:
    names = [street.name for street in plan.streets if not street.main]
    assert len(set(names)) == len(names)


def test_lanes_are_no_raster(plan: Plan) -> None:
    bends = [
        street.line.length / street.line.simplify(1000).length
        for street in plan.streets
        if street.line.length > 200
    ]
    assert max(bends) > 1.02
    assert sum(bend > 1.0005 for bend in bends) > 0.7 * len(bends)


def test_nearly_every_lane_meets_another_street(plan: Plan) -> None:
    tree = shapely.STRtree([street.line for street in plan.streets])
    lanes = [street.line for street in plan.streets if not street.main]
    touching = tree.query(lanes, predicate="dwithin", distance=12.0)
    alone = len(lanes) - len(
        {i for i, j in touching.T if not lanes[i].equals(plan.streets[j].line)}
    )
    assert alone < 0.05 * len(lanes)
