"""Distances on the WGS 84 ellipsoid."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.crs import checked_lonlat

WGS84 = Geod(ellps="WGS84")


def distance_m(lonlat: NDArray[np.float64], origin: tuple[float, float]) -> NDArray[np.float64]:
    """Geodesic distance from one origin to many points.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326, longitude first).
    origin : tuple of float
        Longitude and latitude of the origin in degrees.

    Returns
    -------
    ndarray, shape (n,)
        Metres along the ellipsoid; empty for ``n == 0``.

    Raises
    ------
    CoordinateError
        If a value is not finite, or a latitude is outside [-90, 90].

    Notes
    -----
    Karney (2013), "Algorithms for geodesics", J. Geodesy 87, via PROJ.

    Examples
    --------
    >>> distance_m(np.array([[0.0, 0.0], [0.0, 1.0]]), (0.0, 0.0)).round(1).tolist()
    [0.0, 110574.4]
    """
    points = checked_lonlat(lonlat)
    start = np.broadcast_to(checked_lonlat(np.array([origin], dtype=float)), points.shape)
    _, _, metres = WGS84.inv(start[:, 0], start[:, 1], points[:, 0], points[:, 1])
    return np.asarray(metres, dtype=np.float64)
