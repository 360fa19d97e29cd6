"""How incidents end: by a person's verdict, by themselves, and as a fire in the records."""

from dataclasses import replace

import pytest

from data.domain.response import Stage
from data.domain.words import AlarmKind, DeviceKind, FalseCause, Outcome, Verdict
from data.store import incidents
from data.store.incident_end import judge
from data.store.incident_views import incident_view
from data.store.models import AlarmRow, Audit, Device, Fire, Incident
from tests.lane import DUTY, T0, Lane

FOUND = "电线短路，已扑灭"
AFTER_DISPATCH = (Stage.ARRIVED, Stage.CONTROLLED, Stage.ENDED)


def confirmed(lane: Lane, device: str = "S0") -> int:
    """Let a fire alarm come and a person confirm it; return the alarm."""
    lane.send(device, smoke_pct=40)
    number = max(alarm.id for alarm in lane.rows(AlarmRow))
    lane.clock.tick(20)
    lane.commands.confirm(number, DUTY)
    return number


def timeline(lane: Lane, number: int = 1) -> list[tuple[str, str]]:
    with lane.database.reading() as session:
        entries = incident_view(session, number)["timeline"]
    return [(entry["action"], entry["actor"]) for entry in entries]


def outcomes(lane: Lane) -> list[Outcome | None]:
    return [incidents.outcome(row) for row in lane.rows(Incident)]


def test_a_real_fire_is_recorded_with_what_the_incident_knows(lane: Lane) -> None:
    confirmed(lane)
    lane.commands.close_incident(1, DUTY, Verdict.REAL, FOUND)
    (fire,) = lane.rows(Fire)
    assert (fire.at, fire.building_id, fire.community_code) == (T0, "B1", "350582005001")
    assert (fire.incident_id, fire.cause, fire.note) == (1, "unknown", FOUND)
    assert (fire.lon, fire.lat, fire.severity, fire.demo) == (118.5905, 24.7605, 1, False)
    audit = [(row.action, row.subject, row.actor) for row in lane.rows(Audit)][-2:]
    assert sorted(audit) == [
        ("fire.recorded", f"fire:{fire.id}", "duty"),
        ("incident.closed", "incident:1", "duty"),
    ]
    assert timeline(lane)[-2:] == [("closed", "duty"), ("fire_recorded", "duty")]


def test_it_is_recorded_by_the_last_alarm_and_by_the_end_of_the_response_too(lane: Lane) -> None:
    first = confirmed(lane)
    lane.commands.close(first, DUTY, Verdict.REAL, FOUND)
    assert lane.count(Fire) == 1
    second = confirmed(lane, "S1")
    lane.commands.advance(2, Stage.DISPATCHED, DUTY, "沙塘站")
    lane.commands.close(second, DUTY, Verdict.REAL, FOUND)
    assert lane.count(Fire) == 1  # somebody is still out there
    for stage in AFTER_DISPATCH:
        lane.commands.advance(2, stage, DUTY)
    assert [fire.incident_id for fire in lane.rows(Fire)] == [1, 2]


@pytest.mark.parametrize("verdict", [Verdict.FALSE, Verdict.TEST, Verdict.DRILL])
def test_what_was_no_fire_is_not_recorded(lane: Lane, verdict: Verdict) -> None:
    confirmed(lane)
    lane.commands.close_incident(1, DUTY, verdict, "查明", FalseCause.COOKING)
    assert lane.count(Fire) == 0


