"""Degrees and metres: EPSG:4326 ↔ EPSG:4549, and any other EPSG code → EPSG:4326.

EPSG:4549 is CGCS2000 / 3-degree Gauss-Kruger, central meridian 120° E, without zone number in the
easting; Xintang (118.6° E) lies within its zone. CGCS2000 and WGS 84 differ by centimetres and are
treated as equal. Arrays are always easting or longitude first, whatever the authority says.
"""

from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo.errors import CoordinateError

LONLAT = "EPSG:4326"
METRIC = "EPSG:4549"
MAX_LATITUDE_DEG = 90.0
PAIR = 2


@cache
def _transformer(source: str, target: str) -> Transformer:
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except CRSError as error:
        raise CoordinateError(
            f"unknown coordinate reference system {source!r} or {target!r}"
        ) from error


def checked_lonlat(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the array as floats if it holds longitudes and latitudes.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326, longitude first).

    Raises
    ------
    CoordinateError
        If the shape is not (n, 2), a value is not finite, or a latitude is outside [-90, 90].
    """
    points = np.asarray(lonlat, dtype=np.float64)
    if points.ndim != PAIR or points.shape[1] != PAIR:
        raise CoordinateError(f"expected an array of shape (n, 2), not {points.shape}")
    if not np.isfinite(points).all() or (np.abs(points[:, 1]) > MAX_LATITUDE_DEG).any():
        raise CoordinateError("longitude and latitude must be finite, latitude in [-90, 90]")
    return points


def to_metric(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert degrees to metres.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326, longitude first).

    Returns
    -------
    ndarray, shape (n, 2)
        Easting and northing in metres (EPSG:4549).

    Raises
    ------
    CoordinateError
        If a value is not finite, or a latitude is outside [-90, 90].

    Examples
    --------
    >>> to_metric(np.array([[120.0, 0.0]])).round(3).tolist()
    [[500000.0, 0.0]]
    """
    points = checked_lonlat(lonlat)
    easting, northing = _transformer(LONLAT, METRIC).transform(points[:, 0], points[:, 1])
    return np.column_stack([easting, northing])


def to_lonlat(xy: NDArray[np.float64], crs: str = METRIC) -> NDArray[np.float64]:
    """Convert coordinates of any CRS to degrees.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Easting and northing in the unit of ``crs`` (longitude and latitude if it is geographic).
    crs
        Anything PROJ understands: ``"EPSG:4549"``, WKT …

    Returns
    -------
    ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326); ``inf`` where PROJ can't convert.

    Raises
    ------
    CoordinateError
        If PROJ does not know the CRS.

    Examples
    --------
    >>> to_lonlat(np.array([[500000.0, 0.0]])).round(6).tolist()
    [[120.0, 0.0]]
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, PAIR)
    lon, lat = _transformer(crs, LONLAT).transform(points[:, 0], points[:, 1])
    return np.column_stack([lon, lat])


def geometry_to_metric(geometry: BaseGeometry) -> BaseGeometry:
    """Convert one shapely geometry from degrees (EPSG:4326) to metres (EPSG:4549).

    Raises
    ------
    CoordinateError
        If a coordinate is not finite, or a latitude is outside [-90, 90].
    """
    return shapely.transform(geometry, to_metric)


def geometry_to_lonlat(geometry: BaseGeometry) -> BaseGeometry:
    """Convert one shapely geometry from metres (EPSG:4549) to degrees (EPSG:4326)."""
    return shapely.transform(geometry, to_lonlat)
