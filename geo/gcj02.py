"""GCJ-02 and BD-09 ↔ WGS 84.

GCJ-02 (国测局坐标, AMap, Tencent) shifts WGS 84 by a smooth disturbance of 100 to 700 m in China;
BD-09 (Baidu) shifts GCJ-02 once more. Neither has a published definition. The formulas are the
ones that became public in 2013 and that every open library shares (eviltransform, coordtransform,
gcoord); the tests compare with published points. Both inverses are found by fixed-point
iteration on the forward formula, so that a round trip gives back the point.

All arrays have the shape (n, 2), longitude first, in degrees. Points outside China's box are
returned unchanged.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo.crs import checked_lonlat

Points = NDArray[np.float64]

#: Krasovsky 1940, on which the disturbance is defined: semi-major axis in metres, eccentricity².
SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_2 = 0.00669342162296594323
#: The box in which the disturbance applies: longitude and latitude limits in degrees.
BOX = ((72.004, 137.8347), (0.8293, 55.8271))
BAIDU_RAD = np.pi * 3000.0 / 180.0
TOLERANCE_DEG = 1e-10
MAX_ITERATIONS = 30


def wgs84_to_gcj02(lonlat: Points) -> Points:
    """Convert WGS 84 to GCJ-02.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326).

    Returns
    -------
    ndarray, shape (n, 2)
        GCJ-02 longitude and latitude in degrees.

    Raises
    ------
    CoordinateError
        If a value is not finite, or a latitude is outside [-90, 90].

    Examples
    --------
    >>> wgs84_to_gcj02(np.array([[116.404, 39.915], [0.0, 51.5]])).round(6).tolist()
    [[116.410244, 39.916404], [0.0, 51.5]]
    """
    return _within_box(checked_lonlat(lonlat), lambda points: points + _disturbance_deg(points))


def gcj02_to_wgs84(lonlat: Points) -> Points:
    """Convert GCJ-02 to WGS 84, to better than 1e-9 degrees (0.1 mm).

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        GCJ-02 longitude and latitude in degrees.

    Returns
    -------
    ndarray, shape (n, 2)
        Longitude and latitude in degrees (EPSG:4326).

    Raises
    ------
    CoordinateError
        If a value is not finite, or a latitude is outside [-90, 90].
    """
    return _within_box(
        checked_lonlat(lonlat),
        lambda points: _inverse(points, lambda guess: guess + _disturbance_deg(guess)),
    )


def gcj02_to_bd09(lonlat: Points) -> Points:
    """Convert GCJ-02 to BD-09; shapes, units and errors as in :func:`wgs84_to_gcj02`.

    Examples
    --------
    >>> gcj02_to_bd09(np.array([[116.404, 39.915]])).round(6).tolist()
    [[116.410369, 39.921337]]
    """
    return _within_box(checked_lonlat(lonlat), _baidu)


def bd09_to_gcj02(lonlat: Points) -> Points:
    """Convert BD-09 to GCJ-02; shapes, units and errors as in :func:`gcj02_to_wgs84`."""
    return _within_box(checked_lonlat(lonlat), lambda points: _inverse(points, _baidu))


def wgs84_to_bd09(lonlat: Points) -> Points:
    """Convert WGS 84 to BD-09; shapes, units and errors as in :func:`wgs84_to_gcj02`."""
    return gcj02_to_bd09(wgs84_to_gcj02(lonlat))


def bd09_to_wgs84(lonlat: Points) -> Points:
    """Convert BD-09 to WGS 84; shapes, units and errors as in :func:`gcj02_to_wgs84`."""
    return gcj02_to_wgs84(bd09_to_gcj02(lonlat))


def _within_box(points: Points, convert: Callable[[Points], Points]) -> Points:
    (west, east), (south, north) = BOX
    lon, lat = points[:, 0], points[:, 1]
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    result = points.copy()
    if inside.any():
        result[inside] = convert(points[inside])
    return result


def _inverse(target: Points, forward: Callable[[Points], Points]) -> Points:
    """Solve ``forward(x) == target``; the shift varies slowly, so each step gains digits."""
    guess = target.copy()
    for _ in range(MAX_ITERATIONS):
        step = target - forward(guess)
        guess += step
        if np.abs(step).max() < TOLERANCE_DEG:
            break
    return guess


def _disturbance_deg(points: Points) -> Points:
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    east += _waves(x, ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    north += _waves(y, ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    return _metres_to_degrees(east, north, np.radians(points[:, 1]))


def _waves(
    angle: NDArray[np.float64], terms: tuple[tuple[float, float], ...]
) -> NDArray[np.float64]:
    total = np.zeros_like(angle)
    for amplitude, divisor in terms:
        total += amplitude * np.sin(angle / divisor * np.pi)
    return total * 2.0 / 3.0


def _metres_to_degrees(
    east: NDArray[np.float64], north: NDArray[np.float64], latitude: NDArray[np.float64]
) -> Points:
    magic = 1.0 - ECCENTRICITY_2 * np.sin(latitude) ** 2
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / magic**1.5
    parallel_m = SEMI_MAJOR_M / np.sqrt(magic) * np.cos(latitude)
    return np.column_stack([np.degrees(east / parallel_m), np.degrees(north / meridian_m)])


def _baidu(points: Points) -> Points:
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BAIDU_RAD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BAIDU_RAD)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
