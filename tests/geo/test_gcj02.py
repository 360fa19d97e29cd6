"""Published points.

googollee/eviltransform, go/transform_test.go (BSD): three cities, WGS 84 and GCJ-02; computed on
the WGS 84 ellipsoid, which moves the result by about 1 cm.
wandergis/coordtransform, test/app.js (MIT): (116.404, 39.915) through each conversion.
hujiulong/gcoord, test/fixtures/china-cities.json (MIT): cities as the map services give them, with
7 decimals; the formula is known to meet them within 1 m.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import distance_m
from geo.errors import CoordinateError
from geo.gcj02 import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

EVILTRANSFORM = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
#: name → WGS 84, GCJ-02, BD-09
GCOORD = {
    "泉州市": ((118.6711365, 24.8770487), (118.6756787, 24.8741363), (118.6821251, 24.8804872)),
    "汕头市": ((116.6775114, 23.3567569), (116.6819735, 23.3540964), (116.6885014, 23.3598884)),
    "郑州市": ((113.6192856, 34.7478004), (113.6253334, 34.7466173), (113.6317519, 34.7528605)),
    "那曲地区": ((92.0499619, 31.4784436), (92.0512438, 31.4762063), (92.0576832, 31.4824421)),
    "沈阳市": ((123.4253306, 41.8032629), (123.4314787, 41.8057023), (123.438095, 41.8114013)),
}
IN_CHINA = st.tuples(st.floats(73.5, 135.0), st.floats(4.0, 53.5))


def apart_m(actual: np.ndarray, expected: tuple[float, float]) -> float:
    return float(distance_m(actual, expected)[0])


@pytest.mark.parametrize(("wgs84", "gcj02"), EVILTRANSFORM)
def test_points_of_eviltransform(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert apart_m(wgs84_to_gcj02(np.array([wgs84])), gcj02) < 0.05
    assert apart_m(gcj02_to_wgs84(np.array([gcj02])), wgs84) < 0.05


def test_points_of_coordtransform() -> None:
    point = np.array([[116.404, 39.915]])
    assert apart_m(wgs84_to_gcj02(point), (116.41024449916938, 39.91640428150164)) < 0.001
    assert apart_m(gcj02_to_bd09(point), (116.41036949371029, 39.92133699351021)) < 0.001
    # its BD-09 inverse is not iterated
    assert apart_m(bd09_to_gcj02(point), (116.39762729119315, 39.90865673957631)) < 0.5


@pytest.mark.parametrize("city", GCOORD)
def test_points_of_the_map_services(city: str) -> None:
    wgs84, gcj02, bd09 = GCOORD[city]
    assert apart_m(wgs84_to_gcj02(np.array([wgs84])), gcj02) < 1.0
    assert apart_m(gcj02_to_wgs84(np.array([gcj02])), wgs84) < 1.0
    assert apart_m(wgs84_to_bd09(np.array([wgs84])), bd09) < 1.0
    assert apart_m(bd09_to_wgs84(np.array([bd09])), wgs84) < 1.0


@given(IN_CHINA)
def test_gcj02_round_trip(point: tuple[float, float]) -> None:
    wgs84 = np.array([point])
    np.testing.assert_allclose(gcj02_to_wgs84(wgs84_to_gcj02(wgs84)), wgs84, atol=1e-9)


@given(IN_CHINA)
def test_bd09_round_trip(point: tuple[float, float]) -> None:
    wgs84 = np.array([point])
    np.testing.assert_allclose(bd09_to_wgs84(wgs84_to_bd09(wgs84)), wgs84, atol=1e-9)


@given(IN_CHINA)
def test_the_shift_is_between_a_few_metres_and_a_kilometre(point: tuple[float, float]) -> None:
    assert 1.0 < apart_m(wgs84_to_gcj02(np.array([point])), point) < 1500.0


@pytest.mark.parametrize(
    "convert",
    [wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02, wgs84_to_bd09, bd09_to_wgs84],
)
def test_outside_china_nothing_moves(convert: object) -> None:
    points = np.array([[2.35, 48.85], [-74.0, 40.7], [151.2, -33.9]])
    np.testing.assert_array_equal(convert(points), points)  # type: ignore[operator]
    assert convert(np.empty((0, 2))).shape == (0, 2)  # type: ignore[operator]


def test_many_points_give_the_same_as_each_alone() -> None:
    points = np.array([wgs84 for wgs84, _, _ in GCOORD.values()] + [(2.35, 48.85)])
    alone = np.vstack([wgs84_to_bd09(point[None]) for point in points])
    np.testing.assert_allclose(wgs84_to_bd09(points), alone, atol=1e-12)


def test_swapped_coordinates_are_refused() -> None:
    with pytest.raises(CoordinateError, match="latitude"):
        wgs84_to_gcj02(np.array([[24.77, 118.6]]))
