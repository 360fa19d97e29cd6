"""What an admin may change in the table of rules, and what not.

Causes, kinds and the values they judge are part of the program; the numbers are not. A threshold
of a fire stays within what the standards allow (sources in ``data.domain.rules``), and no fire is
ever delayed.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from data.domain.errors import NotFoundError, RuleError
from data.domain.readings import VALUE_RANGES
from data.domain.rules import RULES, Rule, Rules, Side
from data.domain.words import AlarmKind, DeviceKind

MAX_ON_DELAY_S: Final = 600
MAX_OFF_DELAY_S: Final = 3600
#: Where the threshold of a fire may lie: lowest, highest.
FIRE_THRESHOLDS: Final[dict[str, tuple[float, float]]] = {
    "smoke_fire": (5, 30),
    "heat_fire": (54, 90),
    "gas_fire": (5, 25),
    "cable_fire": (45, 140),
    "charger_fire": (60, 120),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one rule that an admin may change."""

    on: float
    off: float
    on_delay_s: int = 0
    off_delay_s: int = 0

    @classmethod
    def of(cls, rule: Rule) -> "Numbers":
        """Return the numbers of a rule."""
        return cls(rule.on, rule.off, rule.on_delay_s, rule.off_delay_s)

    def as_dict(self) -> dict[str, Any]:
        """Return them by name, for the history."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Override:
    """Other numbers for one rule."""

    kind: DeviceKind
    cause: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Who gave a rule other numbers, when and why."""

    at: datetime
    actor: str
    kind: DeviceKind
    cause: str
    before: Numbers
    after: Numbers
    reason: str


def known_changes(changes: Iterable[RuleChange]) -> list[RuleChange]:
    """Return the changes of rules that still are."""
    return [c for c in changes if any(rule.cause == c.cause for rule in RULES[c.kind])]


def find_rule(rules: Rules, kind: DeviceKind, cause: str) -> Rule:
    """Return a rule.

    Raises
    ------
    NotFoundError
        If this kind of device has no rule for the cause.
    """
    for rule in rules[kind]:
        if rule.cause == cause:
            return rule
    raise NotFoundError(f"there is no rule {cause!r} for {kind} devices")


def with_overrides(overrides: Iterable[Override]) -> Rules:
    """Return the table in force; an override of a rule that is no more is left out."""
    numbers = {(item.kind, item.cause): item.numbers for item in overrides}
    return {
        kind: tuple(_changed(rule, numbers.get((kind, rule.cause))) for rule in rules)
        for kind, rules in RULES.items()
    }


def check_numbers(rule: Rule, numbers: Numbers) -> Numbers:
    """Return the numbers if the rule may have them.

    Raises
    ------
    RuleError
        Says which number is wrong and what it may be.
    """
    low, high = VALUE_RANGES[rule.value]
    if not all(low <= number <= high for number in (numbers.on, numbers.off)):
        raise RuleError(f"{rule.value} lies within {low:g} … {high:g}")
    above = rule.side is Side.ABOVE
    if (numbers.off >= numbers.on) if above else (numbers.off <= numbers.on):
        side = "below" if above else "above"
        raise RuleError(f"the value of recovery must lie {side} that of the alarm")
    if rule.kind is AlarmKind.FIRE:
        _check_fire(rule, numbers)
    if not 0 <= numbers.on_delay_s <= MAX_ON_DELAY_S:
        raise RuleError(f"an alarm is delayed by 0 to {MAX_ON_DELAY_S} s")
    if not 0 <= numbers.off_delay_s <= MAX_OFF_DELAY_S:
        raise RuleError(f"a recovery is delayed by 0 to {MAX_OFF_DELAY_S} s")
    return numbers


def _check_fire(rule: Rule, numbers: Numbers) -> None:
    low, high = FIRE_THRESHOLDS[rule.cause]
    if not low <= numbers.on <= high:
        raise RuleError(f"the threshold of {rule.cause} lies within {low:g} … {high:g}")
    if numbers.on_delay_s:
        raise RuleError("a fire is never delayed")


def _changed(rule: Rule, numbers: Numbers | None) -> Rule:
    return rule if numbers is None else replace(rule, **numbers.as_dict())
