import numpy as np
import pytest
from shapely import MultiPolygon, Point, Polygon, box, from_wkt

from geo.boundary import Overlap, inside, invalid_reason, looks_swapped, outside_china, overlaps
from geo.errors import CoordinateError

AREA = box(118.58, 24.75, 118.62, 24.79)
#: One metre in degrees of longitude at this latitude.
METRE = 1 / 101_100


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "empty"),
        (Polygon(), "empty"),
        (Point(float("nan"), 24.77), "not a finite number"),
        (from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"), "Self-intersection at or near point"),
        (from_wkt("LINESTRING (0 0, inf 1)"), "not a finite number"),
    ],
)
def test_bad_geometry_has_a_reason(geometry: object, reason: str) -> None:
    assert reason in str(invalid_reason(geometry))  # type: ignore[arg-type]


@pytest.mark.parametrize("geometry", [AREA, Point(1, 2), MultiPolygon([AREA])])
def test_good_geometry_has_none(geometry: object) -> None:
    assert invalid_reason(geometry) is None  # type: ignore[arg-type]


def test_swapped_and_foreign_points_are_told_apart() -> None:
    points = np.array([[118.6, 24.77], [24.77, 118.6], [2.35, 48.85], [np.nan, np.inf]])
    assert outside_china(points).tolist() == [False, True, True, True]
    assert looks_swapped(points).tolist() == [False, True, False, False]


@pytest.mark.parametrize(("metres_out", "expected"), [(-5, True), (5, True), (15, False)])
def test_the_tolerance_is_in_metres(metres_out: float, expected: bool) -> None:
    point = Point(118.62 + metres_out * METRE, 24.77)
    assert inside([point], AREA, 10.0).tolist() == [expected]


def test_a_polygon_that_reaches_out_is_not_inside() -> None:
    assert inside([box(118.61, 24.76, 118.63, 24.77)], AREA, 100.0).tolist() == [False]


def test_nothing_gives_nothing() -> None:
    assert inside([], AREA, 1.0).shape == (0,)
    assert overlaps([], 1.0) == []


def test_overlaps_are_measured_in_square_metres() -> None:
    left = box(118.58, 24.75, 118.60, 24.79)
    touching = box(118.60, 24.75, 118.61, 24.79)
    across = box(118.59, 24.75, 118.60, 24.76)
    found = overlaps([left, touching, across], 1.0)
    assert found == [Overlap(0, 2, pytest.approx(1_011 * 1_108, rel=0.01))]
    assert overlaps([left, touching, across], 2_000_000.0) == []


def test_coordinates_that_are_no_degrees_are_refused() -> None:
    with pytest.raises(CoordinateError):
        inside([Point(24.77, 118.6)], AREA, 1.0)
