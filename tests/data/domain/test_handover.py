"""The hand-over record, from records alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data.domain.handover import AlarmFact, IncidentFacts, Water, hand_over
from data.domain.response import Response
from data.domain.views import (
    BuildingFacts,
    BuildingView,
    DeviceNow,
    DeviceRow,
    FacilityNear,
    HazardView,
    PersonView,
    Place,
)
from data.domain.words import (
    AlarmKind,
    BuildingCategory,
    DeviceKind,
    FacilityKind,
    PersonRole,
    Status,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
T1 = T0 + timedelta(minutes=1)
NOW = T0 + timedelta(minutes=3)
HEAT = AlarmFact(
    1, "H1", "感温 1", DeviceKind.HEAT, "二楼", "1 号", AlarmKind.PREALARM, "heat_high", 56.0,
    T0, None, None, None,
)  # fmt: skip
SMOKE = replace(
    HEAT, id=2, device_id="S1", device_name="感烟 1", device_kind=DeviceKind.SMOKE,
    building_name="2 号", location="楼梯", kind=AlarmKind.FIRE, cause="smoke_fire", raised_at=T1,
)  # fmt: skip
INCIDENT = IncidentFacts(
    5, AlarmKind.FIRE, T0, T1, "heat+smoke/60", 118.6, 24.7, Response(), (HEAT, SMOKE)
)
NOW_HOT = DeviceNow(Status.ALARM, T0, T1, T1, {"temperature_c": 80.0})
WATER = Water(
    tuple(FacilityNear(f"X{i}", FacilityKind.HYDRANT, f"栓 {i}", 10.0 * i) for i in range(7)),
    (FacilityNear("M1", FacilityKind.MICRO_STATION, "沙塘站", 300.0),),
)


def building() -> BuildingView:
    facts = BuildingFacts(
        id="B1", name="1 号", address="沙塘一路 1 号", category=BuildingCategory.RENTAL, sector="",
        storeys=4, residents=17, built_year=1998, ebike_charging_required=True,
        ebike_charging_present=False, small_unit=False, demo=True, lon=118.59, lat=24.76, grid=None,
    )  # fmt: skip
    hazards = ("blocked_exit", "extinguisher", "blocked_exit", "window_bars")
    return BuildingView(
        facts=facts,
        community=Place("c", "沙塘社区", "Shatang"),
        work_point=Place("w", "片", "A"),
        people=(PersonView("p", PersonRole.RESPONSIBLE, "责任人 03", "1"),),
        devices=(DeviceRow("H1", 0, DeviceKind.HEAT, "感温 1", "二楼", NOW_HOT),),
        device_count=1,
        alarms=(),
        micro_stations=(),
        hydrants=(),
        hazards=tuple(HazardView(i, kind, 1, T0, None, "") for i, kind in enumerate(hazards)),
        inspections=(),
        incidents=(),
        fires=(),
    )


def test_what_where_who_devices_water_access() -> None:
    record = hand_over(INCIDENT, building(), WATER, ["3 号"], NOW)

    assert (record.incident, record.made_at) == (5, NOW)
    assert record.what.causes == ("smoke_fire", "heat_high")
    assert (record.what.first_at, record.what.confidence) == (T0, "heat+smoke/60")
    assert (record.where.building, record.where.also) == ("1 号", ("2 号",))
    assert record.where.locations == ("二楼", "楼梯")
    assert (record.where.lon, record.where.storeys, record.who.residents) == (118.59, 4, 17)
    assert [person.label for person in record.who.to_call] == ["责任人 03"]
    assert [(d.device, d.now) for d in record.devices] == [("H1", NOW_HOT), ("S1", None)]
    assert [h.name for h in record.water.hydrants] == ["栓 0", "栓 1", "栓 2", "栓 3", "栓 4"]
    assert record.access.hazards == ("blocked_exit", "window_bars")
    assert (record.access.neighbours, record.access.ebike_charging) == (("3 号",), False)


def test_the_first_who_was_sure_is_named_and_makes_it_a_fire() -> None:
    first = replace(HEAT, confirmed_at=T1, confirmed_by="kim")
    later = replace(SMOKE, confirmed_at=NOW, confirmed_by="lee")
    incident = replace(INCIDENT, kind=AlarmKind.PREALARM, alarms=(later, first))
    what = hand_over(incident, None, WATER, (), NOW).what
    assert (what.kind, what.confirmed_by, what.confirmed_at) == (AlarmKind.FIRE, "kim", T1)
    unsure = hand_over(replace(INCIDENT, kind=AlarmKind.PREALARM), None, WATER, (), NOW).what
    assert (unsure.kind, unsure.confirmed_by) == (AlarmKind.PREALARM, None)


def test_in_the_street_what_is_unknown_is_missing() -> None:
    record = hand_over(INCIDENT, None, WATER, (), NOW)
    assert (record.where.building, record.where.address, record.where.storeys) == (None,) * 3
    assert (record.where.lon, record.where.lat) == (118.6, 24.7)
    assert record.where.also == ("1 号", "2 号")
    assert (record.who.residents, record.access.ebike_charging) == (None, None)
