import hashlib
from pathlib import Path

import pytest
import shapely
from shapely import Point, box
from sqlalchemy import func, select

from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, FacilityKind, Status
from data.reference.errors import ImportRefusedError
from data.reference.fields import Layer
from data.reference.importing import Request, run_import
from data.reference.read import Source
from data.reference.version import geometry_version
from data.store.base import Base
from data.store.database import Database
from data.store.events import AlarmRow, DeviceState, Outbox, StatusChange
from data.store.management import Audit, Inspection
from data.store.places import Building, Community, Device, Facility
from geo.distance import distance_m
from tests.data.reference.conftest import BUILDING, HEADER, NOW, Import, counted, reasons
from tests.tables import create_tables

DEVICES = "id,kind,name,building_id,interval_s,lon,lat"


def fingerprint(database: Database) -> str:
    with database.reading() as session:
        content = [
            repr([tuple(row) for row in session.execute(table.select())])
            for table in Base.metadata.sorted_tables
        ]
    return hashlib.sha256("".join(content).encode()).hexdigest()


def test_a_building_arrives_with_its_units_and_defaults(
    database: Database, import_rows: Import
) -> None:
    assert counted(import_rows("buildings", HEADER, BUILDING)) == {"new": 1}
    with database.reading() as session:
        row = session.get_one(Building, "B1")
    assert (row.name, row.category, row.storeys) == ("沙塘路1号", BuildingCategory.RENTAL, 5)
    assert (row.lon, row.lat, row.residents, row.demo) == (118.6, 24.788, 0, False)
    assert row.community_code == "350582005001"
    assert shapely.from_wkb(row.geometry) == Point(118.6, 24.788)


def test_the_same_file_again_changes_nothing(database: Database, import_rows: Import) -> None:
    import_rows("buildings", HEADER, BUILDING)
    with database.reading() as session:
        version = geometry_version(session)
    assert counted(import_rows("buildings", HEADER, BUILDING)) == {"unchanged": 1}
    with database.reading() as session:
        assert geometry_version(session) == version


@pytest.mark.usefixtures("one_building")
def test_only_what_the_file_says_changes(database: Database, import_rows: Import) -> None:
    outcome = import_rows("buildings", "id,storeys,address", "B1,7,")
    assert [(c.id, dict(c.values)) for c in outcome.plan.changes] == [("B1", {"storeys": 7})]
    with database.reading() as session:
        assert session.get_one(Building, "B1").address == "沙塘路1号"


def test_the_audit_says_who_what_and_from_which_file(
    database: Database, import_rows: Import, tmp_path: Path
) -> None:
    with database.reading() as session:
        before = geometry_version(session)
    import_rows("buildings", HEADER, BUILDING)
    with database.reading() as session:
        (row,) = session.scalars(select(Audit))
        assert geometry_version(session) != before
    assert (row.at, row.actor, row.action) == (NOW, "tester", "reference.import")
    assert row.subject == "buildings"
    assert row.detail["file"] == "rows.csv"
    assert row.detail["sha256"] == hashlib.sha256((tmp_path / "rows.csv").read_bytes()).hexdigest()
    assert (row.detail["crs"], row.detail["new"]) == ("EPSG:4326", 1)


