"""Which readings raise which alarms: one table, read from top to bottom by a person.

A rule is *on* when the value passes ``on`` and stays on until it comes back past ``off``
(hysteresis), so that a value that trembles on the threshold gives one alarm. Where a value jumps by
its nature (a pump that starts, a motor that draws its starting current) the rule also waits before
it believes the change: ``on_delay_s`` before the alarm, ``off_delay_s`` before the recovery. What
may be a fire is never delayed. An admin may change the numbers (``data.domain.rule_changes``).

Sources: smoke GB 20517 and GB 4715 response thresholds; heat GB 4716 class A1 (54–65 °C); gas
GB 15322.2 (alarm setting 5–25 % LEL); residual current and cable temperature GB 14287.2/.3
(20–1000 mA, 45–140 °C); hydrant pressure GB 50974 (static pressure at the worst point ≥ 0.10 MPa).
The exact settings are ours within those ranges.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from data.domain.readings import Reading
from data.domain.words import AlarmKind, DeviceKind, Reported


class Side(StrEnum):
    """On which side of the threshold a value is abnormal."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold with hysteresis; ``cause`` names the alarm it raises, unique per device.

    ``on_delay_s`` and ``off_delay_s``: for how long the value must stay there to be believed.
    """

    cause: str
    kind: AlarmKind
    value: str
    side: Side
    on: float
    off: float
    on_delay_s: int = 0
    off_delay_s: int = 0

    def holds(self, value: float, *, active: bool) -> bool:
        """Return whether the alarm is on at this value, given whether it was on before."""
        threshold = self.off if active else self.on
        return value >= threshold if self.side is Side.ABOVE else value <= threshold


_BATTERY = Rule("battery_low", AlarmKind.FAULT, "battery_pct", Side.BELOW, 10, 15)

Rules = Mapping[DeviceKind, tuple[Rule, ...]]

#: Cause, kind, value, side, on, off and, where the value jumps by its nature, the two delays.
RULES: Final[Rules] = {
    DeviceKind.SMOKE: (
        Rule("smoke_fire", AlarmKind.FIRE, "smoke_pct", Side.ABOVE, 15, 8),
        Rule("smoke_high", AlarmKind.PREALARM, "smoke_pct", Side.ABOVE, 8, 5),
        Rule("heat_fire", AlarmKind.FIRE, "temperature_c", Side.ABOVE, 65, 55),
        _BATTERY,
    ),
    DeviceKind.HEAT: (
        Rule("heat_fire", AlarmKind.FIRE, "temperature_c", Side.ABOVE, 62, 52),
        Rule("heat_high", AlarmKind.PREALARM, "temperature_c", Side.ABOVE, 54, 48),
        _BATTERY,
    ),
    DeviceKind.GAS: (
        Rule("gas_fire", AlarmKind.FIRE, "gas_lel_pct", Side.ABOVE, 20, 10),
        Rule("gas_leak", AlarmKind.PREALARM, "gas_lel_pct", Side.ABOVE, 8, 5),
        _BATTERY,
    ),
    DeviceKind.PRESSURE: (
        Rule("pressure_low", AlarmKind.SUPERVISORY, "pressure_mpa", Side.BELOW, 0.10, 0.12, 10, 30),
        Rule(
            "pressure_high", AlarmKind.SUPERVISORY, "pressure_mpa", Side.ABOVE, 1.20, 1.10, 10, 30
        ),
        _BATTERY,
    ),
    DeviceKind.LEVEL: (
        Rule("level_low", AlarmKind.SUPERVISORY, "level_m", Side.BELOW, 1.0, 1.2, 10, 30),
        _BATTERY,
    ),
    DeviceKind.ELECTRICAL: (
        Rule("cable_fire", AlarmKind.FIRE, "temperature_c", Side.ABOVE, 120, 100),
        Rule("cable_hot", AlarmKind.PREALARM, "temperature_c", Side.ABOVE, 70, 60),
        Rule("leakage", AlarmKind.PREALARM, "residual_current_ma", Side.ABOVE, 300, 250, 10, 30),
    ),
    DeviceKind.CHARGER: (
        Rule("charger_fire", AlarmKind.FIRE, "temperature_c", Side.ABOVE, 90, 75),
        Rule("charger_hot", AlarmKind.PREALARM, "temperature_c", Side.ABOVE, 60, 50),
        Rule("charger_overload", AlarmKind.PREALARM, "power_w", Side.ABOVE, 1200, 1000, 30, 60),
    ),
    DeviceKind.CAMERA: (),
    DeviceKind.TRANSMITTER: (),
}

#: A person pressed it: more believable than any sensor.
MANUAL_CAUSE: Final = "manual_fire"
#: What a device says of itself, as the cause and kind of the alarm that this raises.
REPORTED_CAUSE: Final[dict[Reported, tuple[str, AlarmKind]]] = {
    Reported.FIRE: ("reported_fire", AlarmKind.FIRE),
    Reported.MANUAL: (MANUAL_CAUSE, AlarmKind.FIRE),
    Reported.FIRE_TEST: ("test_bit_fire", AlarmKind.FIRE),
    Reported.PREALARM: ("reported_prealarm", AlarmKind.PREALARM),
    Reported.FAULT: ("reported_fault", AlarmKind.FAULT),
    Reported.SUPERVISORY: ("reported_supervisory", AlarmKind.SUPERVISORY),
}

CAUSES: Final[frozenset[str]] = frozenset(
    {rule.cause for rules in RULES.values() for rule in rules}
    | {cause for cause, _ in REPORTED_CAUSE.values()}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one reading says about one possible alarm of its device."""

    cause: str
    kind: AlarmKind
    on: bool
    value: float | None = None


