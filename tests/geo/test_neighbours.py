import numpy as np
import pytest
import shapely

from geo.crs import geometry_to_lonlat
from geo.errors import CoordinateError
from geo.neighbours import touching


def house(x: float, size: float = 10.0) -> shapely.Polygon:
    """A square whose west side is ``x`` metres east of a corner in Xintang."""
    return geometry_to_lonlat(shapely.box(357_000 + x, 2_740_000, 357_000 + x + size, 2_740_010))


def test_walls_a_metre_apart_touch_and_an_alley_does_not() -> None:
    assert touching([house(0), house(10.9), house(23)]).tolist() == [[0, 1]]


def test_each_pair_comes_once_whatever_the_order() -> None:
    assert touching([house(20), house(10), house(0)]).tolist() == [[0, 1], [1, 2]]


def test_none_and_one() -> None:
    assert touching([]).shape == (0, 2)
    assert touching([house(0)]).tolist() == []


def test_a_footprint_that_is_nowhere() -> None:
    with pytest.raises(CoordinateError):
        touching([shapely.Point(np.inf, 0)])
