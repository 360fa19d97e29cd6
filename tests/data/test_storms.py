"""Delays, chatter, floods and changed rules on the whole way, on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest

from data.commands import Actor
from data.domain import errors
from data.domain.rule_changes import Numbers, Override
from data.domain.words import DeviceKind, Role, Status, Verdict
from data.pipeline import Pipeline
from data.store.models import AlarmFlood, AlarmHistory, AlarmRow, Audit, DeviceState, RuleHistory
from tests.lane import DUTY, Lane

ADMIN = Actor("admin", Role.ADMIN)
HIGHER = Override(DeviceKind.SMOKE, "smoke_high", Numbers(12, 9))


def test_a_delay_ends_by_itself_in_sql_and_redis(lane: Lane) -> None:
    lane.send("P0", "m1", pressure_mpa=0.05)
    assert lane.count(AlarmRow) == 0
    lane.clock.tick(9)
    assert lane.worker._pipeline.finish_delays() == 0
    lane.clock.tick(1)
    lane.worker.step()

    (alarm,) = lane.rows(AlarmRow)
    assert (alarm.cause, alarm.message_id, alarm.value) == ("pressure_low", "m1", 0.05)
    assert lane.present.statuses()[5] == Status.FAULT
    assert [view["id"] for view in lane.present.snapshot()["alarms"]] == [alarm.id]
    assert next(s for s in lane.rows(DeviceState) if s.device_id == "P0").due_at is None
    lane.worker.step()
    assert lane.count(AlarmRow) == 1


def test_two_workers_finish_a_delay_once(lane: Lane) -> None:
    lane.send("P0", pressure_mpa=0.05)
    lane.clock.tick(10)
    other = Lane(lane.database, lane.redis, lane.clock)
    assert lane.worker._pipeline.finish_delays() == 1
    assert other.worker._pipeline.finish_delays() == 0
    assert lane.count(AlarmRow) == 1


def test_chatter_is_one_row_until_it_has_been_calm(lane: Lane) -> None:
    for number in range(7):
        lane.clock.tick(20)
        lane.send("S0", battery_pct=5 if number % 2 == 0 else 90)
    (view,) = lane.present.snapshot()["alarms"]
    assert (view["count"], view["chattering_at"] is not None) == (4, True)
    lane.commands.acknowledge(view["id"], DUTY)
    lane.clock.tick(20)
    lane.send("S0", battery_pct=90)
    assert lane.rows(AlarmRow)[0].closed_at is None

    lane.clock.tick(299)
    assert lane.worker.calm_down() == 0
    lane.clock.tick(1)
    assert lane.worker.calm_down() == 1
    assert lane.worker.calm_down() == 0
    assert lane.rows(AlarmRow)[0].closed_at == lane.clock()
    assert lane.present.snapshot()["alarms"] == []
    assert [h.action for h in lane.rows(AlarmHistory)][-2:] == ["calm", "closed"]


def test_a_flood_begins_above_ten_and_ends_below_five(lane: Lane) -> None:
    for number in range(11):
        lane.send("S0", smoke_pct=40)
        assert lane.worker.watch_flood() is (True if number == 10 else None)
        began = round(lane.clock().timestamp() * 1000) if number == 10 else None
        assert lane.present.snapshot()["flood_since"] == began
        alarm = lane.rows(AlarmRow)[-1]
        lane.clock.tick(30)
        lane.commands.close(alarm.id, DUTY, Verdict.REAL, "试")
    lane.clock.tick(430)
    assert lane.worker.watch_flood() is None
    assert lane.rows(AlarmFlood)[0].ended_at is None
    lane.redis.flushall()
    lane.worker.heal()
    assert lane.present.snapshot()["flood_since"] == began
    lane.clock.tick(30)
    assert lane.worker.watch_flood() is False
    (flood,) = lane.rows(AlarmFlood)
    assert (flood.peak, flood.ended_at) == (11, lane.clock())
    assert lane.present.snapshot()["flood_since"] is None
    assert lane.worker.watch_flood() is None


def test_a_changed_rule_judges_the_next_reading_in_every_process(lane: Lane) -> None:
    other = Pipeline(lane.database, lane.present, lane.clock)
    lane.send("S0", smoke_pct=10)
    assert lane.count(AlarmRow) == 1
    answer = lane.commands.change_rule(HIGHER, ADMIN, "厨房误报多")
    assert (answer["cause"], answer["on"]) == ("smoke_high", 12)

    other.ingest([lane.read("S1", smoke_pct=10)])
    lane.send("S2", smoke_pct=10)
    assert lane.count(AlarmRow) == 1
    lane.commands.reset_rule(DeviceKind.SMOKE, "smoke_high", ADMIN, "厨房已改造")
    other.ingest([lane.read("S1", smoke_pct=10)])
    assert lane.count(AlarmRow) == 2


def test_who_changed_a_rule_when_from_what_and_why(lane: Lane) -> None:
    lane.commands.change_rule(HIGHER, ADMIN, "厨房误报多")
    lane.clock.tick(60)
    lane.commands.reset_rule(DeviceKind.SMOKE, "smoke_high", ADMIN, "厨房已改造")
    first, second = lane.rows(RuleHistory)
    own = {"on": 8, "off": 5, "on_delay_s": 0, "off_delay_s": 0}
    assert (first.actor, first.reason, first.before) == ("admin", "厨房误报多", own)
    assert (second.before, second.after) == (first.after, own)
    assert second.at - first.at == timedelta(minutes=1)
    assert [a.action for a in lane.rows(Audit)] == ["rule.changed", "rule.reset"]


def test_only_an_admin_changes_rules_and_only_for_a_reason(lane: Lane) -> None:
    with pytest.raises(errors.NotAllowedError, match="duty"):
        lane.commands.change_rule(HIGHER, DUTY, "x")
    with pytest.raises(errors.ReasonMissingError):
        lane.commands.change_rule(HIGHER, ADMIN, "  ")
    with pytest.raises(errors.RuleError):
        lane.commands.change_rule(
            Override(DeviceKind.SMOKE, "smoke_high", Numbers(1, 9)), ADMIN, "x"
        )
    assert lane.count(RuleHistory) == 0
