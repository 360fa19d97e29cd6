"""Checks of geometry: validity, inside a boundary, overlaps, swapped or foreign coordinates.

Geometry is in degrees (EPSG:4326, longitude first); tolerances are metres, measured in EPSG:4549.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import geometry_to_metric, to_metric

#: China's longitudes and latitudes in degrees, islands included, with a small margin.
CHINA_LON = (73.0, 136.0)
CHINA_LAT = (3.0, 54.0)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two members of a sequence that overlap, and by how much."""

    first: int
    second: int
    area_m2: float


def invalid_reason(geometry: BaseGeometry | None) -> str | None:
    """Return why a geometry can't be used, ``None`` if it can.

    Examples
    --------
    >>> from shapely import from_wkt
    >>> invalid_reason(from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"))
    'Self-intersection at or near point 0.5 0.5'
    >>> invalid_reason(from_wkt("POINT EMPTY"))
    'the geometry is empty'
    """
    if geometry is None or geometry.is_empty:
        return "the geometry is empty"
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return "a coordinate is not a finite number"
    reason = str(shapely.is_valid_reason(geometry))
    if reason == "Valid Geometry":
        return None
    return reason.replace("[", " at or near point ").rstrip("]")


def outside_china(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie outside the box around China.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326); anything that is not finite is outside.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> outside_china(np.array([[118.6, 24.77], [24.77, 118.6], [0.0, 0.0]])).tolist()
    [False, True, True]
    """
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    lon, lat = points[:, 0], points[:, 1]
    inside = (lon >= CHINA_LON[0]) & (lon <= CHINA_LON[1])
    inside &= (lat >= CHINA_LAT[0]) & (lat <= CHINA_LAT[1])
    return np.asarray(~inside)


def looks_swapped(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points are in China only when latitude and longitude change places.

    China's longitudes (73 … 136) and latitudes (3 … 54) do not meet, so that there is no doubt.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326).

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> looks_swapped(np.array([[118.6, 24.77], [24.77, 118.6], [0.0, 0.0]])).tolist()
    [False, True, False]
    """
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return outside_china(points) & ~outside_china(points[:, ::-1])


def inside(
    geometries: Sequence[BaseGeometry], boundary: BaseGeometry, tolerance_m: float
) -> NDArray[np.bool_]:
    """Return which geometries lie within a boundary or reach over it by no more than a tolerance.

    Parameters
    ----------
    geometries
        Points, lines or polygons in degrees (EPSG:4326).
    boundary
        Polygon or multipolygon in degrees (EPSG:4326).
    tolerance_m
        Metres that a geometry may reach over the boundary.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    CoordinateError
        If a coordinate is not finite, or a latitude is outside [-90, 90].
    """
    if not len(geometries):
        return np.zeros(0, dtype=bool)
    area = geometry_to_metric(boundary).buffer(tolerance_m)
    shapely.prepare(area)
    metric = shapely.transform(np.asarray(geometries, dtype=object), to_metric)
    return np.asarray(shapely.covers(area, metric))


def overlaps(geometries: Sequence[BaseGeometry], min_area_m2: float) -> list[Overlap]:
    """Return the pairs whose common area is larger than ``min_area_m2``, in order of the sequence.

    Parameters
    ----------
    geometries
        Valid polygons in degrees (EPSG:4326).
    min_area_m2
        Square metres (EPSG:4549) up to which an overlap counts as an inaccuracy of drawing.

    Raises
    ------
    CoordinateError
        If a coordinate is not finite, or a latitude is outside [-90, 90].
    """
    if not len(geometries):
        return []
    metric = shapely.transform(np.asarray(geometries, dtype=object), to_metric)
    pairs = shapely.STRtree(metric).query(metric, predicate="intersects").T
    found = []
    for first, second in sorted((int(a), int(b)) for a, b in pairs if a < b):
        area = float(shapely.intersection(metric[first], metric[second]).area)
        if area > min_area_m2:
            found.append(Overlap(first, second, area))
    return found
