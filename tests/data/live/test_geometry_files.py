"""The static geometry of the lane and of the demo town, decoded again as a browser does."""

import struct
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import orjson
import pytest
import shapely

from data.live.geometry_files import MAGIC, NO_BUILDING, encode_geometry, encode_map
from data.store.database import Database
from data.store.geometry import load_buildings, load_device_points
from tests.lane import build

HEAD = 40


@dataclass
class Decoded:
    """``map.bin`` read as docs/live-protocol.md describes it; positions are degrees."""

    points: np.ndarray
    rings: list[np.ndarray]
    devices: np.ndarray
    building: np.ndarray
    kind: np.ndarray


def decode(data: bytes) -> Decoded:
    assert data[:4] == MAGIC
    buildings, vertices, devices, lon, lat, unit = struct.unpack("<3I3d", data[4:HEAD])
    at = HEAD

    def column(n: int) -> np.ndarray:
        nonlocal at
        planes = np.frombuffer(data, "u1", 3 * n, at).reshape(3, n).astype(np.int64)
        at += 3 * n
        folded = planes[0] + (planes[1] << 8) + (planes[2] << 16)
        return np.where(folded % 2, -(folded + 1) // 2, folded // 2)

    points = np.column_stack([np.cumsum(column(buildings)), np.cumsum(column(buildings))])
    sizes = column(buildings)
    steps = np.column_stack([column(vertices), column(vertices)])
    parts = np.split(steps, np.cumsum(sizes)[:-1]) if buildings else []
    rings = [points[i] + np.cumsum(part, axis=0) for i, part in enumerate(parts)]
    building = np.cumsum(column(devices))
    places = np.column_stack([column(devices), column(devices)])
    inside = building != NO_BUILDING
    places[inside] += points[building[inside]]
    kind = np.frombuffer(data, "u1", devices, at)
    assert len(data) == at + devices
    origin = np.array([lon, lat])
    return Decoded(
        points * unit + origin,
        [ring * unit + origin for ring in rings],
        places * unit + origin,
        building,
        kind,
    )


def test_devices_of_the_town_come_back_within_a_quarter_of_a_metre(
    town_database: Database,
) -> None:
    decoded = decode(encode_geometry(town_database)["map.bin"])
    with town_database.reading() as session:
        rows = load_device_points(session)
        ids = [row.id for row in load_buildings(session)]

    assert len(decoded.devices) == len(rows) == 500
    true = np.array([[row.lon, row.lat] for row in rows])
    assert np.abs(decoded.devices - true).max() < 1.01e-6
    there = [None if b == NO_BUILDING else ids[b] for b in decoded.building]
    assert there == [row.building_id for row in rows]


def test_footprints_of_the_town_come_back(town_database: Database) -> None:
    files = encode_geometry(town_database)
    decoded, texts = decode(files["map.bin"]), orjson.loads(files["buildings.json"])
    with town_database.reading() as session:
        rows = load_buildings(session)

    assert texts["ids"] == [row.id for row in rows]
    for row, ring in zip(rows, decoded.rings, strict=True):
        true = shapely.from_wkb(row.geometry)
        assert shapely.hausdorff_distance(shapely.Polygon(ring), true) < 2e-6  # degrees: 0.2 m
    assert texts["community_codes"][texts["communities"][0]] == rows[0].community_code


def test_what_stands_far_away_is_refused(town_database: Database) -> None:
    with town_database.reading() as session:
        rows = load_device_points(session)
    far = SimpleNamespace(
        slot=0, lon=rows[0].lon + 40, lat=0.0, building_id=None, kind=rows[0].kind
    )
    with pytest.raises(ValueError, match="16 degrees"):
        encode_map([], [far, SimpleNamespace(**{**vars(far), "slot": 1, "lon": 0.0})])


def test_context_of_the_town_has_what_orients(town_database: Database) -> None:
    context = orjson.loads(encode_geometry(town_database)["context.json"])
    assert len(context["communities"]["features"]) == 14
    assert len(context["work_points"]["features"]) == 4
    assert all(context[name]["features"] for name in ("neighbours", "streets"))
    assert context["facilities"]["hydrant"]
    assert context["facilities"]["micro_station"]


def test_a_device_outside_buildings(database: Database) -> None:
    build(database)
    decoded = decode(encode_geometry(database)["map.bin"])
    assert decoded.building.tolist() == [0] * 6 + [NO_BUILDING]
    assert decoded.kind.tolist() == [0, 0, 0, 0, 2, 3, 6]


def test_an_empty_database_has_an_empty_map(database: Database) -> None:
    files = encode_geometry(database)
    assert len(decode(files["map.bin"]).devices) == 0
    assert orjson.loads(files["buildings.json"])["ids"] == []


def test_slots_with_a_gap_are_refused(database: Database) -> None:
    build(database)
    with database.reading() as session:
        rows = load_device_points(session)
    with pytest.raises(ValueError, match="without gaps"):
        encode_map([], rows[1:])
