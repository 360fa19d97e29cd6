"""The terms of the score: what a fire engineer would ask about a building, each with its weight.

A term turns facts into a number that grows with the hazard, 0 for none; NaN where it is not known.
Prior weights are in ln: 0.69 doubles. That a term matters is read in its source; how much is our
judgement (判断) until the town's own events say more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from data.domain.risk.records import Buildings, Floats
from data.domain.words import BuildingCategory as C


def _(msgid: str) -> str:
    """Mark a label for translation; it is translated where it is shown."""
    return msgid


class Group(StrEnum):
    """What a term is about."""

    EXPOSURE = "exposure"
    PROTECTION = "protection"
    HISTORY = "history"
    MANAGEMENT = "management"
    PRESENT = "present"


FIREBIRD: Final = "Madaio et al. 2016 (Firebird)"
AUTHORITY: Final = "国家消防救援局 2022–2024"
JUDGEMENT: Final = "判断"

CATEGORY: Final = "category"


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes
    ----------
    key, group
    label
        A msgid: what it is called in a waterfall.
    value : callable
        Buildings → ndarray of shape (n,): grows with the hazard, NaN where it is not known.
    prior
        Weight before anything is learnt, in ln.
    source
        Where it can be read that the term matters.
    """

    key: str
    group: Group
    label: str
    value: Callable[[Buildings], Floats]
    prior: float
    source: str


def _ramp(fact: str, low: float, high: float) -> Callable[[Buildings], Floats]:
    """From 0 at ``low`` to 1 at ``high`` and beyond."""

    def value(some: Buildings) -> Floats:
        return np.asarray(np.clip((some.fact(fact) - low) / (high - low), 0.0, 1.0))

    return value


def _many(fact: str, most: float) -> Callable[[Buildings], Floats]:
    """0 for none, 1 for one, and slowly on: the second of a kind adds less than the first."""

    def value(some: Buildings) -> Floats:
        return np.asarray(np.log2(1 + np.clip(some.fact(fact), 0, most)))

    return value


def _share(fact: str) -> Callable[[Buildings], Floats]:
    """Share of the building's devices; 0 without any."""

    def value(some: Buildings) -> Floats:
        count, all_of_them = some.fact(fact), some.fact("devices")
        share = np.where(all_of_them > 0, count / np.maximum(all_of_them, 1), count * 0)
        return np.asarray(share)

    return value


def _age(some: Buildings) -> Floats:
    return np.asarray(np.clip((some.year - some.fact("built_year")) / 40, 0.0, 1.0))


def _uncovered(some: Buildings) -> Floats:
    devices = some.fact("devices")
    return np.asarray(np.where(np.isnan(devices), np.nan, devices <= 0))


def _nearby(some: Buildings) -> Floats:
    """From a fifth of the mean density (0) to five times it (1)."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip((np.log(some.fact("nearby")) / np.log(5) + 1) / 2, 0.0, 1.0))


TERMS: Final = (
    Term("residents", Group.EXPOSURE, _("居住人数"), _ramp("residents", 0, 60), 0.5, JUDGEMENT),
    Term("storeys", Group.EXPOSURE, _("楼层"), _ramp("storeys", 1, 10), 0.2, FIREBIRD),
    Term("age", Group.EXPOSURE, _("建筑年龄"), _age, 0.5, FIREBIRD),
    Term(
        "charging",
        Group.EXPOSURE,
        _("楼内给电动车充电"),
        _ramp("charging_inside", 0, 1),
        0.8,
        AUTHORITY,
    ),
    Term("uncovered", Group.PROTECTION, _("无监测设备"), _uncovered, 0.2, JUDGEMENT),
    Term("silent", Group.PROTECTION, _("设备失联"), _share("devices_silent"), 0.4, JUDGEMENT),
    Term("broken", Group.PROTECTION, _("设备故障"), _share("devices_fault"), 0.3, JUDGEMENT),
    Term(
        "hydrant_far",
        Group.PROTECTION,
        _("消火栓距离"),
        _ramp("hydrant_m", 120, 400),
        0.1,
        JUDGEMENT,
    ),
    Term(
        "hydrant_low",
        Group.PROTECTION,
        _("消火栓压力低"),
        _ramp("hydrant_low", 0, 1),
        0.1,
        JUDGEMENT,
    ),
    Term(
        "station_far",
        Group.PROTECTION,
        _("微型消防站距离"),
        _ramp("station_m", 400, 1500),
        0.1,
        JUDGEMENT,
    ),
    Term("matters", Group.HISTORY, _("近一年真实警情"), _many("matters_52w", 7), 0.8, FIREBIRD),
    Term("before", Group.HISTORY, _("更早真实警情"), _many("matters_before", 7), 0.4, FIREBIRD),
    Term("false", Group.HISTORY, _("近一年误报"), _many("false_52w", 31), 0.1, JUDGEMENT),
    Term("nearby", Group.HISTORY, _("附近警情密度"), _nearby, 0.9, "docs/risk.md"),
    Term(
        "hazards",
        Group.MANAGEMENT,
        _("一般隐患未整改"),
        _many("hazards_general", 7),
        0.25,
        FIREBIRD,
    ),
    Term(
        "serious", Group.MANAGEMENT, _("重大隐患未整改"), _many("hazards_serious", 7), 0.5, FIREBIRD
    ),
    Term("overdue", Group.MANAGEMENT, _("隐患逾期"), _many("hazards_overdue", 7), 0.3, JUDGEMENT),
    Term(
        "inspection",
        Group.MANAGEMENT,
        _("距上次检查时间"),
        _ramp("days_since_inspection", 30, 365),
        0.35,
        FIREBIRD,
    ),
    Term(
        "prealarm", Group.PRESENT, _("设备正在预警"), _many("devices_prealarm", 3), 0.7, JUDGEMENT
    ),
    Term("drift", Group.PRESENT, _("电气读数"), _ramp("electrical_drift", 0, 1), 0.6, AUTHORITY),
)
BY_KEY: Final[Mapping[str, Term]] = {term.key: term for term in TERMS}

#: How often a building of a category has an event, relative to a residential estate; judgement, in
#: the order of what the statistics of 国家消防救援局 say burns: dwellings that people built
#: themselves, small shops, workshops and stores.
CATEGORY_PRIOR: Final[Mapping[C, float]] = {
    C.THREE_IN_ONE: 4.0,
    C.WAREHOUSE: 2.5,
    C.INDUSTRIAL: 2.5,
    C.LOGISTICS: 2.0,
    C.RENTAL: 1.5,
    C.SMALL_UNIT: 1.5,
    C.PUBLIC_ASSEMBLY: 1.5,
    C.RESIDENTIAL: 1.0,
    C.CARE: 1.0,
    C.HERITAGE: 1.0,
    C.MEDICAL: 0.8,
    C.SCHOOL: 0.6,
    C.POWER: 0.8,
    C.WATER: 0.4,
    C.BANK: 0.4,
}


def design(buildings: Buildings) -> Floats:
    """Return the value of every term, shape (n, terms); NaN where it is not known."""
    columns = [term.value(buildings) for term in TERMS]
    return np.column_stack(columns) if columns else np.empty((len(buildings), 0))
