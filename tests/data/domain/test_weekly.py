from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.domain.kpis import Change, Figures, Flood, Rates
from data.domain.weekly import (
    Behaviour,
    CommunityWeek,
    DeviceFigures,
    Task,
    Trend,
    WeekReport,
    headline,
    trend,
)
from data.domain.weeks import compare_spans, parse_week
from data.domain.words import AlarmKind, DeviceKind, Platform, Status

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def community(code, this, last):
    return CommunityWeek(code, code, code, 118.6, 24.77, (), this, last, 0, 0)


def report(**more):
    none = Rates(1008, 0.0, 0, 0.0, (), 0.0)
    plain = WeekReport(
        spans=compare_spans(parse_week("2026-W47"), NOW),
        at=NOW,
        demo=False,
        this=Figures(alarms={AlarmKind.FIRE: 12}, fires=1),
        last=Figures(alarms={AlarmKind.FIRE: 10}),
        year_ago=Figures(),
        communities=(community("a", 3, 1), community("b", 9, 4), community("c", 0, 5)),
        behaviour=Behaviour(none, none, (), 0.0, (), 0, 0),
        devices=(),
        coverage=(),
        hazards_open=4,
        hazards_overdue=2,
        fires=(),
    )
    return replace(plain, **more)


@pytest.mark.parametrize(
    ("now", "before", "moved"),
    [
        (12, 10, Trend.UP),
        (10, 12, Trend.DOWN),
        (100, 104, Trend.SAME),
        (0, 0, Trend.SAME),
        (1, 0, Trend.UP),
        (1, None, Trend.UNKNOWN),
    ],
)
def test_trend(now, before, moved):
    assert trend(Change(now, before)) is moved


def test_headline_tells_the_largest_rise():
    told = headline(report())
    assert told.risen is not None
    assert told.risen.code == "b"
    assert (told.fires, told.alarms, told.hazards_overdue, told.floods) == (1, 12, 2, 0)
    assert not told.running


def test_headline_has_no_rise_when_nothing_rose():
    assert headline(report(communities=(community("c", 0, 5),))).risen is None


def test_headline_counts_floods():
    stormy = Rates(1008, 0.1, 20, 0.01, (Flood(0, 1, 20, 20),), 0.001)
    told = headline(report(behaviour=replace(report().behaviour, rates=stormy)))
    assert told.floods == 1


def test_online_rate_is_of_the_devices_in_service():
    counts = {Status.NORMAL: 91, Status.FAULT: 4, Status.STALE: 5, Status.DISABLED: 10}
    figures = DeviceFigures(DeviceKind.SMOKE, Platform.DETECTORS, counts)
    assert (figures.total, figures.online_share, figures.stale) == (110, 0.95, 5)


def test_a_week_without_a_record_is_no_week_without_alarms():
    told = headline(report(last=None, communities=(replace(community("a", 3, 1), last=None),)))
    assert told.alarms_change == Change(12, None)
    assert told.risen is None


def test_done_task_is_never_late():
    task = Task("烟感", "安监办", date(2026, 6, 30), 80, None)
    assert task.late(date(2026, 7, 1))
    assert not task.late(date(2026, 6, 30))
    assert not replace(task, done_on=date(2026, 8, 1)).late(date(2026, 9, 1))
