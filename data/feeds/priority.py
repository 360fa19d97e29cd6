"""How urgent a reading or message is, judged before its device is known: fire, fault, telemetry."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from data.domain.readings import Reading
from data.domain.rules import REPORTED_CAUSE, RULES, Side
from data.domain.words import AlarmKind


class Priority(IntEnum):
    """In which order readings and messages are taken: a fire never waits behind telemetry."""

    FIRE = 0
    FAULT = 1
    TELEMETRY = 2


def _thresholds(kinds: Iterable[AlarmKind]) -> dict[tuple[str, Side], float]:
    """Return for each value and side where the first rule of any kind of device begins."""
    wanted, found = frozenset(kinds), dict[tuple[str, Side], float]()
    for rule in (rule for rules in RULES.values() for rule in rules if rule.kind in wanted):
        nearest = min if rule.side is Side.ABOVE else max
        place = (rule.value, rule.side)
        found[place] = nearest(found.get(place, rule.on), rule.on)
    return found


#: By the rules of the program: an admin's numbers move what alarms, not who goes first.
_BURNS: Final = _thresholds({AlarmKind.FIRE})
_AILS: Final = _thresholds(set(AlarmKind) - {AlarmKind.FIRE})


def priority_of(reading: Reading) -> Priority:
    """Return how urgent a reading may be; one of an unknown kind is taken for the worst."""
    said = {reading.reported, *(reading.conditions or ())}
    kinds = {REPORTED_CAUSE[one][1] for one in said if one in REPORTED_CAUSE}
    if AlarmKind.FIRE in kinds or _passes(reading, _BURNS):
        return Priority.FIRE
    return Priority.FAULT if kinds or _passes(reading, _AILS) else Priority.TELEMETRY


def _passes(reading: Reading, thresholds: dict[tuple[str, Side], float]) -> bool:
    for name, value in reading.values.items():
        above, below = thresholds.get((name, Side.ABOVE)), thresholds.get((name, Side.BELOW))
        if (above is not None and value >= above) or (below is not None and value <= below):
            return True
    return False
