import numpy as np
import pytest

from geo.distance import distance_m
from geo.errors import CoordinateError


def test_one_degree_of_latitude_at_the_equator() -> None:
    actual = distance_m(np.array([[0.0, 1.0]]), (0.0, 0.0))
    np.testing.assert_allclose(actual, [110_574.4], atol=0.1)


def test_no_points_give_no_distances() -> None:
    assert distance_m(np.empty((0, 2)), (0.0, 0.0)).shape == (0,)


@pytest.mark.parametrize("lat", [90.1, -90.1, float("nan"), float("inf")])
def test_bad_latitude_is_refused(lat: float) -> None:
    with pytest.raises(CoordinateError, match="latitude"):
        distance_m(np.array([[0.0, lat]]), (0.0, 0.0))


def test_bad_origin_is_refused() -> None:
    with pytest.raises(CoordinateError, match="latitude"):
        distance_m(np.array([[0.0, 0.0]]), (24.77, 118.6))
