import threading

import pytest

from data.commands import Actor
from data.domain.errors import AlarmStateError, NotAllowedError, NotFoundError
from data.domain.words import Role, Status, Verdict
from data.store.models import AlarmHistory, AlarmRow, Audit, Incident
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
    errors: list[str] = []
    start = threading.Barrier(2)

    def press(name: str) -> None:
        start.wait()
        try:
            lane.commands.acknowledge(1, Actor(name, Role.DUTY))
        except AlarmStateError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=press, args=(name,)) for name in ("kim", "lee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (row,) = lane.rows(AlarmRow)
    assert len(errors) == 1
    assert f"already acknowledged by {row.acked_by}" in errors[0]


def test_a_verdict_ends_fire_incident_and_status(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    lane.clock.tick(60)
    lane.commands.close(1, DUTY, Verdict.FALSE, "做饭油烟")

    assert lane.present.statuses()[0] == Status.NORMAL
    assert lane.present.snapshot()["alarms"] == []
    (incident,) = lane.rows(Incident)
    assert (incident.verdict, incident.verdict_cause) == (Verdict.FALSE, "做饭油烟")
    assert incident.closed_at == lane.clock()


def test_an_incident_ends_with_its_last_alarm_and_keeps_the_fires_verdict(lane: Lane) -> None:
    lane.send("S0", smoke_pct=10)
    lane.send("S1", smoke_pct=40)
    lane.commands.close(2, DUTY, Verdict.REAL, "")
    assert lane.rows(Incident)[0].closed_at is None
    lane.commands.close(1, DUTY, Verdict.FALSE, "余烟")
    (incident,) = lane.rows(Incident)
    assert incident.verdict is Verdict.REAL


@pytest.mark.parametrize("role", [Role.LEADER, Role.DISPLAY])
def test_who_only_looks_may_not_act(lane: Lane, role: Role) -> None:
    lane.send("S0", smoke_pct=40)
    with pytest.raises(NotAllowedError, match=role):
        lane.commands.acknowledge(1, Actor("x", role))
    assert lane.count(Audit) == 0


def test_an_unknown_alarm(lane: Lane) -> None:
    with pytest.raises(NotFoundError, match="no alarm 9"):
        lane.commands.acknowledge(9, DUTY)
