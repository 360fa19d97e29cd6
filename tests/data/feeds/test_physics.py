from collections import Counter

import numpy as np
import pytest

from data.domain.readings import VALUE_RANGES
from data.domain.rules import judge
from data.domain.words import DeviceKind
from data.feeds.physics import (
    DECIMALS,
    NOISE,
    Condition,
    Excursion,
    ambient_c,
    charging,
    conditions,
    cooking,
    scattered,
    traits,
    usual_values,
    working,
)

HOURS = np.arange(0, 24, 0.25)
IDS = [f"XT-{i:05d}" for i in range(4000)]


@pytest.mark.parametrize("kind", list(DeviceKind))
@pytest.mark.parametrize("day", [20.0, 205.0])
def test_a_healthy_device_never_raises_an_alarm(kind: DeviceKind, day: float) -> None:
    rng = np.random.default_rng(1)
    usual = usual_values(kind, traits(IDS[:300], 1), HOURS, day)
    sent = {name: scattered(name, values, rng) for name, values in usual.items()}
    for name, values in sent.items():
        low, high = VALUE_RANGES[name]
        assert low <= values.min() <= values.max() <= high
    for edge in ("min", "max"):
        extreme = {name: float(getattr(values, edge)()) for name, values in sent.items()}
        assert not any(found.on for found in judge(kind, extreme, None, frozenset()))


@pytest.mark.parametrize(
    ("kind", "condition", "cause"),
    [
        (DeviceKind.SMOKE, Condition.LOW_BATTERY, "battery_low"),
        (DeviceKind.PRESSURE, Condition.LOW_SUPPLY, "pressure_low"),
        (DeviceKind.LEVEL, Condition.LOW_SUPPLY, "level_low"),
    ],
)
def test_a_worn_device_shows_it_all_day(kind: DeviceKind, condition: Condition, cause: str) -> None:
    trait = traits(IDS[:50], 1)
    usual = usual_values(kind, trait, HOURS, 100.0, np.full(50, int(condition)))
    for i in range(50):
        values = {name: float(column[i].max()) for name, column in usual.items()}
        found = {f.cause for f in judge(kind, values, None, frozenset()) if f.on}
        assert found == {cause}


def test_conditions_are_the_same_at_every_start_and_rare() -> None:
    kinds = [DeviceKind.SMOKE if i % 4 else DeviceKind.PRESSURE for i in range(len(IDS))]
    first = conditions(IDS, kinds, 7)
    assert np.array_equal(first, conditions(IDS, kinds, 7))
    assert not np.array_equal(first, conditions(IDS, kinds, 8))
    number = Counter(first.tolist())
    assert number[int(Condition.SILENT)] == round(0.008 * len(IDS))
    assert number[int(Condition.HEALTHY)] > 0.98 * len(IDS)
    assert set(number) == {int(condition) for condition in Condition}
    low = first == int(Condition.LOW_SUPPLY)
    assert {kinds[i] for i in np.flatnonzero(low)} == {DeviceKind.PRESSURE}


def test_traits_are_spread_evenly() -> None:
    trait = traits(IDS, 3)
    assert trait.shape == (4000, 3)
    assert np.all((trait >= 0) & (trait < 1))
    np.testing.assert_allclose(trait.mean(axis=0), 0.5, atol=0.03)


def test_people_cook_work_and_charge_at_their_hours() -> None:
    assert HOURS[np.argmax(cooking(HOURS))] == pytest.approx(18, abs=0.5)
    assert HOURS[np.argmax(charging(HOURS))] == pytest.approx(22.5, abs=0.5)
    assert working(np.array([10.0]))[0] > 3 * working(np.array([3.0]))[0]
    noon = np.array([12.0])
    assert ambient_c(noon, 205)[0] - ambient_c(noon, 20)[0] > 10


def test_sent_values_have_the_devices_digits_and_are_not_negative() -> None:
    rng = np.random.default_rng(2)
    assert set(NOISE) == set(DECIMALS) == set(VALUE_RANGES)
    for name, digits in DECIMALS.items():
        sent = scattered(name, np.full(500, 0.01), rng)
        assert np.array_equal(sent, np.round(sent, digits))
        assert sent.min() >= (-20 if name == "temperature_c" else 0)


def test_an_excursion_rises_holds_and_is_over() -> None:
    smoke = Excursion("smoke_pct", 20.0, 1000.0, 100.0, 60.0, 50.0)
    moments = np.arange(990.0, smoke.end + 5, 5)
    values = [smoke.at(moment) for moment in moments]
    top = int(np.argmax(values))
    assert values[:top] == sorted(values[:top])
    assert max(values) == 20.0
    assert smoke.at(1000.0) == 0.0
    assert smoke.at(smoke.end) < 0.02 * 20
