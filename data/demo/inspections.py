"""Visits to buildings, the hazards found there, and how long they took to be put right."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from data.demo.buildings import CATEGORIES, Buildings
from data.demo.clock import DAY, HOUR, MINUTE, NEVER, Clock, moment, moment_or_none
from data.demo.grids import Grids
from data.demo.land import Array, Ints, stream
from data.domain.words import BuildingCategory as C

#: Days between two visits, by category.
EVERY_DAYS: Final[dict[C, int]] = {
    C.THREE_IN_ONE: 30,
    C.PUBLIC_ASSEMBLY: 30,
    C.RENTAL: 60,
    C.RESIDENTIAL: 180,
    C.SCHOOL: 90,
    C.MEDICAL: 90,
    C.CARE: 45,
    C.HERITAGE: 45,
    C.BANK: 120,
    C.LOGISTICS: 60,
    C.POWER: 120,
    C.WATER: 150,
    C.INDUSTRIAL: 60,
    C.WAREHOUSE: 60,
    C.SMALL_UNIT: 120,
}
#: Chance of a hazard at a visit at the beginning.
FOUND: Final[dict[C, float]] = {
    C.THREE_IN_ONE: 0.42,
    C.PUBLIC_ASSEMBLY: 0.24,
    C.RENTAL: 0.34,
    C.INDUSTRIAL: 0.32,
    C.WAREHOUSE: 0.34,
    C.SMALL_UNIT: 0.28,
    C.LOGISTICS: 0.26,
}
USUALLY_FOUND: Final = 0.12
SERIOUS: Final = 0.12
#: Days allowed, by level: general, serious.
ALLOWED_DAYS: Final = (15, 7)
HAZARDS: Final = (
    "blocked_exit",
    "indoor_charging",
    "wiring",
    "extinguisher",
    "gas_cylinder",
    "partition",
    "window_bars",
    "hot_work",
)
PASSED: Final = "passed"
FAILED: Final = "failed"
_RENTAL_MIX: Final = (0.16, 0.34, 0.20, 0.10, 0.07, 0.06, 0.07, 0.0)
_OTHER_MIX: Final = (0.26, 0.08, 0.24, 0.20, 0.04, 0.08, 0.04, 0.06)


@dataclass(frozen=True, slots=True)
class Visits:
    """Inspections by time, and the hazards found at some of them; times in ms."""

    building: Ints
    at: Ints
    #: Index of the visit each hazard was found at.
    found: Ints
    hazard: Ints
    level: Ints
    due: Ints
    closed: Ints


def make_visits(buildings: Buildings, clock: Clock, seed: int) -> Visits:
    """Return two years of inspections; hazards grow rarer and are put right sooner."""
    rng = stream(seed, "inspections", clock.end)
    building, at = _visits(buildings, clock, rng)
    chance = np.array([FOUND.get(c, USUALLY_FOUND) for c in CATEGORIES])[buildings.category]
    bare = buildings.charging_required & ~buildings.charging_present
    chance = (chance * np.where(bare, 1.25, 0.9))[building]
    found = np.flatnonzero(rng.random(len(at)) < chance * (1.2 - 0.6 * clock.progress(at)))
    level = 1 + (rng.random(len(found)) < SERIOUS)
    due = at[found] + np.array((0, *ALLOWED_DAYS))[level] * DAY
    days = rng.lognormal(np.log(10.0), 0.9, len(found)) * (1.3 - 0.4 * clock.progress(at[found]))
    closed = at[found] + (days * np.where(level > 1, 0.6, 1.0) * DAY).astype(np.int64) + 2 * HOUR
    closed = np.where(closed < clock.end, closed, NEVER)
    hazard = _hazard_kinds(buildings, building[found], rng)
    return Visits(building, at, found, hazard, level, due, closed)


def _visits(buildings: Buildings, clock: Clock, rng: np.random.Generator) -> tuple[Ints, Ints]:
    every = np.array([EVERY_DAYS[c] for c in CATEGORIES])[buildings.category]
    starts, weekday, _ = clock.days()
    today = len(starts) - 1  # in the hour after midnight it is yesterday: today has no past yet
    number = -(-today // every)
    building = np.repeat(np.arange(len(buildings)), number)
    nth = np.arange(len(building)) - np.repeat(np.cumsum(number) - number, number)
    # Counted back from today, so that the last weeks have as many visits as the others.
    day = today - ((nth + rng.random(len(building))) * every[building]).astype(np.int64)
    building, day = building[day >= 0], day[day >= 0]
    # Offices rest at the weekend: what would fall on it is done on the Friday before.
    friday = day - np.maximum(weekday[day] - 4, 0).astype(np.int64)
    day = np.where(friday >= 0, friday, day + (7 - weekday[day]).astype(np.int64))
    at = starts[day] + 8 * HOUR + 30 * MINUTE + _office_hours(len(day), rng)
    order = np.lexsort((building, at))
    order = order[at[order] < clock.end]
    return building[order], at[order]


def _office_hours(count: int, rng: np.random.Generator) -> Ints:
    """Return times after half past eight, with a rest at noon."""
    morning = rng.integers(0, 3 * HOUR, count)
    afternoon = rng.integers(6 * HOUR, 9 * HOUR, count)
    return np.where(rng.random(count) < 0.55, morning, afternoon)  # noqa: PLR2004 - rather mornings


def _hazard_kinds(buildings: Buildings, where: Ints, rng: np.random.Generator) -> Ints:
    u = rng.random(len(where))
    homes = buildings.among(C.RENTAL, C.RESIDENTIAL)[where]
    rental, other = (
        np.searchsorted(_edges(mix), u, side="right") for mix in (_RENTAL_MIX, _OTHER_MIX)
    )
    return np.where(homes, rental, other)


def _edges(mix: tuple[float, ...]) -> Array:
    return np.cumsum(mix)[:-1] / sum(mix)


def inspection_columns(
    visits: Visits, buildings: Buildings, grids: Grids, officer: dict[str, str]
) -> dict[str, list[Any]]:
    """Return the columns of the table ``inspection``; the id is the index plus one."""
    failed = np.zeros(len(visits.at), dtype=bool)
    failed[visits.found] = True
    building = visits.building.tolist()
    return {
        "id": list(range(1, len(building) + 1)),
        "building_id": [buildings.ids[b] for b in building],
        "at": [moment(ms) for ms in visits.at.tolist()],
        "inspector": [officer[grids.of_building[b]] for b in building],
        "result": [FAILED if bad else PASSED for bad in failed.tolist()],
        "demo": [True] * len(building),
    }


def hazard_columns(visits: Visits, buildings: Buildings) -> dict[str, list[Any]]:
    """Return the columns of the table ``hazard``."""
    found = visits.found
    return {
        "building_id": [buildings.ids[b] for b in visits.building[found].tolist()],
        "inspection_id": (found + 1).tolist(),
        "kind": [HAZARDS[k] for k in visits.hazard.tolist()],
        "level": visits.level.tolist(),
        "found_at": [moment(ms) for ms in visits.at[found].tolist()],
        "due_at": [moment(ms) for ms in visits.due.tolist()],
        "closed_at": [moment_or_none(ms) for ms in visits.closed.tolist()],
        "note": [""] * len(found),
        "demo": [True] * len(found),
    }
