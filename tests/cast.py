"""A small cast of rows for tests: two communities, three buildings, six devices, people and past.

B1 (三合一, 沙塘) has a smoke detector on fire, an electrical detector and a charger; B2 (出租屋,
沙塘) a gas detector; B3 (工业, 后洋) nothing. A pressure device watches hydrant H1, a camera stands
in the street. The past of B1: incidents, hazards, inspections, a fire.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import shapely

from data.domain.views import DeviceNow
from data.domain.words import (
    AlarmKind,
    BuildingCategory,
    DeviceKind,
    FacilityKind,
    PersonRole,
    Status,
    Verdict,
)
from data.store.database import Database
from data.store.models import (
    AlarmRow,
    Base,
    Building,
    Community,
    Device,
    DeviceState,
    Facility,
    Fire,
    Grid,
    Hazard,
    Incident,
    Inspection,
    Meta,
    Person,
    ReadingHour,
    StatusChange,
    WorkPoint,
)

#: Sunday 22 November 2026, 10:24:07 in Shanghai.
NOW = datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)
SHATANG, HOUYANG = "350582005001", "350582005004"
LON, LAT = 118.5900, 24.7800

#: What the present knows; E1 and CAM1 are not known.
PRESENT: Mapping[str, DeviceNow] = {
    "S1": DeviceNow(
        Status.ALARM,
        NOW - timedelta(seconds=42),
        NOW - timedelta(seconds=12),
        NOW - timedelta(seconds=11),
        {"battery_pct": 88.0, "smoke_pct": 17.3, "temperature_c": 41.5},
    ),
    "C1": DeviceNow(Status.NORMAL, NOW, NOW - timedelta(minutes=3), NOW, {"power_w": 1180.0}),
    "G1": DeviceNow(Status.NORMAL, NOW, NOW, NOW, {"gas_lel_pct": 0.4}),
    "P1": DeviceNow(Status.NORMAL, NOW, NOW, NOW, {"pressure_mpa": 0.3}),
}


def read_now(device_ids: Sequence[str]) -> Mapping[str, DeviceNow]:
    """Read the cast's present."""
    return {key: PRESENT[key] for key in device_ids if key in PRESENT}


def box(west: float, south: float, size: float) -> bytes:
    return bytes(shapely.to_wkb(shapely.box(west, south, west + size, south + size)))


def build_cast(database: Database) -> None:
    """Insert the cast into an empty database."""
    rows = [*_ground(), *_people(), *_buildings(), *_devices(), *_past()]
    with database.writing() as session:
        # One kind after another: foreign keys are checked at once.
        for _kind, same in groupby(rows, key=type):
            session.add_all(same)
            session.flush()


def community(code: str, name: str, name_en: str, west: float, **more: Any) -> Community:
    return Community(
        code=code,
        name=name,
        name_short=name.removesuffix("社区"),
        name_en=name_en,
        work_point_id="A",
        population=7600,
        households=2055,
        lon=west + 0.01,
        lat=LAT,
        geometry=box(west, LAT - 0.01, 0.02),
        **more,
    )


def building(key: str, name: str, category: BuildingCategory, **more: Any) -> Building:
    facts: dict[str, Any] = {
        "address": "学府路 12 号",
        "community_code": SHATANG,
        "grid_id": "G01",
        "storeys": 4,
        "residents": 26,
        "lon": LON,
        "lat": LAT,
        "demo": True,
        "geometry": box(more.get("lon", LON), LAT, 0.0002),
    }
    return Building(id=key, name=name, category=category, **(facts | more))


def device(key: str, slot: int, kind: DeviceKind, name: str, **more: Any) -> Device:
    facts: dict[str, Any] = {
        "location": "3层 302室",
        "building_id": "B1",
        "community_code": SHATANG,
        "lon": LON,
        "lat": LAT,
        "interval_s": 180,
        "demo": True,
    }
    return Device(id=key, slot=slot, kind=kind, name=name, **(facts | more))


def facility(key: str, kind: FacilityKind, name: str, lat: float, **more: Any) -> Facility:
    return Facility(id=key, kind=kind, name=name, community_code=SHATANG, lon=LON, lat=lat, **more)


def _ground() -> list[Base]:
    return [
        Meta(key="geometry_version", value="cast-1"),
        WorkPoint(id="A", name="沙塘片", name_en="Shatang area", lon=LON, lat=LAT, assumed=True),
        community(
            SHATANG, "沙塘社区", "Shatang Community", 118.58, figures_assumed=False, schematic=True
        ),
        community(
            HOUYANG, "后洋社区", "Houyang Community", 118.60, figures_assumed=True, schematic=False
        ),
    ]


def _people() -> list[Base]:
    return [
        Grid(id="G01", community_code=SHATANG, name="第三网格", level=3),
        Grid(id="G02", community_code=SHATANG, name="第四网格", level=3),
        Person(id="P-R1", role=PersonRole.RESPONSIBLE, label="责任人 0001"),
        Person(
            id="P-G1",
            role=PersonRole.GRID_OFFICER,
            label="网格员 03",
            phone="0595-00000003",
            community_code=SHATANG,
            grid_id="G01",
        ),
        Person(
            id="P-G2",
            role=PersonRole.GRID_OFFICER,
            label="网格员 04",
            community_code=SHATANG,
            grid_id="G02",
        ),
        Person(id="P-M1", role=PersonRole.MICRO_STATION, label="微站 01", community_code=SHATANG),
    ]


