import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon

from data.reference.errors import ImportRefusedError
from data.reference.located import convert, locate, named_crs
from geo.crs import to_metric
from geo.distance import distance_m
from geo.gcj02 import wgs84_to_bd09, wgs84_to_gcj02

PLACE = np.array([[118.6, 24.788]])
WAYS = {
    "EPSG:4326": lambda points: points,
    "EPSG:4549": to_metric,
    "GCJ-02": wgs84_to_gcj02,
    "BD-09": wgs84_to_bd09,
}


@pytest.mark.parametrize("crs", WAYS)
@given(point=st.tuples(st.floats(118.5, 118.7), st.floats(24.7, 24.9)))
def test_every_crs_leads_back_to_the_same_place(crs: str, point: tuple[float, float]) -> None:
    back = convert(WAYS[crs](np.array([point])), crs)
    assert distance_m(back, point)[0] < 0.5


def test_unknown_crs_is_refused() -> None:
    with pytest.raises(ImportRefusedError, match="unknown coordinate reference system 'Mars'"):
        named_crs("Mars")


@pytest.mark.parametrize("crs", WAYS)
def test_swapped_axes_are_recognised(crs: str) -> None:
    (x, y) = WAYS[crs](PLACE)[0]
    geometries, reasons = locate([Point(y, x), Point(x, y)], crs)
    assert "swapped" in str(reasons[0])
    assert geometries[0] is None
    assert reasons[1] is None
    assert distance_m(np.array([geometries[1].coords[0]]), (118.6, 24.788))[0] < 0.5  # type: ignore[union-attr]


@pytest.mark.parametrize(("crs", "point"), [("EPSG:4326", (2.35, 48.85)), ("GCJ-02", (0.0, 0.0))])
def test_foreign_places_are_recognised(crs: str, point: tuple[float, float]) -> None:
    assert "outside China" in str(locate([Point(point)], crs)[1][0])


def test_absent_and_invalid_geometries_are_told_apart() -> None:
    bow = Polygon([(118.6, 24.7), (118.7, 24.8), (118.7, 24.7), (118.6, 24.8)])
    geometries, reasons = locate([None, bow], "EPSG:4326")
    assert geometries == [None, None]
    assert reasons[0] is None
    assert "Self-intersection" in str(reasons[1])