def judge(
    kind: DeviceKind,
    values: Mapping[str, float],
    reported: Reported | None,
    active: frozenset[str],
    rules: Rules = RULES,
    conditions: frozenset[Reported] | None = None,
) -> tuple[Finding, ...]:
    """Return what a reading says about each alarm that it can speak of.

    Parameters
    ----------
    active
        Causes that are on at this device before the reading.
    rules
        The table in force; the one above unless an admin changed it.
    conditions
        Everything abnormal that the device says of itself at once, where it says all of it.

    Returns
    -------
    tuple of Finding
        Only causes the reading speaks of: a reading without ``battery_pct`` says nothing about
        the battery, and one without a status says nothing about what the device reported.
    """
    found = [
        Finding(
            rule.cause,
            rule.kind,
            rule.holds(values[rule.value], active=rule.cause in active),
            values[rule.value],
        )
        for rule in rules[kind]
        if rule.value in values and not _covered(rule, rules[kind], values, active)
    ]
    said = () if conditions is None else _judge_conditions(conditions)
    return (*found, *_judge_reported(reported), *said)


def says_all_is_well(kind: DeviceKind, reading: Reading, rules: Rules = RULES) -> bool:
    """Return whether a reading of a device at which nothing is on finds nothing on."""
    if reading.conditions or reading.reported in REPORTED_CAUSE:
        return False
    values = reading.values
    return not any(
        rule.value in values and rule.holds(values[rule.value], active=False)
        for rule in rules[kind]
    )


def covered(
    kind: DeviceKind, values: Mapping[str, float], active: frozenset[str], rules: Rules = RULES
) -> dict[str, bool]:
    """Return, for each pre-alarm that a reading speaks of, whether a fire of its value is on."""
    return {
        rule.cause: _covered(rule, rules[kind], values, active)
        for rule in rules[kind]
        if rule.kind is AlarmKind.PREALARM and rule.value in values
    }


def _covered(
    rule: Rule, rules: tuple[Rule, ...], values: Mapping[str, float], active: frozenset[str]
) -> bool:
    """Return whether a fire by the same value is on: one thing, one alarm, the worse one."""
    if rule.kind is not AlarmKind.PREALARM:
        return False
    return any(
        other.kind is AlarmKind.FIRE
        and other.value == rule.value
        and other.holds(values[rule.value], active=other.cause in active)
        for other in rules
    )


def _judge_reported(reported: Reported | None) -> tuple[Finding, ...]:
    """Take everything back where the device says it is well; any other word speaks for itself."""
    if reported in {Reported.NORMAL, Reported.RESTORED}:
        return tuple(Finding(cause, kind, on=False) for cause, kind in REPORTED_CAUSE.values())
    if reported in REPORTED_CAUSE:
        cause, kind = REPORTED_CAUSE[reported]
        return (Finding(cause, kind, on=True),)
    return ()


def _judge_conditions(conditions: frozenset[Reported]) -> tuple[Finding, ...]:
    """Take back what the device no longer says; one word for a fire does not end another."""
    burns = any(REPORTED_CAUSE[one][1] is AlarmKind.FIRE for one in conditions)
    return tuple(
        Finding(cause, kind, on=reported in conditions)
        for reported, (cause, kind) in REPORTED_CAUSE.items()
        if reported in conditions or not (burns and kind is AlarmKind.FIRE)
    )
