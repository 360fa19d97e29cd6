import pytest

from data.domain.errors import NotFoundError, RuleError
from data.domain.rule_changes import (
    FIRE_THRESHOLDS,
    Numbers,
    Override,
    check_numbers,
    find_rule,
    with_overrides,
)
from data.domain.rules import RULES
from data.domain.words import AlarmKind, DeviceKind

SMOKE, WATER = DeviceKind.SMOKE, DeviceKind.PRESSURE


def test_an_override_changes_one_rule_and_no_other() -> None:
    rules = with_overrides([Override(SMOKE, "smoke_high", Numbers(9, 6, 5, 7))])
    changed = find_rule(rules, SMOKE, "smoke_high")
    assert Numbers.of(changed) == Numbers(9, 6, 5, 7)
    assert changed.kind is AlarmKind.PREALARM
    assert find_rule(rules, SMOKE, "smoke_fire") == find_rule(RULES, SMOKE, "smoke_fire")
    assert with_overrides([Override(SMOKE, "gone", Numbers(9, 6))]) == RULES


def test_an_unknown_rule() -> None:
    with pytest.raises(NotFoundError, match="no rule 'gas_leak' for smoke devices"):
        find_rule(RULES, SMOKE, "gas_leak")


@pytest.mark.parametrize(
    ("kind", "cause", "numbers", "why"),
    [
        (SMOKE, "smoke_high", Numbers(8, 8), "recovery must lie below"),
        (WATER, "pressure_low", Numbers(0.1, 0.1), "recovery must lie above"),
        (SMOKE, "smoke_high", Numbers(101, 8), "smoke_pct lies within 0 … 100"),
        (SMOKE, "smoke_fire", Numbers(31, 8), "lies within 5 … 30"),
        (SMOKE, "smoke_fire", Numbers(15, 8, on_delay_s=1), "a fire is never delayed"),
        (SMOKE, "smoke_high", Numbers(8, 5, on_delay_s=601), "0 to 600 s"),
        (SMOKE, "smoke_high", Numbers(8, 5, off_delay_s=3601), "0 to 3600 s"),
        (SMOKE, "smoke_high", Numbers(8, 5, off_delay_s=-1), "0 to 3600 s"),
    ],
)
def test_numbers_that_a_rule_may_not_have(
    kind: DeviceKind, cause: str, numbers: Numbers, why: str
) -> None:
    with pytest.raises(RuleError, match=why):
        check_numbers(find_rule(RULES, kind, cause), numbers)


def test_the_program_keeps_its_own_limits() -> None:
    fires = {r.cause for rules in RULES.values() for r in rules if r.kind is AlarmKind.FIRE}
    assert set(FIRE_THRESHOLDS) == fires
    for rules in RULES.values():
        for rule in rules:
            assert check_numbers(rule, Numbers.of(rule)) == Numbers.of(rule)