def test_a_dry_run_writes_nothing(database: Database, import_rows: Import) -> None:
    before = fingerprint(database)
    outcome = import_rows("buildings", HEADER, BUILDING, dry_run=True)
    assert counted(outcome) == {"new": 1}
    assert not outcome.written
    assert fingerprint(database) == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",沙塘路1号,沙塘路1号,出租屋,5,118.6,24.788", "the row has no id"),
        ("B1,沙塘路1号,沙塘路1号,出租屋,5,24.788,118.6", "are swapped"),
        ("B1,沙塘路1号,沙塘路1号,出租屋,5,2.35,48.85", "outside China"),
        ("B1,沙塘路1号,沙塘路1号,出租屋,5,118.64,24.788", "more than 100 m outside"),
        ("B1,沙塘路1号,沙塘路1号,出租屋,5,east,24.788", "lon: 'east' is not a number"),
        ("B1,沙塘路1号,沙塘路1号,宫殿,5,118.6,24.788", "/ '宫殿' is unknown"),
        (
            "B1,沙塘路1号,沙塘路1号,出租屋,0,118.6,24.788",
            "storeys: 0 不是 1 … 120 的整数 / 0 is not a whole number",
        ),
        ("B1,沙塘路1号,,出租屋,5,118.6,24.788", "new, and lacks address"),
        ("B1,沙塘路1号,沙塘路1号,出租屋,5,,", "new, and lacks coordinates"),
    ],
)
def test_a_bad_building_refuses_the_whole_file(
    database: Database, import_rows: Import, line: str, reason: str
) -> None:
    before = fingerprint(database)
    header = "id,name,address,category,storeys,lon,lat"
    outcome = import_rows("buildings", header, BUILDING.replace("B1", "B0"), line)
    assert len(outcome.problems) == 1
    assert outcome.problems[0].row == 3
    assert reason in outcome.problems[0].reason
    assert not outcome.written
    assert fingerprint(database) == before


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("社区", "天堂", "community: there is no '天堂' in the database"),
        ("网格", "W9", "grid_id: there is no 'W9' in the database"),
        ("责任人编号", "P9", "responsible_id: there is no 'P9' in the database"),
    ],
)
def test_references_must_exist(import_rows: Import, column: str, cell: str, reason: str) -> None:
    outcome = import_rows("buildings", f"{HEADER},{column}", f"{BUILDING},{cell}")
    assert reasons(outcome) == [(2, reason)]


def test_an_id_may_come_only_once(import_rows: Import) -> None:
    outcome = import_rows("buildings", HEADER, BUILDING, BUILDING)
    assert reasons(outcome) == [(3, "the id is also that of row 2")]


@pytest.mark.parametrize("name", ["350582005004", "杏田社区", "杏田"])
def test_a_community_may_be_named_by_code_or_name(
    database: Database, import_rows: Import, name: str
) -> None:
    assert import_rows("buildings", f"{HEADER},社区", f"{BUILDING},{name}").written
    with database.reading() as session:
        assert session.get_one(Building, "B1").community_code == "350582005004"


@pytest.mark.parametrize(("east_m", "accepted"), [(80, True), (120, False)])
def test_the_tolerance_at_the_edge_is_100_metres(
    database: Database, import_rows: Import, east_m: float, accepted: bool
) -> None:
    with database.reading() as session:
        areas = session.scalars(select(Community.geometry)).all()
    outline = shapely.union_all(shapely.from_wkb(areas))
    lon, lat = max(outline.exterior.coords)
    degree_m = distance_m(shapely.get_coordinates(Point(lon + 0.01, lat)), (lon, lat))[0] * 100
    place = f"B1,角落,角落,出租屋,1,{lon + east_m / degree_m},{lat}"
    assert import_rows("buildings", HEADER, place).written is accepted


def test_gcj02_is_converted_to_metres_precision(database: Database, import_rows: Import) -> None:
    assert import_rows("buildings", HEADER, BUILDING, crs="GCJ-02").written
    with database.reading() as session:
        row = session.get_one(Building, "B1")
    moved = distance_m(shapely.get_coordinates(Point(row.lon, row.lat)), (118.6, 24.788))[0]
    assert 400 < moved < 700


def test_footprints_are_polygons_and_outlive_a_point_within(
    database: Database, import_rows: Import
) -> None:
    square = box(118.6, 24.788, 118.6002, 24.7882)
    header = "id,name,address,category,storeys,wkt"
    assert import_rows("buildings", header, f'B1,楼,楼,学校,3,"{square.wkt}"').written
    outcome = import_rows("buildings", "id,lon,lat", "B1,118.60015,24.78805")
    assert counted(outcome) == {"unchanged": 1}
    assert counted(import_rows("buildings", "id,lon,lat", "B1,118.601,24.788")) == {"changed": 1}
    with database.reading() as session:
        assert session.get_one(Building, "B1").lon == 118.601


@pytest.mark.parametrize(
    ("wkt", "reason"),
    [
        ("LINESTRING (118.6 24.788, 118.601 24.788)", "need Point or Polygon, not LineString"),
        (
            "POLYGON ((118.6 24.788, 118.602 24.79, 118.602 24.788, 118.6 24.79, 118.6 24.788))",
            "Self-intersection at or near point 118.601 24.789",
        ),
        ("POINT EMPTY", "the geometry is empty"),
    ],
)
def test_bad_geometry_is_refused(import_rows: Import, wkt: str, reason: str) -> None:
    header = "id,name,address,category,storeys,wkt"
    outcome = import_rows("buildings", header, f'B1,楼,楼,学校,3,"{wkt}"')
    assert [row for row, _ in reasons(outcome)] == [2]
    assert reason in outcome.problems[0].reason


