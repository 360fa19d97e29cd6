from collections import Counter
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import select

from data.demo.alarms import live_through, raise_alarms
from data.demo.clock import Clock
from data.demo.fires import make_fires
from data.demo.plan import Plan
from data.demo.rhythm import CAUSES
from data.domain.rules import RULES, Side
from data.domain.weeks import SHANGHAI
from data.domain.words import AlarmKind, DeviceKind, Verdict
from data.store.database import Database
from data.store.models import AlarmHistory, AlarmRow, Device
from tests.conftest import TOWN_NOW, TOWN_SEED


@pytest.fixture(scope="module")
def rows(town: Database) -> list[AlarmRow]:
    with town.reading() as session:
        return list(session.scalars(select(AlarmRow).order_by(AlarmRow.id)))


def test_times_are_in_order(rows: list[AlarmRow]) -> None:
    for row in rows:
        ends = row.closed_at or TOWN_NOW
        assert row.raised_at <= row.received_at <= (row.acked_at or ends) <= ends <= TOWN_NOW
        assert row.raised_at <= row.last_at <= ends
        if row.cleared_at is not None:
            assert row.raised_at <= row.cleared_at <= ends
    assert [row.raised_at for row in rows] == sorted(row.raised_at for row in rows)


def test_an_alarm_ends_as_the_domain_lets_it(rows: list[AlarmRow]) -> None:
    for row in (row for row in rows if row.closed_at is not None):
        assert row.acked_by is not None
        assert row.closed_by is not None
        if row.kind is AlarmKind.FIRE:
            assert row.verdict is not None
            assert row.note
        elif row.verdict is None:  # it settled by itself
            assert row.cleared_at is not None
            assert row.closed_at == max(row.cleared_at, row.acked_at or row.raised_at)
        else:  # somebody closed it before it recovered
            assert row.cleared_at is None
            assert row.note


def test_one_alarm_at_a_time_for_a_device_and_cause(rows: list[AlarmRow]) -> None:
    by_cause: dict[tuple[str, str], list[AlarmRow]] = {}
    for row in rows:
        by_cause.setdefault((row.device_id, row.cause), []).append(row)
    for alarms in by_cause.values():
        for earlier, later in pairwise(alarms):
            assert earlier.closed_at is not None
            assert earlier.closed_at < later.raised_at


def test_most_fire_alarms_are_false(rows: list[AlarmRow]) -> None:
    fires = [row for row in rows if row.kind is AlarmKind.FIRE and row.closed_at is not None]
    verdicts = Counter(row.verdict for row in fires)
    assert set(verdicts) == set(Verdict)
    assert 0.92 < verdicts[Verdict.FALSE] / len(fires) < 0.97


def test_days_and_weeks_have_a_rhythm(rows: list[AlarmRow]) -> None:
    local = [(row.cause, row.raised_at.astimezone(SHANGHAI)) for row in rows]
    smoke = Counter(at.hour for cause, at in local if cause == "smoke_high")
    assert min(smoke[11], smoke[17], smoke[18]) > 2.5 * max(smoke[3], smoke[15], smoke[22])
    work = Counter(at.weekday() for cause, at in local if cause in {"cable_hot", "leakage"})
    assert work[6] < 0.85 * np.mean([work[day] for day in range(5)])
    charging = Counter(at.hour for cause, at in local if cause.startswith("charger"))
    assert charging[22] + charging[23] > 3 * (charging[8] + charging[9])


def test_history_covers_every_one_of_104_weeks(rows: list[AlarmRow]) -> None:
    weeks = Counter((TOWN_NOW - row.raised_at) // timedelta(weeks=1) for row in rows)
    assert set(range(104)) <= set(weeks)
    assert min(weeks[week] for week in range(104)) > 20


def test_some_devices_raise_far_more_than_others(rows: list[AlarmRow]) -> None:
    number = Counter(row.device_id for row in rows)
    assert number.most_common(1)[0][1] > 10 * np.median(list(number.values()))


def test_causes_suit_the_devices_and_values_their_thresholds(
    town: Database, rows: list[AlarmRow]
) -> None:
    with town.reading() as session:
        kinds = {device.id: device.kind for device in session.scalars(select(Device))}
    rules = {(kind, rule.cause): rule for kind in DeviceKind for rule in RULES[kind]}
    for row in rows:
        rule = rules.get((kinds[row.device_id], row.cause))
        if rule is None:
            assert row.cause.startswith("reported_")
            assert row.value is None
            continue
        assert row.value is not None
        assert rule.kind is row.kind
        limit = rule.on
        assert row.value >= limit if rule.side is Side.ABOVE else row.value <= limit


def test_nothing_is_raised_before_its_device_was_installed(
    town: Database, rows: list[AlarmRow]
) -> None:
    with town.reading() as session:
        installed = {d.id: d.installed_at or "" for d in session.scalars(select(Device))}
    assert all(
        installed[row.device_id] <= row.raised_at.astimezone(SHANGHAI).date().isoformat()
        for row in rows
    )


def test_the_history_of_an_alarm_says_what_its_row_says(town: Database) -> None:
    with town.reading() as session:
        entries = session.scalars(select(AlarmHistory).order_by(AlarmHistory.id)).all()
        rows = {row.id: row for row in session.scalars(select(AlarmRow))}
    told: dict[int, dict[str, AlarmHistory]] = {}
    for entry in entries:
        told.setdefault(entry.alarm_id, {})[entry.action] = entry
    assert set(told) == set(rows)
    for number, actions in told.items():
        row = rows[number]
        assert actions["raised"].at == row.received_at
        assert ("closed" in actions) == (row.closed_at is not None)
        assert ("cleared" in actions) == (row.cleared_at is not None)
        if row.verdict is not None:
            assert (actions["closed"].actor, actions["closed"].reason) == ("duty", row.note)


def test_a_larger_town_is_not_much_louder(plan: Plan, clock: Clock) -> None:
    fires = make_fires(plan.buildings, plan.devices, clock, TOWN_SEED)
    alarms = live_through(raise_alarms(plan.devices, fires, clock, TOWN_SEED), clock, TOWN_SEED)
    daily = sum(cause.per_day for cause in CAUSES)
    expected = daily * (len(plan.devices) / 6000) ** 0.5
    assert 0.8 * expected < len(alarms) / 728 < 1.6 * expected