def _buildings() -> list[Base]:
    return [
        building(
            "B1",
            "学府路 12 号",
            BuildingCategory.THREE_IN_ONE,
            responsible_id="P-R1",
            built_year=1998,
            ebike_charging_required=True,
            sector="服装加工",
        ),
        building("B2", "沙塘 100% 出租屋", BuildingCategory.RENTAL, lon=LON + 0.001),
        building(
            "B3",
            "服装厂 07",
            BuildingCategory.INDUSTRIAL,
            community_code=HOUYANG,
            grid_id=None,
            lon=118.61,
            demo=False,
        ),
    ]


def _devices() -> list[Base]:
    return [
        device("S1", 0, DeviceKind.SMOKE, "烟感 01"),
        device("E1", 1, DeviceKind.ELECTRICAL, "电气火灾探测器 01", location="1层 配电箱"),
        device("C1", 2, DeviceKind.CHARGER, "充电桩 01", location="1层 门口"),
        device("G1", 3, DeviceKind.GAS, "燃气探测器 01", building_id="B2", location="1层 厨房"),
        device("P1", 4, DeviceKind.PRESSURE, "水压 01", building_id=None, location=""),
        device("CAM1", 5, DeviceKind.CAMERA, "摄像机 01", building_id=None, disabled=True),
    ]


def _past() -> list[Base]:
    states = [
        DeviceState(device_id="S1", status=int(Status.ALARM), since=NOW, values={}),
        DeviceState(device_id="G1", status=int(Status.NORMAL), since=NOW, values={}),
    ]
    # One degree of latitude is about 110.8 km here: 0.001° are 111 m.
    around = [
        facility("H1", FacilityKind.HYDRANT, "消火栓 01", LAT + 0.001, device_id="P1"),
        facility("H2", FacilityKind.HYDRANT, "消火栓 02", LAT - 0.0015),
        facility("H3", FacilityKind.HYDRANT, "消火栓 03", LAT + 0.003),
        *(
            facility(f"M{n}", FacilityKind.MICRO_STATION, f"微型消防站 0{n}", LAT + 0.004 * n)
            for n in range(1, 5)
        ),
    ]
    return [*states, *around, *_incidents(), *_prevention(), *_hours(), *_changes()]


def _incidents() -> list[Base]:
    past = [
        Incident(
            id=number,
            building_id="B1",
            community_code=SHATANG,
            kind=AlarmKind.FIRE,
            opened_at=NOW - timedelta(days=number),
            last_at=NOW - timedelta(days=number),
            closed_at=NOW - timedelta(days=number) + timedelta(minutes=9),
            closed_by="duty",
            verdict=Verdict.FALSE,
            verdict_cause="做饭油烟",
        )
        for number in range(2, 14)
    ]
    now_open = Incident(
        id=1,
        building_id="B1",
        community_code=SHATANG,
        kind=AlarmKind.FIRE,
        opened_at=NOW - timedelta(seconds=42),
        last_at=NOW - timedelta(seconds=12),
    )
    return [now_open, *past, *_alarms()]


def _alarms() -> list[Base]:
    def alarm(number: int, device_id: str, kind: AlarmKind, cause: str, **more: Any) -> AlarmRow:
        at = NOW - timedelta(seconds=42)
        return AlarmRow(
            id=number,
            device_id=device_id,
            building_id="B1",
            community_code=SHATANG,
            message_id=f"m{number}",
            kind=kind,
            cause=cause,
            raised_at=at,
            received_at=at,
            last_at=at,
            **more,
        )

    return [
        alarm(1, "S1", AlarmKind.FIRE, "smoke_fire", value=17.3),
        alarm(2, "C1", AlarmKind.PREALARM, "charger_overload", acked_at=NOW, acked_by="duty"),
        alarm(3, "S1", AlarmKind.FAULT, "battery_low", closed_at=NOW, closed_by="duty"),
    ]


def _prevention() -> list[Base]:
    day = timedelta(days=1)
    return [
        Inspection(id=1, building_id="B1", at=NOW - 9 * day, inspector="安监办", result="failed"),
        Hazard(
            id=1,
            building_id="B1",
            inspection_id=1,
            kind="blocked_exit",
            level=2,
            found_at=NOW - 9 * day,
            due_at=NOW - 2 * day,
        ),
        Hazard(id=2, building_id="B1", kind="wiring", found_at=NOW - 9 * day, due_at=NOW + 5 * day),
        Hazard(id=3, building_id="B1", kind="wiring", found_at=NOW - 90 * day, closed_at=NOW),
        Fire(
            id=1,
            at=NOW - 400 * day,
            building_id="B1",
            community_code=SHATANG,
            lon=LON,
            lat=LAT,
            cause="electrical",
        ),
    ]


def _hours() -> list[Base]:
    top = NOW.replace(minute=0, second=0)
    return [
        ReadingHour(
            device_id="S1",
            hour=top - timedelta(hours=back),
            value=value,
            count=4,
            total=4 * (base + back),
            low=base,
            high=base + 2 * back,
        )
        for value, base in (("smoke_pct", 1.0), ("battery_pct", 50.0))
        for back in range(30)
    ]


def _changes() -> list[Base]:
    steps = [Status.NORMAL, Status.STALE, Status.NORMAL, Status.ALARM]
    return [
        StatusChange(
            device_id="S1",
            at=NOW - timedelta(hours=4 - number),
            before=int(before),
            after=int(after),
            reason="silent" if after is Status.STALE else "",
        )
        for number, (before, after) in enumerate(pairwise(steps))
    ]
