"""Which footprints touch, so that a fire in one is a danger to the other."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import geometry_to_metric

#: Footprints are drawn to about a metre.
TOUCHING_M = 1.0


def touching(footprints: Sequence[BaseGeometry], within_m: float = TOUCHING_M) -> NDArray[np.int64]:
    """Return the pairs of footprints that are no farther apart than ``within_m`` metres.

    Parameters
    ----------
    footprints
        Geometries in degrees (EPSG:4326, longitude first); the distance is measured in EPSG:4549.

    Returns
    -------
    ndarray, shape (n, 2)
        Indices, each pair once, the smaller first.

    Raises
    ------
    CoordinateError
        If a coordinate is not finite, or a latitude is outside [-90, 90].

    Examples
    --------
    >>> a, b = shapely.box(118.59, 24.76, 118.60, 24.77), shapely.box(118.60, 24.76, 118.61, 24.77)
    >>> touching([a, b, shapely.box(118.7, 24.76, 118.71, 24.77)]).tolist()
    [[0, 1]]
    """
    metric = [geometry_to_metric(footprint) for footprint in footprints]
    if not metric:
        return np.empty((0, 2), dtype=np.int64)
    one, other = shapely.STRtree(metric).query(metric, predicate="dwithin", distance=within_m)
    pairs = np.column_stack([one, other]).astype(np.int64)
    return pairs[pairs[:, 0] < pairs[:, 1]]