def test_a_real_alarm_that_nobody_confirmed_is_no_fire(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.commands.close(1, DUTY, Verdict.REAL, "冒烟，已断电")
    assert (lane.count(Fire), outcomes(lane)) == (0, [Outcome.REAL])


def test_a_confirmed_alarm_that_proved_false_is_no_fire(lane: Lane) -> None:
    confirmed(lane)
    lane.send("S1", smoke_pct=40)
    lane.commands.close(1, DUTY, Verdict.FALSE, "", FalseCause.STEAM)
    lane.commands.close(2, DUTY, Verdict.REAL, "冒烟")
    assert (lane.count(Fire), outcomes(lane)) == (0, [Outcome.REAL])


def test_merged_fires_are_one_and_split_ones_two(lane: Lane) -> None:
    two = (confirmed(lane), confirmed(lane, "S1"))[1]
    split = lane.commands.split(1, [two], DUTY, "两处")["id"]
    lane.commands.merge(1, split, DUTY, "一处")
    lane.commands.split(1, [two], DUTY, "还是两处")
    lane.commands.merge(3, 1, DUTY, "一处")
    lane.commands.close_incident(3, DUTY, Verdict.REAL, FOUND)
    assert [fire.incident_id for fire in lane.rows(Fire)] == [3]
    assert outcomes(lane) == [Outcome.MERGED, Outcome.MERGED, Outcome.REAL]
    five = (confirmed(lane), confirmed(lane, "S1"))[1]
    lane.commands.split(4, [five], DUTY, "两处")
    for number in (4, 5):
        lane.commands.close_incident(number, DUTY, Verdict.REAL, FOUND)
    assert [fire.incident_id for fire in lane.rows(Fire)] == [3, 4, 5]


def test_a_click_that_comes_twice_records_one_fire(lane: Lane) -> None:
    confirmed(lane)
    click = replace(DUTY, key="k")
    first = lane.commands.close_incident(1, click, Verdict.REAL, FOUND)
    assert lane.commands.close_incident(1, click, Verdict.REAL, FOUND) == first
    assert lane.count(Fire) == 1


def test_a_charger_gives_the_cause_away_and_a_place_without_building_is_the_device(
    lane: Lane,
) -> None:
    with lane.database.writing() as session:
        device = session.get_one(Device, "S0")
        device.kind, device.building_id = DeviceKind.CHARGER, None
        device.lon, device.lat = 118.6, 24.77
    lane.send("S0", temperature_c=95)
    lane.commands.confirm(1, DUTY)
    lane.commands.close(1, DUTY, Verdict.REAL, FOUND)
    (fire,) = lane.rows(Fire)
    assert (fire.cause, fire.building_id, fire.lon, fire.lat) == ("ebike", None, 118.6, 24.77)


def test_an_incident_that_recovered_by_itself_says_so(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.commands.acknowledge(1, DUTY)
    lane.send("S0", smoke_pct=0)
    (row,) = lane.rows(Incident)
    assert (row.closed_by, row.verdict, row.verdict_cause) == ("system", None, None)
    assert outcomes(lane) == [Outcome.RECOVERED]
    assert timeline(lane)[-1] == ("recovered", "system")
    assert lane.rows(AlarmRow)[0].closed_by == "duty"


def test_a_fire_does_not_end_by_itself(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.commands.confirm(1, DUTY)
    lane.send("S0", smoke_pct=0)
    assert outcomes(lane) == [None]


def test_an_incident_is_as_real_as_its_worst_alarm(lane: Lane) -> None:
    for device in ("S0", "S1"):
        lane.send(device, smoke_pct=40)
    lane.send("S2", smoke_pct=10)
    lane.commands.close(1, DUTY, Verdict.REAL, FOUND)
    lane.clock.tick(5)
    lane.commands.close(2, DUTY, Verdict.FALSE, "", FalseCause.STEAM)
    lane.commands.close(3, DUTY, Verdict.TEST, "")
    (row,) = lane.rows(Incident)
    assert (row.kind, row.verdict, row.verdict_cause) == (AlarmKind.FIRE, Verdict.REAL, FOUND)


def test_an_incident_that_ends_again_is_still_one_fire(lane: Lane) -> None:
    confirmed(lane)
    lane.commands.close_incident(1, DUTY, Verdict.REAL, FOUND)
    with lane.database.writing() as session:
        row = session.get_one(Incident, 1)
        judge(session, row, at=lane.clock(), by="admin", verdict=Verdict.REAL, found="更正")
    assert [(fire.note, lane.count(Fire)) for fire in lane.rows(Fire)] == [(FOUND, 1)]
    assert [entry for entry in timeline(lane) if entry[0] == "fire_recorded"] == [
        ("fire_recorded", "duty")
    ]
