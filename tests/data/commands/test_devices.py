"""Out of service and back, on SQLite and on PostgreSQL."""

import pytest

from data.domain import errors
from data.domain.words import Status
from data.store.models import AlarmHistory, AlarmRow, Audit, Device, StatusChange
from tests.lane import DUTY, Lane


def device(lane: Lane, device_id: str) -> Device:
    return next(row for row in lane.rows(Device) if row.id == device_id)


def test_a_device_out_of_service_raises_nothing_and_holds_what_it_had(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    answer = lane.commands.out_of_service("S0", DUTY, "更换电池")

    assert answer["disabled_by"] == "duty"
    row = device(lane, "S0")
    assert (row.disabled, row.disabled_reason, row.disabled_at) == (True, "更换电池", lane.clock())
    assert lane.present.statuses()[0] == Status.DISABLED
    assert lane.present.snapshot()["alarms"][0]["out_of_service_at"] is not None
    lane.send("S0", smoke_pct=40)
    assert lane.count(AlarmRow) == 1
    assert [h.action for h in lane.rows(AlarmHistory)] == ["raised", "out_of_service"]
    assert lane.rows(StatusChange)[-1].reason == "out_of_service"


def test_back_in_service_it_goes_on_where_it_is(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    lane.commands.out_of_service("S0", DUTY, "更换电池")
    answer = lane.commands.back_in_service("S0", DUTY, "电池未到")
    assert (answer["disabled"], answer["disabled_at"], answer["disabled_by"]) == (False, None, None)
    assert lane.present.statuses()[0] == Status.FAULT
    lane.send("S0", smoke_pct=40)
    assert lane.present.statuses()[0] == Status.ALARM
    assert [a.reason for a in lane.rows(Audit)] == ["更换电池", "电池未到"]


def test_a_device_with_a_fire_stays_in_service(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    with pytest.raises(errors.FireStandsError):
        lane.commands.out_of_service("S0", DUTY, "太吵")
    assert not device(lane, "S0").disabled
    assert {row.result for row in lane.rows(Audit)} == {"refused"}


def test_an_alarm_that_was_never_held_is_left_alone(lane: Lane) -> None:
    with lane.database.writing() as session:
        session.get_one(Device, "S0").disabled = True  # as an import of official data does
    lane.send("S1", battery_pct=5)
    lane.commands.back_in_service("S0", DUTY, "恢复")
    assert lane.rows(AlarmRow)[0].out_of_service_at is None


def test_who_was_first_is_told(lane: Lane) -> None:
    lane.commands.out_of_service("S0", DUTY, "更换")
    with pytest.raises(errors.AlreadyOutOfServiceError, match="by duty at") as caught:
        lane.commands.out_of_service("S0", DUTY, "更换")
    assert (caught.value.by, caught.value.at) == ("duty", lane.clock())
    with pytest.raises(errors.InServiceError):
        lane.commands.back_in_service("S1", DUTY, "恢复")
    with pytest.raises(errors.NotFoundError):
        lane.commands.out_of_service("X9", DUTY, "更换")
    with pytest.raises(errors.ReasonMissingError):
        lane.commands.out_of_service("S1", DUTY, "  ")
