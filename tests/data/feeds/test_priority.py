"""Who goes first, judged before the device is known."""

import pytest

from data.domain.readings import Reading
from data.domain.words import Reported
from data.feeds.priority import Priority, priority_of
from tests.lane import T0


@pytest.mark.parametrize(
    ("reported", "values", "priority"),
    [
        (Reported.FIRE, {}, Priority.FIRE),
        (Reported.MANUAL, {}, Priority.FIRE),
        (Reported.FIRE_TEST, {}, Priority.FIRE),
        (None, {"smoke_pct": 15.0}, Priority.FIRE),
        (None, {"temperature_c": 62.0}, Priority.FIRE),
        (None, {"gas_lel_pct": 20.0, "battery_pct": 90.0}, Priority.FIRE),
        (Reported.FAULT, {}, Priority.FAULT),
        (Reported.SUPERVISORY, {}, Priority.FAULT),
        (None, {"battery_pct": 10.0}, Priority.FAULT),
        (None, {"pressure_mpa": 0.05}, Priority.FAULT),
        (None, {"smoke_pct": 8.0}, Priority.FAULT),
        (Reported.NORMAL, {"smoke_pct": 1.0}, Priority.TELEMETRY),
        (Reported.ALIVE, {}, Priority.TELEMETRY),
        (None, {"unheard_of": 1e9, "pressure_mpa": 0.3, "temperature_c": 25.0}, Priority.TELEMETRY),
    ],
)
def test_fire_before_fault_before_telemetry(
    reported: Reported | None, values: dict[str, float], priority: Priority
) -> None:
    assert priority_of(Reading("S0", "m", T0, T0, reported, values)) is priority


def test_everything_that_a_device_says_at_once_is_looked_at() -> None:
    said = frozenset({Reported.FAULT, Reported.FIRE})
    assert priority_of(Reading("S0", "m", T0, T0, conditions=said)) is Priority.FIRE
