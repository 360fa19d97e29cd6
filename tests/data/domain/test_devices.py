from datetime import UTC, datetime, timedelta

from data.domain.alarms import Alarm
from data.domain.devices import device_status, stale_at
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