@pytest.mark.usefixtures("one_building")
def test_devices_get_the_next_slots_and_start_stale(
    database: Database, import_rows: Import
) -> None:
    first = "D1,独立感烟,烟感,B1,300,118.6,24.788"
    assert import_rows("devices", DEVICES, first).written
    assert import_rows("devices", DEVICES, "D0,gas,气体,B1,60,118.6,24.788", first).written
    with database.reading() as session:
        rows = list(session.scalars(select(Device).order_by(Device.slot)))
        states = list(session.scalars(select(DeviceState)))
        notes = [row.data["devices"] for row in session.scalars(select(Outbox))]
    assert [(row.id, row.slot, row.kind) for row in rows] == [
        ("D1", 0, DeviceKind.SMOKE),
        ("D0", 1, DeviceKind.GAS),
    ]
    assert {row.community_code for row in rows} == {"350582005001"}
    assert {(state.status, state.stale, state.since) for state in states} == {
        (Status.STALE, True, NOW)
    }
    assert notes == [["D1"], ["D0"]]


@pytest.mark.usefixtures("one_building")
def test_replacing_devices_disables_the_missing_ones(
    database: Database, import_rows: Import
) -> None:
    lines = [f"D{i},smoke,烟感,B1,300,118.6,24.788" for i in range(3)]
    import_rows("devices", DEVICES, *lines)
    with database.writing() as session:
        state = session.get_one(DeviceState, "D1")
        state.status, state.stale = Status.NORMAL, False
    outcome = import_rows("devices", DEVICES, lines[0], lines[2], replace=True)
    assert counted(outcome) == {"unchanged": 2, "disabled": 1}
    with database.reading() as session:
        assert [
            (row.id, row.slot, row.disabled)
            for row in session.scalars(select(Device).order_by(Device.slot))
        ] == [("D0", 0, False), ("D1", 1, True), ("D2", 2, False)]
        (change,) = session.scalars(select(StatusChange))
        assert session.get_one(DeviceState, "D1").status == Status.DISABLED
    assert (change.before, change.after, change.at) == (Status.NORMAL, Status.DISABLED, NOW)
    again = import_rows("devices", DEVICES, lines[0], lines[2], replace=True)
    assert counted(again) == {"unchanged": 2}


@pytest.mark.usefixtures("one_building")
def test_official_data_that_puts_a_device_back_gives_it_its_alarms_back(
    database: Database, import_rows: Import
) -> None:
    line = "D1,smoke,烟感,B1,300,118.6,24.788"
    import_rows("devices", DEVICES, line)
    with database.writing() as session:
        device = session.get_one(Device, "D1")
        device.disabled, device.disabled_by, device.disabled_at = True, "duty", NOW
        session.add(
            AlarmRow(
                device_id="D1",
                building_id="B1",
                community_code=device.community_code,
                message_id="m",
                kind=AlarmKind.FAULT,
                cause="battery_low",
                raised_at=NOW,
                received_at=NOW,
                last_at=NOW,
                out_of_service_at=NOW,
            )
        )
    import_rows("devices", f"{DEVICES},disabled", f"{line},false")
    with database.reading() as session:
        device, alarm = session.get_one(Device, "D1"), session.scalars(select(AlarmRow)).one()
        note = session.scalars(select(Outbox).order_by(Outbox.id.desc())).first()
        status = session.get_one(DeviceState, "D1").status
    assert (device.disabled, device.disabled_by, device.disabled_at) == (False, None, None)
    assert (alarm.out_of_service_at, status) == (None, Status.FAULT)
    assert note is not None
    assert note.data == {"devices": ["D1"], "alarms": [alarm.id], "incidents": []}


@pytest.mark.usefixtures("one_building")
def test_a_device_of_an_unknown_building_is_refused(import_rows: Import) -> None:
    outcome = import_rows("devices", DEVICES, "D1,smoke,烟感,B9,300,118.6,24.788")
    assert reasons(outcome) == [(2, "building_id: there is no 'B9' in the database")]


