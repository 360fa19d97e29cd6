import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon

from geo.crs import geometry_to_lonlat, geometry_to_metric, to_lonlat, to_metric
from geo.distance import distance_m
from geo.errors import CoordinateError

NEAR_XINTANG = st.tuples(st.floats(117.0, 121.0), st.floats(23.0, 27.0))


@given(NEAR_XINTANG)
def test_metres_and_degrees_round_trip(point: tuple[float, float]) -> None:
    lonlat = np.array([point])
    np.testing.assert_allclose(to_lonlat(to_metric(lonlat)), lonlat, atol=1e-9)


def test_a_kilometre_on_the_ground_is_a_kilometre_of_epsg_4549() -> None:
    ends = np.array([[118.60, 24.77], [118.61, 24.77]])
    plane_m = np.hypot(*np.diff(to_metric(ends), axis=0)[0])
    assert plane_m == pytest.approx(distance_m(ends[:1], (118.61, 24.77))[0], rel=3e-4)


def test_easting_comes_first_and_lies_west_of_the_central_meridian() -> None:
    easting, northing = to_metric(np.array([[118.6, 24.77]]))[0]
    assert 300_000 < easting < 500_000
    assert 2_700_000 < northing < 2_800_000


def test_any_epsg_code_can_be_read() -> None:
    mercator = np.array([[13_202_491.69, 2_847_300.0]])
    lon, lat = to_lonlat(mercator, "EPSG:3857")[0]
    assert lon == pytest.approx(118.6, abs=1e-6)
    assert 24.7 < lat < 24.9


def test_unknown_crs_is_refused() -> None:
    with pytest.raises(CoordinateError, match="unknown coordinate reference system"):
        to_lonlat(np.array([[0.0, 0.0]]), "EPSG:999999")


@pytest.mark.parametrize(
    "lonlat",
    [np.array([118.6, 24.77]), np.array([[118.6, 24.77, 3.0]]), np.array([[24.77, 118.6]])],
)
def test_wrong_shapes_and_latitudes_are_refused(lonlat: np.ndarray) -> None:
    with pytest.raises(CoordinateError):
        to_metric(lonlat)


def test_geometries_keep_their_shape() -> None:
    square = Polygon([(118.6, 24.7), (118.61, 24.7), (118.61, 24.71), (118.6, 24.71)])
    metric = geometry_to_metric(square)
    assert metric.area == pytest.approx(1_011 * 1_108, rel=0.01)
    assert geometry_to_lonlat(metric).equals_exact(square, 1e-9)
    assert geometry_to_metric(Point()).is_empty
