"""Commands on alarms through SQL, Redis and the audit, on SQLite and on PostgreSQL."""

import threading
from dataclasses import replace

import pytest

from data.commands import Actor
from data.domain import errors
from data.domain.audit import Result
from data.domain.words import FalseCause, Role, Status, Verdict
from data.store.models import AlarmHistory, AlarmRow, Audit, Command, Incident
from tests.lane import DUTY, Lane


def test_acknowledge_is_stored_audited_and_told(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(30)
    view = lane.commands.acknowledge(1, DUTY)

    assert view["acked_by"] == "duty"
    (row,) = lane.rows(AlarmRow)
    assert (row.acked_at, row.acked_by) == (lane.clock(), "duty")
    assert [h.action for h in lane.rows(AlarmHistory)] == ["raised", "acknowledged"]
    (audit,) = lane.rows(Audit)
    assert (audit.actor, audit.action, audit.subject) == ("duty", "alarm.acknowledged", "alarm:1")
    (incident,) = lane.rows(Incident)
    assert incident.acked_at == lane.clock()
    assert lane.present.snapshot()["alarms"][0]["acked_by"] == "duty"


def test_two_officers_at_once_one_wins_and_the_other_learns_who(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    errors_: list[errors.AlreadyAcknowledgedError] = []
    start = threading.Barrier(2)

    def press(name: str) -> None:
        start.wait()
        try:
            lane.commands.acknowledge(1, Actor(name, Role.DUTY))
        except errors.AlreadyAcknowledgedError as error:
            errors_.append(error)

    threads = [threading.Thread(target=press, args=(name,)) for name in ("kim", "lee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (row,) = lane.rows(AlarmRow)
    (error,) = errors_
    assert f"already acknowledged by {row.acked_by}" in str(error)
    assert (error.by, error.at) == (row.acked_by, row.acked_at)


def test_one_click_that_arrives_twice_at_once_acts_once(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    start = threading.Barrier(2)
    answers: list[dict[str, object]] = []

    def press() -> None:
        start.wait()
        answers.append(lane.commands.acknowledge(1, replace(DUTY, key="click-1")))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers[0] == answers[1]
    assert lane.count(Audit) == 1


def test_a_repeated_click_gets_the_first_answer_and_another_click_a_refusal(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    click = replace(DUTY, key="click-1")
    first = lane.commands.acknowledge(1, click)
    lane.clock.tick(5)
    lane.commands.close(1, DUTY, Verdict.REAL, "已扑灭")

    assert lane.commands.acknowledge(1, click) == first
    assert lane.count(Audit) == 2
    with pytest.raises(errors.AlarmClosedError):
        lane.commands.acknowledge(1, replace(DUTY, key="click-2"))
    with pytest.raises(errors.RepeatedKeyError):
        lane.commands.confirm(1, click)
    with pytest.raises(errors.AlarmClosedError):
        lane.commands.acknowledge(1, replace(click, name="lee"))


def test_a_refused_click_leaves_nothing_behind(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    click = replace(DUTY, key="click-1")
    with pytest.raises(errors.CauseMissingError):
        lane.commands.close(1, click, Verdict.FALSE, "")
    assert lane.count(Command) == 0
    assert [(row.action, row.result) for row in lane.rows(Audit)] == [("alarm.closed", "refused")]
    closed = lane.commands.close(1, click, Verdict.FALSE, "", FalseCause.COOKING)
    assert closed["verdict"] == "false"


def test_keys_are_forgotten_after_a_day(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.commands.acknowledge(1, replace(DUTY, key="click-1"))
    lane.clock.tick(86_000)
    lane.worker.forget()
    assert lane.count(Command) == 1
    lane.clock.tick(800)
    lane.worker.forget()
    assert lane.count(Command) == 0


def test_a_verdict_ends_fire_incident_and_status(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(60)
    view = lane.commands.close(1, DUTY, Verdict.FALSE, "", FalseCause.COOKING)

    assert (view["verdict"], view["false_cause"]) == ("false", "cooking")
    assert lane.present.statuses()[0] == Status.NORMAL
    assert lane.present.snapshot()["alarms"] == []
    (incident,) = lane.rows(Incident)
    assert (incident.verdict, incident.closed_at) == (Verdict.FALSE, lane.clock())
    assert lane.rows(Audit)[0].detail == {"verdict": "false", "cause": "cooking", "note": ""}


def test_an_incident_ends_with_its_last_alarm_and_keeps_the_fires_verdict(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.send("S1", smoke_pct=40)
    lane.commands.close(2, DUTY, Verdict.REAL, "已扑灭")
    assert lane.rows(Incident)[0].closed_at is None
    lane.commands.close(1, DUTY, Verdict.FALSE, "余烟", FalseCause.OTHER)
    (incident,) = lane.rows(Incident)
    assert incident.verdict is Verdict.REAL


def test_a_confirmed_prealarm_is_a_fire_from_then_on(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    view = lane.commands.confirm(1, DUTY, "视频可见明火")
    assert (view["confirmed_by"], view["acked_by"]) == ("duty", "duty")
    assert lane.present.statuses()[0] == Status.ALARM
    lane.clock.tick(60)
    lane.send("S0", smoke_pct=0)
    assert lane.rows(AlarmRow)[0].closed_at is None
    assert lane.present.statuses()[0] == Status.ALARM
    assert lane.rows(AlarmHistory)[1].reason == "视频可见明火"


def test_a_shelved_alarm_counts_on_and_comes_back_by_itself(lane: Lane) -> None:
    lane.dry()
    shelved = lane.commands.shelve(1, DUTY, 30, "消防泵检修")
    assert (shelved["shelved_by"], shelved["shelve_reason"]) == ("duty", "消防泵检修")
    assert lane.present.statuses()[5] == Status.DISABLED
    lane.send("P0", pressure_mpa=0.3)
    lane.clock.tick(30)
    lane.send("P0", pressure_mpa=0.3)
    lane.dry()
    assert lane.present.snapshot()["alarms"][0]["count"] == 2

    assert lane.worker.end_shelves() == 0
    lane.clock.tick(30 * 60)
    assert lane.worker.end_shelves() == 1
    assert lane.worker.end_shelves() == 0
    (alarm,) = lane.present.snapshot()["alarms"]
    assert (alarm["shelved_until"], alarm["acked_at"]) == (None, None)
    assert lane.present.statuses()[5] == Status.FAULT
    last = lane.rows(AlarmHistory)[-1]
    assert (last.action, last.actor, last.reason) == ("unshelved", "system", "expired")


def test_what_recovered_on_the_shelf_and_was_seen_closes_when_the_shelf_ends(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    lane.commands.shelve(1, DUTY, 10, "明日更换")
    lane.commands.acknowledge(1, DUTY)
    lane.send("S0", battery_pct=90)
    assert lane.rows(AlarmRow)[0].closed_at is None
    lane.commands.unshelve(1, DUTY)
    assert lane.rows(AlarmRow)[0].closed_by == "duty"
    assert [h.action for h in lane.rows(AlarmHistory)][-2:] == ["unshelved", "closed"]
    assert lane.present.snapshot()["alarms"] == []


def test_a_fire_is_never_shelved(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    with pytest.raises(errors.FireStandsError):
        lane.commands.shelve(1, DUTY, 10, "太吵")


def test_bulk_acknowledges_everything_but_fires_and_says_what_is_left(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=10)
    lane.send("S2", battery_pct=5)
    lane.send("S3", battery_pct=5)
    lane.commands.acknowledge(4, DUTY)
    done = lane.commands.acknowledge_many([4, 3, 2, 1, 99, 3], DUTY)

    assert [view["id"] for view in done["acknowledged"]] == [2, 3]
    assert [(item["id"], item["why"][:40]) for item in done["left"]] == [
        (99, "there is no alarm 99"),
        (1, "alarm 1 is a fire: acknowledge it by its"),
        (4, "alarm 4 was already acknowledged by duty"),
    ]
    acked = {alarm["id"]: alarm["acked_by"] for alarm in lane.present.snapshot()["alarms"]}
    assert acked == {1: None, 2: "duty", 3: "duty", 4: "duty"}
    assert lane.rows(Audit)[-1].detail == {"ids": [1, 2, 3, 4, 99]}


def test_a_bulk_click_is_repeated_with_its_first_answer(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    click = replace(DUTY, key="click-1")
    first = lane.commands.acknowledge_many([1], click)
    assert lane.commands.acknowledge_many([1], click) == first


@pytest.mark.parametrize("role", [Role.LEADER, Role.DISPLAY])
def test_who_only_looks_may_not_act(lane: Lane, role: Role) -> None:
    lane.send("S0", smoke_pct=40)
    actor = Actor("x", role)
    for command in (
        lambda: lane.commands.acknowledge(1, actor),
        lambda: lane.commands.acknowledge_many([1], actor),
        lambda: lane.commands.confirm(1, actor),
        lambda: lane.commands.close(1, actor, Verdict.REAL, "已扑灭"),
        lambda: lane.commands.shelve(1, actor, 1, "x"),
        lambda: lane.commands.unshelve(1, actor),
        lambda: lane.commands.out_of_service("S0", actor, "x"),
        lambda: lane.commands.back_in_service("S0", actor, "x"),
    ):
        with pytest.raises(errors.NotAllowedError, match=role):
            command()
    assert {row.result for row in lane.rows(Audit)} == {"refused"}


def test_an_unknown_alarm(lane: Lane) -> None:
    with pytest.raises(errors.NotFoundError, match="no alarm 9"):
        lane.commands.acknowledge(9, DUTY)


MAINTAINER = Actor("repair", Role.MAINTAINER)


def test_a_maintainer_works_on_a_fault_to_its_end(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    lane.commands.acknowledge(1, MAINTAINER)
    lane.commands.shelve(1, MAINTAINER, 30, "更换电池")
    lane.commands.unshelve(1, MAINTAINER)
    assert lane.commands.close(1, MAINTAINER, Verdict.REAL, "已更换")["closed_by"] == "repair"


def test_a_maintainer_touches_no_fire(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    for command in (
        lambda: lane.commands.acknowledge(1, MAINTAINER),
        lambda: lane.commands.confirm(1, MAINTAINER),
        lambda: lane.commands.close(1, MAINTAINER, Verdict.FALSE, "", FalseCause.DUST),
        lambda: lane.commands.shelve(1, MAINTAINER, 5, "x"),
        lambda: lane.commands.close_incident(1, MAINTAINER, Verdict.TEST, ""),
    ):
        with pytest.raises(errors.NotAllowedError):
            command()
    (row,) = lane.rows(AlarmRow)
    assert (row.acked_at, row.closed_at) == (None, None)
    assert [one.result for one in lane.rows(Audit)] == [Result.REFUSED] * 5


def test_a_maintainers_bulk_leaves_what_is_no_fault(lane: Lane) -> None:
    lane.send("S0", battery_pct=5)
    lane.send("S1", smoke_pct=11)
    kinds = {row.id: row.kind for row in lane.rows(AlarmRow)}
    assert sorted(kinds.values()) == ["fault", "prealarm"]
    answer = lane.commands.acknowledge_many(list(kinds), MAINTAINER)
    assert [kinds[alarm["id"]] for alarm in answer["acknowledged"]] == ["fault"]
    assert [kinds[one["id"]] for one in answer["left"]] == ["prealarm"]
