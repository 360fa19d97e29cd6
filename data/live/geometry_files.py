"""Encoding of the static geometry that travels once (docs/live-protocol.md)."""

import struct
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.domain.words import BuildingCategory, DeviceKind, FacilityKind
from data.live.wire import to_json
from data.store.database import Database
from data.store.geometry import MapContext, load_buildings, load_context, load_device_points

UNIT: Final = 1e-6
MAGIC: Final = b"XTG1"
NO_BUILDING: Final = 0xFFFF
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
    index = {row.id: i for i, row in enumerate(buildings)}
    return {
        "context.json": to_json(encode_context(context)),
        "buildings.json": to_json(encode_buildings(buildings)),
        "devices.bin": encode_devices(devices, index),
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
    """Return the footprints' outer rings as integer offsets; a small box for a mere point."""
    origin = (min((r.lon for r in rows), default=0.0), min((r.lat for r in rows), default=0.0))
    codes = sorted({row.community_code for row in rows})
    code_index = {code: i for i, code in enumerate(codes)}
    return {
        "origin": origin,
        "unit": UNIT,
        "ids": [row.id for row in rows],
        "names": [row.name for row in rows],
        "categories": [_CATEGORIES[row.category] for row in rows],
        "communities": [code_index[row.community_code] for row in rows],
        "community_codes": codes,
        "points": [_offsets(np.array([[row.lon, row.lat]]), origin) for row in rows],
        "rings": [_offsets(_outer_ring(row.geometry), origin) for row in rows],
    }


def encode_devices(rows: list[Any], building_index: dict[str, int]) -> bytes:
    """Return positions, buildings and kinds of all devices, by slot.

    Raises
    ------
    ValueError
        If the slots are not 0 … N-1.
    """
    if [row.slot for row in rows] != list(range(len(rows))):
        raise ValueError("the devices' slots must be 0 … N-1 without gaps")
    lonlat = np.array([[row.lon, row.lat] for row in rows], dtype=np.float64).reshape(-1, 2)
    low, high = (lonlat.min(axis=0), lonlat.max(axis=0)) if rows else (np.zeros(2), np.ones(2))
    span = np.where(high > low, high - low, 1.0)
    x, y = np.rint((lonlat - low) / span * 65535).astype("<u2").T
    building = np.array(
        [building_index.get(row.building_id, NO_BUILDING) for row in rows], dtype="<u2"
    )
    kind = np.array([_KINDS[row.kind] for row in rows], dtype=np.uint8)
    head = MAGIC + struct.pack(
        "<I4d", len(rows), low[0], low[0] + span[0], low[1], low[1] + span[1]
    )
    return b"".join([head, x.tobytes(), y.tobytes(), building.tobytes(), kind.tobytes()])


def _feature(area: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = shapely.geometry.mapping(shapely.set_precision(area, UNIT * 10))
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


def _outer_ring(wkb: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    area: Any = shapely.from_wkb(wkb)
    if area.geom_type == "MultiPolygon":
        area = max(area.geoms, key=lambda part: part.area)
    ring = (
        area.exterior
        if area.geom_type == "Polygon"
        else area.buffer(2e-5, cap_style="square").exterior
    )
    return np.asarray(ring.coords)[:-1, :2]


def _offsets(
    lonlat: np.ndarray[Any, np.dtype[np.float64]], origin: tuple[float, float]
) -> list[int]:
    offsets: list[int] = np.rint((lonlat - origin) / UNIT).astype(int).ravel().tolist()
    return offsets
