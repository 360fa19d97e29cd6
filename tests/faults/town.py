"""The town of the fault tests: small buildings, devices behind HTTP and behind transmitters."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely
from sqlalchemy import insert

from data.domain.api_keys import KeyWish
from data.domain.words import BuildingCategory, DeviceKind, Role
from data.store import api_keys
from data.store.database import Database
from data.store.migrate import upgrade
from data.store.models import (
    Base,
    Building,
    Community,
    Device,
    Meta,
    Transmitter,
    TransmitterPoint,
    WorkPoint,
)
from data.store.users import Users
from tests.servers import PASSWORD

COMMUNITY = "350582005001"
KEY = "key-of-the-platforms"
LON, LAT, STEP = 118.58, 24.75, 0.0004
AT = datetime(2026, 6, 1, tzinfo=UTC)
#: Nothing becomes silent while it is looked at, unless the clock jumps by an hour.
INTERVAL_S = 900


@dataclass(frozen=True)
class Town:
    """Who lives in it, all by number."""

    buildings: int = 400
    #: Devices that platforms report of over HTTP, and over MQTT.
    devices: int = 5000
    by_mqtt: int = 2000
    transmitters: int = 20
    #: Registered parts behind each transmitter; every other address is 未登记.
    parts: int = 200

    def device(self, number: int) -> str:
        return f"HTTP-{number:05d}"

    def mqtt_device(self, number: int) -> str:
        return f"MQTT-{number:05d}"

    def transmitter(self, number: int) -> str:
        return f"UTD-{number:03d}"

    def address(self, number: int) -> int:
        return 70_001 + number

    def part(self, transmitter: int, number: int) -> str:
        return f"PART-{transmitter:03d}-{number:04d}"


def found(url: str, town: Town) -> None:
    """Make the tables and the town in an empty database, and an account to look with."""
    upgrade(url)
    database = Database(url)
    try:
        with database.writing() as session:
            for table, rows in _rows(town):
                session.execute(insert(table), rows)
            api_keys.add(session, KeyWish("platform", rate_per_s=None), KEY, "admin", AT)
        Users(database).add("duty", Role.DUTY, "值班员", PASSWORD, AT)
    finally:
        database.close()


def _rows(town: Town) -> Iterator[tuple[type[Base], list[dict[str, Any]]]]:
    box = shapely.to_wkb(shapely.box(LON, LAT, LON + 0.01, LAT + 0.01))
    yield Meta, [{"key": "geometry_version", "value": "faults"}]
    names = {"name": "片", "name_en": "Part"}
    yield WorkPoint, [{"id": "A", **names, "lon": LON, "lat": LAT}]
    figures = {"population": 1, "households": 1, "figures_assumed": True}
    place = {"lon": LON, "lat": LAT, "geometry": box}
    yield (
        Community,
        [
            {
                "code": COMMUNITY,
                "name": "沙塘社区",
                "name_short": "沙塘",
                "name_en": "Shatang",
                "work_point_id": "A",
                **figures,
                **place,
            }
        ],
    )
    yield Building, [_building(number) for number in range(town.buildings)]
    yield Device, list(_devices(town))
    numbers = range(town.transmitters)
    yield (
        Transmitter,
        [
            {"address": town.address(n), "device_id": town.transmitter(n), "first_at": AT}
            for n in numbers
        ],
    )
    yield (
        TransmitterPoint,
        [
            {
                "transmitter": town.address(n),
                "system_type": 1,
                "system_address": 1,
                "part_address": part,
                "device_id": town.part(n, part),
            }
            for n in numbers
            for part in range(town.parts)
        ],
    )


def _corner(number: int) -> tuple[float, float]:
    return LON + STEP * (number % 20), LAT + STEP * (number // 20)


def _building(number: int) -> dict[str, Any]:
    lon, lat = _corner(number)
    return {
        "id": f"B{number:04d}",
        "name": f"沙塘 {number} 号",
        "address": f"沙塘 {number} 号",
        "category": BuildingCategory.RENTAL,
        "community_code": COMMUNITY,
        "storeys": 3,
        "built_year": 1990,
        "lon": lon,
        "lat": lat,
        # Half a step wide: nobody touches a neighbour.
        "geometry": shapely.to_wkb(shapely.box(lon, lat, lon + STEP / 2, lat + STEP / 2)),
    }


def _devices(town: Town) -> Iterator[dict[str, Any]]:
    slot = itertools.count()
    for n in range(town.devices):
        yield _device(town, next(slot), town.device(n), DeviceKind.SMOKE)
    for n in range(town.by_mqtt):
        yield _device(town, next(slot), town.mqtt_device(n), DeviceKind.SMOKE)
    for n in range(town.transmitters):
        yield _device(town, next(slot), town.transmitter(n), DeviceKind.TRANSMITTER)
        for part in range(town.parts):
            yield _device(town, next(slot), town.part(n, part), DeviceKind.SMOKE)


def _device(town: Town, slot: int, device_id: str, kind: DeviceKind) -> dict[str, Any]:
    building = slot % town.buildings
    lon, lat = _corner(building)
    return {
        "id": device_id,
        "slot": slot,
        "kind": kind,
        "name": device_id,
        "building_id": f"B{building:04d}",
        "community_code": COMMUNITY,
        "lon": lon,
        "lat": lat,
        "interval_s": INTERVAL_S,
    }
