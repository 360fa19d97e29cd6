"""Encoding of the static geometry that travels once (docs/live-protocol.md)."""

import struct
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.domain.words import BuildingCategory, DeviceKind, FacilityKind
from data.live.wire import to_json
from data.store.database import Database
from data.store.geometry import MapContext, load_buildings, load_context, load_device_points

#: Positions on the wire are whole numbers of this many degrees, about 0.2 m.
UNIT: Final = 2e-6
MAGIC: Final = b"XTG2"
NO_BUILDING: Final = 0xFFFF
#: Bytes of a number in a column: ±8 million units, or as many buildings.
PLANES: Final = 3
_CONTEXT_GRID: Final = 1e-5
#: Arrays of shape (n,) or (n, 2), longitude first.
Degrees = NDArray[np.float64]
Units = NDArray[np.int64]

_CATEGORIES = {category: i for i, category in enumerate(BuildingCategory)}
_KINDS = {kind: i for i, kind in enumerate(DeviceKind)}

#: Layers of context features and the collection that each goes into.
_COLLECTIONS: Final = {
    "neighbour": "neighbours",
    "street": "streets",
    "water": "water",
    "runway": "runways",
    "place": "places",
}


def encode_geometry(database: Database) -> dict[str, bytes]:
    """Return the files of the present geometry by name, as docs/live-protocol.md lists them."""
    with database.reading() as session:
        context = load_context(session)
        buildings = load_buildings(session)
        devices = load_device_points(session)
    return {
        "context.json": to_json(encode_context(context)),
        "buildings.json": to_json(encode_buildings(buildings)),
        "map.bin": encode_map(buildings, devices),
    }


def encode_context(context: MapContext) -> dict[str, Any]:
    """Return what orients on the map as GeoJSON collections and facility lists."""
    collections: dict[str, list[dict[str, Any]]] = {name: [] for name in _COLLECTIONS.values()}
    for row, area in context.features:
        if row.layer in _COLLECTIONS:
            properties = {
                "name": row.name,
                "name_en": row.name_en,
                "demo": row.demo,
                **row.properties,
            }
            collections[_COLLECTIONS[row.layer]].append(_feature(area, properties))
    facilities: dict[str, list[list[Any]]] = {str(kind): [] for kind in FacilityKind}
    for facility in context.facilities:
        facilities[str(facility.kind)].append(
            [facility.id, facility.name, round(facility.lon, 6), round(facility.lat, 6)]
        )
    return {
        "communities": _collection(
            [_feature(area, _community(row)) for row, area in context.communities]
        ),
        "work_points": _collection(
            [_feature(area, _work_point(row)) for row, area in context.work_points]
        ),
        **{name: _collection(features) for name, features in collections.items()},
        "facilities": facilities,
    }


def encode_buildings(rows: list[Any]) -> dict[str, Any]:
    """Return what is said of the buildings; where they stand is in ``map.bin``."""
    codes = sorted({row.community_code for row in rows})
    code_index = {code: i for i, code in enumerate(codes)}
    return {
        "ids": [row.id for row in rows],
        "names": [row.name for row in rows],
        "categories": [_CATEGORIES[row.category] for row in rows],
        "communities": [code_index[row.community_code] for row in rows],
        "community_codes": codes,
    }


def encode_map(buildings: list[Any], devices: list[Any]) -> bytes:
    """Return footprints and devices as columns of small differences, which compress well.

    Parameters
    ----------
    buildings
        Rows with ``id``, ``lon``, ``lat`` (EPSG:4326) and ``geometry`` (WKB). Of a footprint the
        outer ring is sent; of a mere point a small box.
    devices
        Rows with ``slot``, ``lon``, ``lat``, ``building_id`` and ``kind``.

    Raises
    ------
    ValueError
        If the slots are not 0 … N-1.
    """
    if [row.slot for row in devices] != list(range(len(devices))):
        raise ValueError("the devices' slots must be 0 … N-1 without gaps")
    origin = (
        min((row.lon for row in (*buildings, *devices)), default=0.0),
        min((row.lat for row in (*buildings, *devices)), default=0.0),
    )
    points = _units(_lonlat(buildings), origin)
    rings = [_units(_outer_ring(row.geometry), origin) for row in buildings]
    sizes = np.array([len(ring) for ring in rings], dtype=np.int64)
    head = struct.pack("<3I3d", len(buildings), sizes.sum(), len(devices), *origin, UNIT)
    return b"".join(
        [
            MAGIC,
            head,
            *(_column(np.diff(points[:, axis], prepend=0)) for axis in (0, 1)),
            _column(sizes),
            *_ring_columns(points, rings),
            *_device_columns(buildings, devices, points, origin),
        ]
    )


