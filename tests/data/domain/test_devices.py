import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.domain.alarms import Alarm
from data.domain.devices import device_status, online_share, stale_at
from data.domain.words import AlarmKind, Status, worst

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_worst_of_alarms_silence_and_service_wins() -> None:
    fault = Alarm(1, "d", AlarmKind.FAULT, "battery_low", T0, T0, T0)
    assert device_status([], stale=False, disabled=False) is Status.NORMAL
    assert device_status([], stale=True, disabled=True) is Status.STALE
    assert device_status([fault], stale=True, disabled=False) is Status.FAULT


def test_worst_first_order_is_the_designs() -> None:
    order = [
        Status.ALARM,
        Status.PREALARM,
        Status.FAULT,
        Status.STALE,
        Status.DISABLED,
        Status.NORMAL,
    ]
    assert sorted(Status, reverse=True) == order
    assert worst([]) is Status.NORMAL


def test_silent_for_three_of_its_own_intervals() -> None:
    assert stale_at(T0, 60) == T0 + timedelta(seconds=180)


def test_desk_wall_and_week_share_one_definition_of_what_is_online() -> None:
    shared = json.loads((Path(__file__).parents[2] / "online_share.json").read_text("utf-8"))
    assert shared["status bytes"] == [status.name.lower() for status in sorted(Status)]
    for case in shared["cases"]:
        counted = dict(zip(sorted(Status), case["counts"], strict=True))
        expected = case["share"] and pytest.approx(case["share"])
        assert online_share(counted) == expected
