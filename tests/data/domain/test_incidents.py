from datetime import UTC, datetime, timedelta

import pytest

from data.domain.incidents import OpenIncident, Witness, belongs, confidence, worse_kind
from data.domain.words import AlarmKind, DeviceKind

T0 = datetime(2026, 1, 1, 12, tzinfo=UTC)
OPEN = OpenIncident(1, AlarmKind.PREALARM, T0, T0 + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("minutes", "joins"), [(-31, False), (-30, True), (0, True), (40, True), (41, False)]
)
def test_an_alarm_joins_within_half_an_hour_of_the_last(minutes: int, joins: bool) -> None:
    assert belongs(OPEN, T0 + timedelta(minutes=minutes)) is joins


def test_one_device_is_no_second_opinion() -> None:
    twice = [Witness("a", DeviceKind.SMOKE, T0), Witness("a", DeviceKind.SMOKE, T0)]
    assert confidence(twice) == ""


def test_a_fire_makes_the_incident_a_fire() -> None:
    assert worse_kind(AlarmKind.PREALARM, AlarmKind.FIRE) is AlarmKind.FIRE
    assert worse_kind(AlarmKind.PREALARM, AlarmKind.PREALARM) is AlarmKind.PREALARM


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_a_manual_call_point_is_believed_by_itself() -> None:
    pressed = Witness("t", DeviceKind.TRANSMITTER, at(60), manual=True)
    assert confidence([pressed]) == "manual"
    assert confidence([pressed, Witness("a", DeviceKind.SMOKE, T0)]) == "smoke+manual/60"


def test_the_reason_names_three_and_never_forgets_the_call_point() -> None:
    sensors = [Witness(str(i), DeviceKind.SMOKE, at(i)) for i in range(5)]
    assert confidence(sensors) == "smoke+smoke+smoke/2"
    pressed = Witness("t", DeviceKind.TRANSMITTER, at(90), manual=True)
    assert confidence([*sensors, pressed]) == "smoke+smoke+manual/90"
