"""Why a building has its score, and what would lower it most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from data.domain.risk.model import score
from data.domain.risk.records import Buildings, Floats, Forecast, Model


def _(msgid: str) -> str:
    """Mark a name for translation; it is translated where it is shown."""
    return msgid


#: A contribution that is less than this says nothing: 2 %.
SMALL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a waterfall.

    Attributes
    ----------
    key
        Of a term, or ``category``.
    points
        What it adds to ln of expected, against an average building.
    factor
        The same as a factor: exp(points).
    """

    key: str
    points: float

    @property
    def factor(self) -> float:
        """How many times as many events it makes of those of an average building."""
        return float(np.exp(self.points))


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From an average building to this one: ``average`` times every factor is ``expected``."""

    average: float
    expected: float
    parts: tuple[Part, ...]
    #: What all parts that are too small to be listed make together.
    rest: Part


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done about a building.

    Attributes
    ----------
    key
    label
        A msgid: what to do.
    facts
        What is so afterwards.
    """

    key: str
    label: str
    facts: Mapping[str, float]


#: What somebody can do; a fact that is like that already makes an action useless there.
ACTIONS: Final = (
    Action(
        "hazards",
        _("整改隐患"),
        {"hazards_general": 0.0, "hazards_serious": 0.0, "hazards_overdue": 0.0},
    ),
    Action("charging", _("电动车移到楼外充电"), {"charging_inside": 0.0}),
    Action("devices", _("修复失联和故障设备"), {"devices_silent": 0.0, "devices_fault": 0.0}),
    Action("inspect", _("上门检查"), {"days_since_inspection": 0.0}),
    Action("wiring", _("检查电气线路"), {"electrical_drift": 0.0}),
    Action("prealarm", _("处理正在预警的设备"), {"devices_prealarm": 0.0}),
    Action("hydrant", _("恢复消火栓压力"), {"hydrant_low": 0.0}),
    Action("install", _("安装监测设备"), {"devices": 1.0}),
)


@dataclass(frozen=True, slots=True)
class Lowering:
    """How much less is expected after an action, in events of 4 weeks."""

    action: str
    less: float
    #: As a share of the building's score.
    share: float


@dataclass(frozen=True, slots=True)
class Measure:
    """An action at all buildings of a community where it helps, the most helpful first."""

    community: str
    action: str
    buildings: tuple[str, ...]
    less: float


def waterfall(forecast: Forecast, row: int) -> Waterfall:
    """Return why a building has its score: the largest contributions first, up or down."""
    points = forecast.contributions[row].astype(np.float64)
    order = np.argsort(-np.abs(points), kind="stable")
    parts = [Part(forecast.terms[k], float(points[k])) for k in order if abs(points[k]) >= SMALL]
    rest = float(points.sum()) - sum(part.points for part in parts)
    average = float(np.exp(forecast.model.level))
    return Waterfall(average, float(forecast.expected[row]), tuple(parts), Part("rest", rest))


def effects(model: Model, buildings: Buildings) -> dict[str, Floats]:
    """Return how much less each action would leave to expect at each building; never negative.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        By the key of the action, events of 4 weeks.
    """
    now, _parts = score(model, buildings)
    found = {}
    for action in ACTIONS:
        after, _parts = score(model, buildings.having(**_done(buildings, action)))
        found[action.key] = np.maximum(now.astype(np.float64) - after, 0.0)
    return found


def lowering(model: Model, building: Buildings) -> tuple[Lowering, ...]:
    """Return what would lower the score of one building, the most helpful first."""
    now, _parts = score(model, building)
    found = [
        Lowering(key, float(less[0]), float(less[0] / now[0]))
        for key, less in effects(model, building).items()
        if less[0] > SMALL * now[0]
    ]
    return tuple(sorted(found, key=lambda one: (-one.less, one.action)))


def measures(model: Model, buildings: Buildings, most: int = 20) -> tuple[Measure, ...]:
    """Return what would help most in each community (precise governance).

    ``buildings`` of a measure are the first ``most`` by effect; ``less`` is that of all together.
    """
    now, _parts = score(model, buildings)
    found = []
    for action, less in effects(model, buildings).items():
        helps = less > SMALL * now
        for community in np.unique(buildings.community[helps]):
            there = np.flatnonzero(helps & (buildings.community == community))
            first = there[np.argsort(-less[there], kind="stable")][:most]
            ids = tuple(str(one) for one in buildings.ids[first])
            found.append(Measure(str(community), action, ids, float(less[there].sum())))
    return tuple(sorted(found, key=lambda one: (one.community, -one.less, one.action)))


def _done(buildings: Buildings, action: Action) -> dict[str, Floats]:
    """Return the facts after an action; what is not known stays so."""
    after = {}
    for name, value in action.facts.items():
        before = buildings.fact(name)
        better = np.maximum if name == "devices" else np.minimum
        after[name] = np.where(np.isnan(before), np.nan, better(before, value))
    return after
