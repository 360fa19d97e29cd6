"""The real fires of two years: where the risk is, some told by telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from data.demo.buildings import Buildings
from data.demo.clock import DAY, HOUR, Clock, moment
from data.demo.devices import KINDS, USUAL_DEVICES, Devices
from data.demo.land import Array, Land, stream
from data.domain.words import BuildingCategory as C
from data.domain.words import DeviceKind as K

#: Fires a year in a town of 67,000, (least, most).
A_YEAR: Final = (15, 20)
MONITORED: Final = 0.7
REPEAT_SHARE: Final = 0.25
REPEAT_M: Final = 180.0
METRES_A_DEGREE: Final = 111_000.0
YOUNG_YEAR: Final = 2020

_RISK: Final[dict[C, float]] = {
    C.THREE_IN_ONE: 5.0,
    C.WAREHOUSE: 4.0,
    C.INDUSTRIAL: 2.6,
    C.RENTAL: 1.0,
    C.SMALL_UNIT: 1.2,
    C.LOGISTICS: 2.0,
    C.HERITAGE: 0.6,
    C.RESIDENTIAL: 0.6,
    C.PUBLIC_ASSEMBLY: 1.2,
}
#: Factor for a rented house that needs e-bike charging and has none.
NO_CHARGING: Final = 3.2
_CAUSES: Final[dict[C, tuple[str, ...]]] = {
    C.RENTAL: ("ebike", "ebike", "electrical", "cooking", "smoking"),
    C.THREE_IN_ONE: ("electrical", "electrical", "ebike", "cooking", "smoking"),
    C.INDUSTRIAL: ("electrical", "hot_work", "electrical", "unknown", "smoking"),
    C.WAREHOUSE: ("electrical", "smoking", "hot_work", "unknown", "electrical"),
}
_OTHER_CAUSES: Final = ("electrical", "cooking", "electrical", "unknown", "smoking")
#: Fires by local hour: the small hours are worst, cooking next.
_HOURS: Final = np.array(
    [7, 8, 8, 8, 7, 5, 3, 3, 3, 3, 3, 4, 4, 3, 3, 3, 4, 5, 5, 4, 4, 5, 6, 7], dtype=float
)
_DETECTING: Final = (K.SMOKE, K.HEAT, K.ELECTRICAL, K.CHARGER)


@dataclass(frozen=True, slots=True)
class RealFire:
    """A fire; ``devices`` that saw it (empty: told by telephone), times in ms."""

    at: int
    building: int
    cause: str
    severity: int
    devices: tuple[int, ...]


def risk(buildings: Buildings) -> Array:
    """Return how likely each building burns, relative to the others."""
    weight = np.full(len(buildings), 0.4)
    for category, value in _RISK.items():
        weight[buildings.among(category)] = value
    bare = buildings.charging_required & ~buildings.charging_present
    weight[bare & buildings.among(C.RENTAL)] *= NO_CHARGING
    age = np.clip(0.7 + (YOUNG_YEAR - buildings.year) / 35, 0.6, 1.8)
    return np.asarray(weight * age)


def make_fires(
    buildings: Buildings, devices: Devices, clock: Clock, seed: int
) -> tuple[RealFire, ...]:
    """Return the fires in the order of time."""
    rng = stream(seed, "fires", clock.end)
    watched = np.flatnonzero(~devices.disabled & (devices.building >= 0))
    watched = watched[np.isin(devices.kind[watched], [KINDS.index(k) for k in _DETECTING])]
    weight = risk(buildings)
    share = MONITORED * min(1.0, len(devices) / USUAL_DEVICES) ** 0.5
    fires: list[RealFire] = []
    for at in _times(clock, rng):
        building = _where(fires, buildings, weight, rng)
        inside = watched[devices.building[watched] == building]
        inside = inside[devices.installed[inside] < (at - clock.start) // DAY]
        seen = inside if rng.random() < share else inside[:0]
        witnesses = rng.permutation(seen)[: int(rng.integers(1, 4))]
        causes = _CAUSES.get(_category(buildings, building), _OTHER_CAUSES)
        severity = 1 + int(rng.choice(3, p=(0.72, 0.23, 0.05)))
        fires.append(
            RealFire(at, building, str(rng.choice(causes)), severity, tuple(map(int, witnesses)))
        )
    return tuple(fires)


def _category(buildings: Buildings, building: int) -> C:
    return tuple(C)[int(buildings.category[building])]


def _times(clock: Clock, rng: np.random.Generator) -> list[int]:
    """Return when fires broke out; winter has a few more, the last two hours none."""
    span = clock.end - clock.start - 3 * HOUR
    count = sum(int(n) for n in rng.integers(A_YEAR[0], A_YEAR[1] + 1, 2))
    hours = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    days = rng.integers(0, span // DAY, count)
    within = rng.integers(0, HOUR, count)
    return sorted(
        int(clock.start + d * DAY + h * HOUR + m)
        for d, h, m in zip(days, hours, within, strict=True)
    )


def _where(
    fires: Sequence[RealFire], buildings: Buildings, weight: Array, rng: np.random.Generator
) -> int:
    if fires and rng.random() < REPEAT_SHARE:
        earlier = buildings.lonlat[fires[int(rng.integers(len(fires)))].building]
        metres = METRES_A_DEGREE * np.array([np.cos(np.radians(earlier[1])), 1.0])
        near = np.hypot(*((buildings.lonlat - earlier) * metres).T) < REPEAT_M
        weight = np.where(near, weight, 0.0)
    return int(rng.choice(len(buildings), p=weight / weight.sum()))


def fire_rows(
    fires: Sequence[RealFire],
    incident_of: dict[int, int],
    buildings: Buildings,
    lands: Sequence[Land],
) -> list[dict[str, Any]]:
    """Return the rows of the table ``fire``; ``incident_of`` maps a fire to its incident."""
    return [
        {
            "at": moment(fire.at),
            "building_id": buildings.ids[fire.building],
            "community_code": lands[buildings.plots.land[fire.building]].code,
            "incident_id": incident_of.get(index),
            "lon": float(buildings.lonlat[fire.building, 0]),
            "lat": float(buildings.lonlat[fire.building, 1]),
            "cause": fire.cause,
            "severity": fire.severity,
            "note": "" if index in incident_of else "电话报警",
            "demo": True,
        }
        for index, fire in enumerate(fires)
    ]
