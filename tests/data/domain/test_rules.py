import pytest

from data.domain.rules import CAUSES, REPORTED_CAUSE, RULES, Finding, Side, judge
from data.domain.words import AlarmKind, DeviceKind, Reported

NONE: frozenset[str] = frozenset()


def on(findings: tuple[Finding, ...]) -> set[str]:
    return {found.cause for found in findings if found.on}


@pytest.mark.parametrize(
    ("smoke", "active", "causes"),
    [
        (7.9, NONE, set()),
        (8.0, NONE, {"smoke_high"}),
        (6.0, frozenset({"smoke_high"}), {"smoke_high"}),
        (4.9, frozenset({"smoke_high"}), set()),
        (15.0, NONE, {"smoke_fire"}),
        (9.0, frozenset({"smoke_fire"}), {"smoke_fire"}),
    ],
)
def test_smoke_thresholds_have_hysteresis(
    smoke: float, active: frozenset[str], causes: set[str]
) -> None:
    assert on(judge(DeviceKind.SMOKE, {"smoke_pct": smoke}, None, active)) == causes


def test_a_fire_covers_the_prealarm_of_the_same_value() -> None:
    spoken_of = {f.cause for f in judge(DeviceKind.HEAT, {"temperature_c": 80.0}, None, NONE)}
    assert spoken_of == {"heat_fire"}


def test_low_pressure_is_supervisory() -> None:
    (low, high) = judge(DeviceKind.PRESSURE, {"pressure_mpa": 0.05}, None, NONE)
    assert (low.cause, low.kind, low.on) == ("pressure_low", AlarmKind.SUPERVISORY, True)
    assert not high.on


def test_a_reading_says_nothing_of_values_it_does_not_carry() -> None:
    assert judge(DeviceKind.SMOKE, {}, None, frozenset({"battery_low"})) == ()


def test_only_a_device_that_is_well_takes_its_own_words_back() -> None:
    fire = judge(DeviceKind.TRANSMITTER, {}, Reported.FIRE, NONE)
    well = judge(DeviceKind.TRANSMITTER, {}, Reported.RESTORED, NONE)
    assert fire == (Finding("reported_fire", AlarmKind.FIRE, on=True),)
    assert {f.cause for f in well if not f.on} == {cause for cause, _ in REPORTED_CAUSE.values()}
    assert judge(DeviceKind.TRANSMITTER, {}, Reported.TEST, NONE) == ()


@pytest.mark.parametrize("kind", DeviceKind)
def test_every_rule_comes_back_on_the_normal_side_of_its_threshold(kind: DeviceKind) -> None:
    for rule in RULES[kind]:
        assert rule.cause in CAUSES
        assert (rule.off < rule.on) is (rule.side is Side.ABOVE)