def test_rows_not_in_the_file_stay_unless_replaced(database: Database, import_rows: Import) -> None:
    import_rows("buildings", HEADER, BUILDING, BUILDING.replace("B1", "B2"))
    assert counted(import_rows("buildings", HEADER, BUILDING)) == {"unchanged": 1, "kept": 1}
    replaced = import_rows("buildings", HEADER, BUILDING, replace=True)
    assert counted(replaced) == {"unchanged": 1, "removed": 1}
    with database.reading() as session:
        assert list(session.scalars(select(Building.id))) == ["B1"]


@pytest.mark.usefixtures("one_building")
def test_a_building_with_history_can_not_be_removed(
    database: Database, import_rows: Import
) -> None:
    with database.writing() as session:
        session.add(Inspection(building_id="B1", at=NOW, inspector="网格员 03", result="pass"))
    other = BUILDING.replace("B1", "B2")
    outcome = import_rows("buildings", HEADER, other, replace=True, allow_large_change=True)
    assert reasons(outcome) == [(None, "can't be removed: still referred to by inspection")]
    assert not outcome.written


def test_facilities(database: Database, import_rows: Import) -> None:
    lines = (
        "编号,类型,名称,经度,纬度",
        "H1,消火栓,沙塘消火栓,118.6,24.788",
        "M1,微站,沙塘微站,118.6,24.787",
    )
    assert counted(import_rows("facilities", *lines)) == {"new": 2}
    with database.reading() as session:
        kinds = {row.id: row.kind for row in session.scalars(select(Facility))}
    assert kinds == {"H1": FacilityKind.HYDRANT, "M1": FacilityKind.MICRO_STATION}
    assert counted(import_rows("facilities", *lines[:2], replace=True)) == {
        "unchanged": 1,
        "removed": 1,
    }


def test_a_file_without_ids_is_refused(import_rows: Import) -> None:
    with pytest.raises(ImportRefusedError, match="no column is the id of buildings"):
        import_rows("buildings", "name,lon,lat")
    with pytest.raises(ImportRefusedError, match="has no column '号'"):
        import_rows("buildings", "id,lon,lat", columns={"name": "号"})


def test_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{BUILDING}\n", encoding="utf-8")
    request = Request(Source(tmp_path / "a.csv", crs="EPSG:4326"), Layer.BUILDINGS)
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(ImportRefusedError, match="has no tables yet"):
        run_import(database, request, at=NOW, actor="tester")
    create_tables(database)
    outcome = run_import(database, request, at=NOW, actor="tester")
    assert "the database has no communities yet; import them first" in [
        r for _, r in reasons(outcome)
    ]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Building)) == 0
    database.close()


def test_a_file_without_rows_is_refused_and_changes_nothing(
    database: Database, import_rows: Import
) -> None:
    import_rows("devices", DEVICES, "D1,smoke,烟感,,300,118.6,24.788")
    with pytest.raises(ImportRefusedError, match="the file has no rows"):
        import_rows("devices", DEVICES, replace=True, allow_large_change=True)
    with database.reading() as session:
        assert not session.get_one(Device, "D1").disabled


def test_most_rows_go_only_if_that_is_said(database: Database, import_rows: Import) -> None:
    lines = [f"D{i},smoke,烟感,,300,118.6,24.788" for i in range(5)]
    import_rows("devices", DEVICES, *lines)
    bad = "D9,palace,烟感,,300,118.6,24.788"
    refused = import_rows("devices", DEVICES, bad, *lines[:2], replace=True)
    assert not refused.written
    assert len(refused.problems) == 2  # that of the whole file stands first
    assert "3 of 5 rows would be removed or disabled" in refused.problems[0].reason
    assert import_rows("devices", DEVICES, *lines[:3], replace=True).written  # two of five
    assert import_rows("devices", DEVICES, *lines[:2], replace=True).written  # one of three left
    with database.reading() as session:
        assert [row.disabled for row in session.scalars(select(Device).order_by(Device.slot))] == [
            *[False] * 2,
            *[True] * 3,
        ]
    last = import_rows("devices", DEVICES, lines[4], replace=True, allow_large_change=True)
    assert last.written
