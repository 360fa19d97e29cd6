"""Incidents on the whole way: neighbours, response, merge, split, close."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from redis import Redis

from data.domain import errors
from data.domain.response import Stage
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, FalseCause, Reported, Verdict
from data.live import keys
from data.store import neighbours
from data.store.drilldown_handling import handling
from data.store.drilldown_incident import incident_view as drilldown
from data.store.incident_views import incident_view, open_incidents
from data.store.models import AlarmRow, Audit, Building, BuildingNeighbour, Device, Incident, Meta
from tests.data.commands.test_photos import photo
from tests.lane import DUTY, T0, Lane


def build_beside(lane: Lane) -> None:
    """Insert a workshop B2 with a smoke detector N0 beside B1, and a house B3 with N1 away."""
    with lane.database.writing() as session:
        for number, (west, name) in enumerate(((118.591, "B2"), (118.6, "B3"))):
            session.add(
                Building(
                    id=name,
                    name=f"{name} 作坊",
                    address="沙塘一路",
                    category=BuildingCategory.THREE_IN_ONE,
                    community_code="350582005001",
                    storeys=2,
                    lon=west,
                    lat=24.7605,
                    geometry=shapely.to_wkb(shapely.box(west, 24.760, west + 0.001, 24.761)),
                )
            )
            session.flush()
            session.add(
                Device(
                    id=f"N{number}",
                    slot=7 + number,
                    kind=DeviceKind.SMOKE,
                    name=f"设备 N{number}",
                    building_id=name,
                    community_code="350582005001",
                    lon=west,
                    lat=24.7605,
                    interval_s=60,
                )
            )
    assert lane.worker.find_neighbours()


def shown(lane: Lane) -> dict[int, dict[str, Any]]:
    return {alarm["id"]: alarm for alarm in lane.present.snapshot()["alarms"]}


def view(lane: Lane, incident_id: int = 1) -> dict[str, Any]:
    with lane.database.reading() as session:
        return incident_view(session, incident_id)


def actions(lane: Lane, incident_id: int = 1) -> list[str]:
    return [entry["action"] for entry in view(lane, incident_id)["timeline"]]


def test_touching_buildings_are_found_once_for_each_geometry(lane: Lane) -> None:
    build_beside(lane)
    assert {(r.building_id, r.neighbour_id) for r in lane.rows(BuildingNeighbour)} == {
        ("B1", "B2"),
        ("B2", "B1"),
    }
    assert not lane.worker.find_neighbours()
    with lane.database.writing() as session:
        session.get_one(Meta, "geometry_version").value = "newer"
    assert lane.worker.find_neighbours()
    with lane.database.reading() as session:
        assert neighbours.names_beside(session, "B1") == ["B2 作坊"]


def test_alarms_of_touching_buildings_are_one_incident_and_all_say_why(lane: Lane) -> None:
    build_beside(lane)
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(90)
    lane.send("N0", smoke_pct=40)
    lane.send("N1", smoke_pct=40)

    assert [a.incident_id for a in lane.rows(AlarmRow)] == [1, 1, 2]
    assert [a["confidence"] for a in shown(lane).values()] == [
        "smoke+smoke/90",
        "smoke+smoke/90",
        "",
    ]
    assert actions(lane) == ["opened", "alarm", "alarm"]


def test_an_incident_that_spread_reaches_on_to_the_next_building(lane: Lane) -> None:
    build_beside(lane)
    lane.send("N0", smoke_pct=40)
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=40)
    assert {a.incident_id for a in lane.rows(AlarmRow)} == {1}
    assert lane.rows(Incident)[0].building_id == "B2"


def test_a_pressed_call_point_raises_the_confidence(lane: Lane) -> None:
    lane.send("S0", reported=Reported.MANUAL)
    (alarm,) = shown(lane).values()
    assert (alarm["cause"], alarm["kind"], alarm["confidence"]) == ("manual_fire", "fire", "manual")


def test_the_clock_of_a_response_is_on_every_screen(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    version = shown(lane)[1]["version"]
    for stage, detail in (
        (Stage.DISPATCHED, "沙塘微型消防站"),
        (Stage.ARRIVED, ""),
        (Stage.CONTROLLED, "明火已灭"),
    ):
        lane.clock.tick(60)
        answer = lane.commands.advance(1, stage, DUTY, detail)
        assert answer["response"]["stage"] == stage
        assert shown(lane)[1]["response"] == stage
    assert shown(lane)[1]["version"] == version + 3
    assert answer["response"]["dispatched_to"] == "沙塘微型消防站"
    assert answer["timeline"][-1]["detail"] == "明火已灭"
    with pytest.raises(errors.StageError) as second:
        lane.commands.advance(1, Stage.ARRIVED, replace(DUTY, name="kim"))
    assert (second.value.by, second.value.at) == ("duty", T0 + timedelta(seconds=120))


def test_an_incident_stays_open_while_somebody_is_out_there(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.commands.advance(1, Stage.DISPATCHED, DUTY, "沙塘站")
    lane.commands.close(1, DUTY, Verdict.REAL, "电线短路")
    assert lane.rows(Incident)[0].closed_at is None
    with pytest.raises(errors.ResponseRunningError):
        lane.commands.close_incident(1, DUTY, Verdict.REAL, "电线短路")
    for stage in (Stage.ARRIVED, Stage.CONTROLLED, Stage.ENDED):
        answer = lane.commands.advance(1, stage, DUTY)
    assert (answer["verdict"], answer["verdict_cause"]) == ("real", "电线短路")


def test_where_somebody_went_a_person_says_what_it_was(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.commands.acknowledge(1, DUTY)
    for stage in (Stage.DISPATCHED, Stage.ARRIVED, Stage.CONTROLLED, Stage.ENDED):
        lane.commands.advance(1, stage, DUTY, "沙塘站")
    lane.send("S0", smoke_pct=0)
    assert lane.rows(AlarmRow)[0].closed_at is not None
    assert lane.rows(Incident)[0].closed_at is None
    answer = lane.commands.close_incident(1, DUTY, Verdict.FALSE, "灰尘", FalseCause.DUST)
    assert (answer["verdict"], answer["closed_by"]) == ("false", "duty")


def test_one_verdict_closes_an_incident_with_all_its_alarms(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=10)
    answer = lane.commands.close_incident(1, DUTY, Verdict.REAL, "电线短路")
    assert {a.verdict for a in lane.rows(AlarmRow)} == {Verdict.REAL}
    assert answer["closed_by"] == "duty"
    assert shown(lane) == {}
    assert lane.present.statuses()[:2] == bytes([0, 0])
    with pytest.raises(errors.IncidentClosedError, match="closed by duty"):
        lane.commands.close_incident(1, DUTY, Verdict.REAL, "电线短路")


def test_merging_moves_the_alarms_and_keeps_both_timelines(lane: Lane) -> None:
    build_beside(lane)
    lane.send("S0", smoke_pct=10)
    lane.clock.tick(30)
    lane.send("N1", smoke_pct=40)
    lane.commands.acknowledge(2, DUTY)
    answer = lane.commands.merge(1, 2, DUTY, "同一栋楼")

    assert [a["id"] for a in answer["alarms"]] == [1, 2]
    assert (answer["kind"], answer["confidence"]) == ("fire", "smoke+smoke/30")
    assert answer["acked_at"] is not None
    assert {a["incident"] for a in shown(lane).values()} == {1}
    assert view(lane, 2)["merged_into"] == 1
    assert actions(lane, 1)[-1:] == ["merged"]
    assert view(lane, 2)["timeline"][-1]["detail"] == "1: 同一栋楼"
    with lane.database.reading() as session:
        assert [i["id"] for i in open_incidents(session)] == [1]
    with pytest.raises(errors.IncidentClosedError, match="merged into 1"):
        lane.commands.advance(2, Stage.DISPATCHED, DUTY, "沙塘站")


def test_splitting_makes_an_incident_of_its_own(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(30)
    lane.send("S1", smoke_pct=10)
    answer = lane.commands.split(1, [2], DUTY, "两回事")

    assert (answer["id"], answer["kind"], [a["id"] for a in answer["alarms"]]) == (
        2,
        "prealarm",
        [2],
    )
    assert view(lane, 1)["confidence"] == ""
    alarms = shown(lane)
    assert (alarms[1]["incident"], alarms[2]["incident"]) == (1, 2)
    assert (alarms[1]["confidence"], alarms[2]["confidence"]) == ("", "")
    assert (actions(lane, 1)[-1], actions(lane, 2)[-1]) == ("split_off", "split_from")
    with pytest.raises(errors.MergeError):
        lane.commands.split(1, [1], DUTY, "")


def test_what_is_left_of_a_split_closes_if_all_of_it_is_over(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=40)
    lane.commands.close(1, DUTY, Verdict.FALSE, "", FalseCause.COOKING)
    lane.commands.split(1, [2], DUTY, "")
    assert [(i.id, i.verdict) for i in lane.rows(Incident)] == [(1, Verdict.FALSE), (2, None)]
    assert lane.rows(Incident)[1].closed_at is None


def test_confirming_makes_the_incident_a_fire(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.commands.confirm(1, DUTY)
    assert lane.rows(Incident)[0].kind is AlarmKind.FIRE
    assert actions(lane)[-1] == "confirmed"


def test_notes_and_the_checklist_of_the_category(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.commands.note(1, DUTY, "住户称在烧香")
    answer = lane.commands.check(1, DUTY, "sleepers")
    ticked = {c["item"]: c["done_by"] for c in answer["checklist"] if c["done_at"]}
    assert ticked == {"sleepers": "duty"}
    assert [e["action"] for e in answer["timeline"]][-2:] == ["note", "checked"]
    with pytest.raises(errors.NotFoundError, match="no item 'oxygen'"):
        lane.commands.check(1, DUTY, "oxygen")
    with pytest.raises(errors.ReasonMissingError):
        lane.commands.note(1, DUTY, " ")


def test_every_command_is_audited_acts_once_and_needs_the_role(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    click = replace(DUTY, key="k")
    first = lane.commands.note(1, click, "到场")
    assert lane.commands.note(1, click, "到场") == first
    assert [(a.action, a.subject) for a in lane.rows(Audit)] == [("incident.noted", "incident:1")]
    with pytest.raises(errors.NotAllowedError):
        lane.commands.note(1, replace(DUTY, role="leader"), "x")  # type: ignore[arg-type]
    with pytest.raises(errors.NotFoundError, match="no incident 9"):
        lane.commands.note(9, DUTY, "x")


def told(lane: Lane) -> tuple[str, dict[str, Any]]:
    """The newest event: its id and what it says."""
    ((number, fields),) = lane.redis.xrevrange(keys.EVENTS, count=1)
    return number.decode(), orjson.loads(fields[b"d"])


def test_work_on_an_incident_whose_alarms_are_over_is_an_event(lane: Lane) -> None:
    build_beside(lane)
    lane.send("S0", smoke_pct=40)
    lane.send("N0", smoke_pct=40)
    lane.commands.advance(1, Stage.DISPATCHED, DUTY, "沙塘站")
    for alarm in (1, 2):
        lane.commands.close(alarm, DUTY, Verdict.REAL, "已扑灭")
    seen, _ = told(lane)
    acts = [
        lambda: lane.commands.advance(1, Stage.ARRIVED, DUTY),
        lambda: lane.commands.note(1, DUTY, "收队"),
        lambda: lane.commands.check(1, DUTY, "call_site"),
        lambda: lane.commands.advance(1, Stage.CONTROLLED, DUTY),
        lambda: lane.commands.advance(1, Stage.ENDED, DUTY),
        lambda: lane.commands.note(1, DUTY, "补记"),
    ]
    for number, act in enumerate(acts, start=1):
        act()
        event, said = told(lane)
        assert int(event.split("-")[1]) == int(seen.split("-")[1]) + number
        assert (said["a"], said["c"]) == ([], [])
        assert [(mark["id"], mark["buildings"]) for mark in said["i"]] == [(1, ["B1", "B2"])]
    lane.clock.tick(3)
    assert lane.worker.tell_outbox() > 0
    assert told(lane)[0] == event  # what was told before is no event


def test_a_merge_and_a_split_tell_of_both(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=40)
    lane.commands.split(1, [2], DUTY, "")
    assert [mark["id"] for mark in told(lane)[1]["i"]] == [1, 2]
    lane.commands.merge(2, 1, DUTY, "")
    assert [mark["id"] for mark in told(lane)[1]["i"]] == [1, 2]


def test_a_command_while_redis_is_away_is_told_later(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    away = Lane(lane.database, Redis("127.0.0.1", 1, retry=None), lane.clock)
    away.commands.note(1, DUTY, "到场")
    before, _ = told(lane)
    lane.clock.tick(3)
    lane.worker.tell_outbox()
    after, said = told(lane)
    assert (after != before, said["i"]) == (True, [{"id": 1, "version": 1, "buildings": ["B1"]}])


def test_photos_are_seen_where_their_incident_went_and_stay_where_they_were_taken(
    lane: Lane, tmp_path: Path
) -> None:
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=40)
    lane.commands.split(1, [2], DUTY, "")
    lane.commands.photo(2, DUTY, photo(), tmp_path)
    lane.commands.merge(1, 2, DUTY, "")
    lane.commands.photo(1, DUTY, photo(size=(50, 50)), tmp_path)
    lane.commands.split(1, [2], DUTY, "")
    lane.commands.merge(3, 1, DUTY, "")
    assert [photos(lane, number) for number in (3, 1, 2)] == [[(1, 2), (2, 1)]] * 2 + [[(1, 2)]]
    lane.commands.split(3, [2], DUTY, "")
    assert (photos(lane, 3), photos(lane, 4)) == ([(1, 2), (2, 1)], [])


def photos(lane: Lane, incident_id: int) -> list[tuple[int, int]]:
    """The photos that a panel shows, each with the incident at which it was taken."""
    with lane.database.reading() as session:
        found = handling(session, drilldown(session, str(incident_id))).photos
    return [(one.id, one.incident_id) for one in found]


@pytest.mark.parametrize("said", ["note", "check"])
def test_a_note_and_a_tick_reach_the_other_screens(lane, said):
    lane.send("S0", smoke_pct=30)
    before = shown(lane)[1]["version"]
    getattr(lane.commands, said)(1, DUTY, "call_site")
    assert shown(lane)[1]["version"] > before
