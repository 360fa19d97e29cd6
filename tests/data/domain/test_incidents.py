from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.incidents import (
    OpenIncident,
    Witness,
    belongs,
    confidence,
    goes_on_saying,
    worse_kind,
)
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


WITNESSES = st.builds(
    Witness,
    st.sampled_from("abcde"),
    st.sampled_from([DeviceKind.SMOKE, DeviceKind.HEAT]),
    st.integers(0, 20).map(lambda s: T0 + timedelta(seconds=s)),
    st.booleans(),
)


@given(st.lists(WITNESSES, min_size=1, max_size=8), WITNESSES)
def test_what_is_not_looked_at_anew_would_say_the_same(seen: list[Witness], new: Witness) -> None:
    last_at = max(one.raised_at for one in seen)
    if goes_on_saying(confidence(seen), last_at, new):
        assert confidence([*seen, new]) == confidence(seen)


def test_the_fourth_sensor_is_not_looked_at_and_the_third_is() -> None:
    sensors = [Witness(str(i), DeviceKind.SMOKE, at(i)) for i in range(4)]
    assert goes_on_saying(confidence(sensors[:3]), at(2), sensors[3])
    assert not goes_on_saying(confidence(sensors[:2]), at(1), sensors[2])
    assert not goes_on_saying(confidence(sensors[:3]), at(9), sensors[3])
