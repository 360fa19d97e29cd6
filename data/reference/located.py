"""From the file's coordinates to EPSG:4326, with a reason for each geometry that can't be right."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.reference.errors import ImportRefusedError
from geo.boundary import invalid_reason, looks_swapped, outside_china
from geo.crs import to_lonlat
from geo.errors import CoordinateError
from geo.gcj02 import bd09_to_wgs84, gcj02_to_wgs84

GCJ02: Final = "GCJ-02"
BD09: Final = "BD-09"
_SPELLINGS: Final = {
    "GCJ02": GCJ02,
    "AMAP": GCJ02,
    "BD09": BD09,
    "BD09LL": BD09,
    "BAIDU": BD09,
    "WGS84": "EPSG:4326",
    "CGCS2000": "EPSG:4490",
}
_SHIFTED: Final = {GCJ02: gcj02_to_wgs84, BD09: bd09_to_wgs84}


def named_crs(name: str) -> str:
    """Return the CRS by the name that is used here: ``GCJ-02``, ``BD-09``, or as PROJ knows it.

    Raises
    ------
    ImportRefusedError
        If PROJ does not know it.

    Examples
    --------
    >>> named_crs("gcj02"), named_crs("BD-09"), named_crs("WGS84"), named_crs("epsg:4549")
    ('GCJ-02', 'BD-09', 'EPSG:4326', 'EPSG:4549')
    """
    spelling = name.upper().replace("-", "").replace("_", "").replace(" ", "")
    crs = _SPELLINGS.get(spelling, name.upper() if spelling.startswith("EPSG:") else name)
    if crs in _SHIFTED:
        return crs
    try:
        to_lonlat(np.empty((0, 2)), crs)
    except CoordinateError:
        raise ImportRefusedError(
            f"不认识坐标系 {name}，请用 EPSG:<编号>、GCJ-02 或 BD-09。"
            f"/ unknown coordinate reference system {name!r}; use EPSG:<number>, GCJ-02 or BD-09"
        ) from None
    return crs


def convert(xy: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Convert coordinates of a CRS as named by :func:`named_crs` to degrees (EPSG:4326).

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Easting or longitude first.

    Returns
    -------
    ndarray, shape (n, 2)
        Longitude, latitude; what is no place in China may come out as anything, also ``inf``.
    """
    if crs not in _SHIFTED:
        return to_lonlat(xy, crs)
    lonlat = np.array(xy, dtype=np.float64)
    usable = ~outside_china(lonlat)
    lonlat[usable] = _SHIFTED[crs](lonlat[usable])
    return lonlat


def locate(
    geometries: Sequence[BaseGeometry | None], crs: str
) -> tuple[list[BaseGeometry | None], list[str | None]]:
    """Convert geometries to EPSG:4326 and say what is wrong with each.

    Returns
    -------
    list of geometry
        In degrees, longitude first; ``None`` where there was none or it can't be used.
    list of str
        Reason (invalid, swapped, outside China), ``None`` for what is right or absent.
    """
    reasons: list[str | None] = [None if g is None else _invalid(g) for g in geometries]
    usable = [i for i, g in enumerate(geometries) if g is not None and reasons[i] is None]
    found: list[BaseGeometry | None] = [None] * len(geometries)
    if not usable:
        return found, reasons
    source = np.array([geometries[i] for i in usable], dtype=object)
    xy, owner = shapely.get_coordinates(source, return_index=True)
    lonlat = convert(xy, crs)
    foreign = outside_china(lonlat)
    swapped = looks_swapped(lonlat) | (foreign & ~outside_china(convert(xy[:, ::-1], crs)))
    first_foreign = {int(owner[j]): j for j in np.flatnonzero(foreign)[::-1]}
    converted = shapely.set_coordinates(source, np.where(np.isfinite(lonlat), lonlat, 0.0))
    for k, i in enumerate(usable):
        if k not in first_foreign:
            found[i] = shapely.force_2d(converted[k])
        else:
            j = first_foreign[k]
            reasons[i] = _foreign(xy[j], crs, swapped=bool(swapped[j]))
    return found, reasons


def _invalid(geometry: BaseGeometry) -> str | None:
    reason = invalid_reason(geometry)
    return None if reason is None else f"几何无效：{reason} / invalid geometry: {reason}"


def _foreign(point: NDArray[np.float64], crs: str, *, swapped: bool) -> str:
    place = f"({point[0]:.10g}, {point[1]:.10g}) in {crs}"
    if swapped:
        return (
            f"{place} 的经度和纬度（或东坐标和北坐标）颠倒 / "
            f"{place}: longitude and latitude (or easting and northing) are swapped"
        )
    return f"{place} 不在中国境内 / {place} is outside China"
