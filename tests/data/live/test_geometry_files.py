"""The static geometry of the lane and of the demo town, decoded again as a browser does."""

import struct

import numpy as np
import orjson
import pytest
import shapely

from data.live.geometry_files import MAGIC, NO_BUILDING, encode_devices, encode_geometry
from data.store.database import Database
from data.store.geometry import load_buildings, load_device_points
from tests.lane import build

HEAD = len(MAGIC) + 4 + 4 * 8


def decode(data: bytes) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """N, lonlat (n, 2), building index, kind."""
    assert data[:4] == MAGIC
    n, lon0, lon1, lat0, lat1 = struct.unpack("<I4d", data[4:HEAD])
    x, y, building = np.frombuffer(data, "<u2", 3 * n, HEAD).reshape(3, n)
    kind = np.frombuffer(data, "u1", n, HEAD + 6 * n)
    assert len(data) == HEAD + 7 * n
    lonlat = np.column_stack([lon0 + x / 65535 * (lon1 - lon0), lat0 + y / 65535 * (lat1 - lat0)])
    return n, lonlat, building, kind


def test_devices_of_the_town_come_back_within_a_metre(town_database: Database) -> None:
    files = encode_geometry(town_database)
    with town_database.reading() as session:
        rows = load_device_points(session)
        ids = [row.id for row in load_buildings(session)]
    n, lonlat, building, _ = decode(files["devices.bin"])

    assert n == len(rows) == 500
    true = np.array([[row.lon, row.lat] for row in rows])
    assert np.abs(lonlat - true).max() < 1e-5
    there = [None if b == NO_BUILDING else ids[b] for b in building]
    assert there == [row.building_id for row in rows]


def test_footprints_of_the_town_come_back(town_database: Database) -> None:
    files = orjson.loads(encode_geometry(town_database)["buildings.json"])
    with town_database.reading() as session:
        first = load_buildings(session)[0]
    ring = np.array(files["rings"][0]).reshape(-1, 2) * files["unit"] + files["origin"]
    again = shapely.Polygon(ring)

    assert files["ids"][0] == first.id
    true = shapely.from_wkb(first.geometry)
    assert shapely.hausdorff_distance(again, true) < 2e-6  # degrees: a fifth of a metre
    assert files["community_codes"][files["communities"][0]] == first.community_code


def test_context_of_the_town_has_what_orients(town_database: Database) -> None:
    context = orjson.loads(encode_geometry(town_database)["context.json"])
    assert len(context["communities"]["features"]) == 14
    assert len(context["work_points"]["features"]) == 4
    assert all(context[name]["features"] for name in ("neighbours", "streets"))
    assert context["facilities"]["hydrant"]
    assert context["facilities"]["micro_station"]


def test_a_device_outside_buildings(database: Database) -> None:
    build(database)
    _, _, building, kind = decode(encode_geometry(database)["devices.bin"])
    assert building.tolist() == [0] * 6 + [NO_BUILDING]
    assert kind.tolist() == [0, 0, 0, 0, 2, 3, 6]


def test_an_empty_database_has_an_empty_map(database: Database) -> None:
    files = encode_geometry(database)
    assert decode(files["devices.bin"])[0] == 0
    assert orjson.loads(files["buildings.json"])["ids"] == []


def test_slots_with_a_gap_are_refused(database: Database) -> None:
    build(database)
    with database.reading() as session:
        rows = load_device_points(session)
    with pytest.raises(ValueError, match="without gaps"):
        encode_devices(rows[1:], {})