def _ring_columns(points: Units, rings: list[Units]) -> list[bytes]:
    """Return the vertices: the first of a ring from its building's point, others from the last."""
    if not rings:
        return []
    steps = np.concatenate(
        [
            np.diff(ring, axis=0, prepend=point[None])
            for point, ring in zip(points, rings, strict=True)
        ]
    )
    return [_column(steps[:, axis]) for axis in (0, 1)]


def _device_columns(
    buildings: list[Any], devices: list[Any], points: Units, origin: tuple[float, float]
) -> list[bytes]:
    """Return the devices: building after the last one's, place from its building's point, kind."""
    index = {row.id: i for i, row in enumerate(buildings)}
    building = np.array([index.get(row.building_id, NO_BUILDING) for row in devices], np.int64)
    outside = building == NO_BUILDING
    places = _units(_lonlat(devices), origin)
    places[~outside] -= points[building[~outside]]
    kind = np.array([_KINDS[row.kind] for row in devices], dtype=np.uint8)
    return [
        _column(np.diff(building, prepend=0)),
        *(_column(places[:, axis]) for axis in (0, 1)),
        kind.tobytes(),
    ]


def _column(values: Units) -> bytes:
    """Return whole numbers as planes of bytes, lowest first; the sign goes into the lowest bit.

    Raises
    ------
    ValueError
        If one is too large: something stands far away from Xintang.
    """
    folded = np.where(values >= 0, 2 * values, -2 * values - 1)
    if folded.size and folded.max() >= 1 << (8 * PLANES):
        raise ValueError("a building or device is more than 16 degrees away from the others")
    return b"".join(
        ((folded >> shift) & 0xFF).astype(np.uint8).tobytes() for shift in range(0, 8 * PLANES, 8)
    )


def _lonlat(rows: list[Any]) -> Degrees:
    return np.array([[row.lon, row.lat] for row in rows], dtype=np.float64).reshape(-1, 2)


def _units(lonlat: Degrees, origin: tuple[float, float]) -> Units:
    return np.rint((lonlat - origin) / UNIT).astype(np.int64)


def _feature(area: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = shapely.geometry.mapping(shapely.set_precision(area, _CONTEXT_GRID))
    return {"type": "Feature", "properties": properties, "geometry": _rounded(geometry)}


def _rounded(geometry: Any) -> Any:
    """Round coordinates to 5 decimals (about 1 m), which halves the bytes."""
    if isinstance(geometry, dict):
        return {key: _rounded(value) for key, value in geometry.items()}
    if isinstance(geometry, list | tuple):
        return [_rounded(value) for value in geometry]
    return round(geometry, 5) if isinstance(geometry, float) else geometry


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _community(row: Any) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "name_short": row.name_short,
        "name_en": row.name_en,
        "work_point": row.work_point_id,
        "population": row.population,
        "schematic": row.schematic,
        "label_lon": row.lon,
        "label_lat": row.lat,
    }


def _work_point(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "name_en": row.name_en,
        "assumed": row.assumed,
        "label_lon": row.lon,
        "label_lat": row.lat,
    }


def _outer_ring(wkb: bytes) -> Degrees:
    area: Any = shapely.from_wkb(wkb)
    if area.geom_type == "MultiPolygon":
        area = max(area.geoms, key=lambda part: part.area)
    ring = (
        area.exterior
        if area.geom_type == "Polygon"
        else area.buffer(2e-5, cap_style="square").exterior
    )
    return np.asarray(ring.coords)[:-1, :2]
