"""What the forecast is made from, and what it says; arrays with one row for each building."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.errors import DomainError
from data.domain.words import BuildingCategory

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CATEGORIES: Final = tuple(BuildingCategory)
#: What may be known of a building; NaN where it is not. Counts are those of the forecast's moment.
FACTS: Final = (
    "residents",
    "storeys",
    "built_year",
    "charging_inside",
    "devices",
    "devices_silent",
    "devices_fault",
    "devices_prealarm",
    "electrical_drift",
    "hydrant_m",
    "hydrant_low",
    "station_m",
    "matters_52w",
    "matters_before",
    "false_52w",
    "nearby",
    "hazards_general",
    "hazards_serious",
    "hazards_overdue",
    "days_since_inspection",
)


class RiskError(DomainError):
    """Facts that don't fit together, or a forecast that can't be read."""


class Level(IntEnum):
    """Level of a place by its rank; a larger value is worse."""

    BLUE = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3


@dataclass(frozen=True, slots=True)
class Buildings:
    """Buildings and what was known of them at one moment.

    Attributes
    ----------
    ids : ndarray of str, shape (n,)
        In ascending order, each once.
    community : ndarray of str, shape (n,)
        Codes.
    category : ndarray of int8, shape (n,)
        Position in :data:`CATEGORIES`.
    xy : ndarray, shape (n, 2)
        Easting and northing in metres, EPSG:4549.
    facts : mapping of str to ndarray, shape (n,)
        By the names of :data:`FACTS`; what is missing is not known of any building. ``nearby`` is
        the density of past events at the building over its mean over all buildings.
    year
        Of the moment; ages are counted from it.
    """

    ids: NDArray[np.str_]
    community: NDArray[np.str_]
    category: NDArray[np.int8]
    xy: Floats
    facts: Mapping[str, Floats]
    year: int

    def __post_init__(self) -> None:
        n = len(self.ids)
        shapes = {"community": self.community.shape, "category": self.category.shape}
        shapes |= {name: values.shape for name, values in self.facts.items()}
        if wrong := {name: shape for name, shape in shapes.items() if shape != (n,)}:
            raise RiskError(f"{n} buildings need arrays of shape ({n},), not {wrong}")
        if self.xy.shape != (n, 2) or not np.isfinite(self.xy).all():
            raise RiskError(f"{n} buildings need finite coordinates of shape ({n}, 2)")
        if unknown := self.facts.keys() - set(FACTS):
            raise RiskError(f"there is no fact {', '.join(sorted(unknown))}")
        if n and not (self.ids[:-1] < self.ids[1:]).all():
            raise RiskError("the ids must be ascending, each once")

    def __len__(self) -> int:
        return len(self.ids)

    def fact(self, name: str) -> Floats:
        """Return one fact of each building; NaN where it is not known."""
        found = self.facts.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def where(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Buildings":
        """Return some of them; row numbers must ascend."""
        facts = {name: values[which] for name, values in self.facts.items()}
        return Buildings(
            self.ids[which],
            self.community[which],
            self.category[which],
            self.xy[which],
            facts,
            self.year,
        )

    def having(self, **facts: Floats) -> "Buildings":
        """Return them with other facts."""
        return Buildings(
            self.ids, self.community, self.category, self.xy, {**self.facts, **facts}, self.year
        )


@dataclass(frozen=True, slots=True)
class Raster:
    """Expected events in each square cell; row 0 is the southernmost.

    Attributes
    ----------
    values : ndarray of float32, shape (ny, nx)
        Expected events of 4 weeks; NaN outside the study area.
    west, south
        Of the south-western corner, metres, EPSG:4549.
    cell_m
        Side of a cell in metres.
    """

    values: Singles
    west: float
    south: float
    cell_m: float


@dataclass(frozen=True, slots=True)
class Model:
    """Weights, and how many events they spread.

    Attributes
    ----------
    base : mapping of BuildingCategory to float
        ln of how often a building of the category has an event, relative to the others.
    weight : mapping of str to float
        By the keys of the terms; not negative: more of a hazard never lowers a score.
    mean : mapping of str to float
        Mean of each term over the buildings: what is not known counts as this.
    level
        ln of the expected events of a building whose terms are all average.
    at_buildings, elsewhere
        Expected events of 4 weeks.
    learnt_from
        Events that the weights were learnt from.
    sufficient
        False if they rest on published figures and judgement more than on this town.
    """

    base: Mapping[BuildingCategory, float]
    weight: Mapping[str, float]
    mean: Mapping[str, float]
    mean_base: float
    level: float
    at_buildings: float
    elsewhere: float
    learnt_from: int
    sufficient: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected alarms that matter in the next 4 weeks, as they could be known at a moment.

    Attributes
    ----------
    week
        Monday (Asia/Shanghai) before which it was made; None for the present.
    as_of
        Nothing later is in it (UTC).
    ids : ndarray of str, shape (n,)
    expected : ndarray of float32, shape (n,)
        Events of 4 weeks at each building.
    contributions : ndarray of float32, shape (n, 1 + terms)
        What the category and each term add to ln of expected, against an average building.
    terms : sequence of str
        Their keys, ``category`` first.
    surface : Raster
        Buildings and elsewhere.
    """

    week: date | None
    as_of: datetime
    model: Model
    ids: NDArray[np.str_]
    expected: Singles
    contributions: Singles
    terms: Sequence[str]
    surface: Raster

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, building_id: str) -> int | None:
        """Return which row a building is; None if it is not in the forecast."""
        return row_of(self.ids, building_id)


def row_of(ids: NDArray[np.str_], building_id: str) -> int | None:
    """Return which row a building has among ascending ids; None if it has none."""
    row = int(np.searchsorted(ids, building_id))
    return row if row < len(ids) and ids[row] == building_id else None
