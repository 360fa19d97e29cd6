"""The ground that the demo town is built on: communities in metres, and what each is like."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.domain.words import BuildingCategory as C
from data.store.models import Community
from geo.crs import geometry_to_metric, to_lonlat, to_metric

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Point = tuple[float, float]

#: Degrees are rounded to a centimetre.
DEGREE_DECIMALS: Final = 7


class DemoError(ValueError):
    """The demo town can't be built here; the message says why."""


@dataclass(frozen=True, slots=True)
class Character:
    """What a community is like.

    Attributes
    ----------
    newcomers
        People who live here without being registered here.
    villages
        Names of its natural villages; each becomes a dense cluster, the first in the middle.
    estates
        Number of industrial estates.
    industry
        Share of its buildings that stand in the industrial estates.
    mix
        Relative weights of the categories in its villages.
    streets
        Real road names that belong here, used before made-up ones.
    """

    newcomers: int = 0
    villages: tuple[str, ...] = ()
    estates: int = 1
    industry: float = 0.08
    mix: Mapping[C, float] = field(default_factory=dict)
    streets: tuple[str, ...] = ()


_MIX: Final[dict[C, float]] = {
    C.RENTAL: 0.60,
    C.THREE_IN_ONE: 0.09,
    C.SMALL_UNIT: 0.22,
    C.RESIDENTIAL: 0.06,
    C.PUBLIC_ASSEMBLY: 0.03,
}
_CENTRE: Final = {**_MIX, C.RENTAL: 0.72, C.THREE_IN_ONE: 0.10, C.SMALL_UNIT: 0.14}
_MARKET: Final = {**_MIX, C.RENTAL: 0.48, C.SMALL_UNIT: 0.30, C.PUBLIC_ASSEMBLY: 0.06}
_QUIET: Final = {**_MIX, C.RENTAL: 0.62, C.THREE_IN_ONE: 0.05, C.SMALL_UNIT: 0.16}
DEFAULT: Final = Character(mix=_QUIET)

#: By short name; what is real in it is in ``data/reference/SOURCES.md``.
CHARACTERS: Final[dict[str, Character]] = {
    "沙塘": Character(1500, ("沙塘", "山透", "西山"), 3, 0.22, _MIX),
    "后库": Character(400, ("后库",), 1, 0.08, _QUIET),
    "后洋": Character(10_000, ("后洋", "后洋东", "后洋西"), 1, 0.10, _CENTRE),
    "杏田": Character(700, ("杏田",), 1, 0.10, _MIX),
    "杏坂": Character(1200, ("沟下坂", "后王"), 1, 0.14, _MIX),
    "塘市": Character(
        1770,
        ("塘市", "前曾"),
        2,
        0.22,
        _MARKET,
        ("村望大道", "新区路", "前曾中路", "前曾东路"),
    ),
    "南塘": Character(600, ("南塘",), 1, 0.12, _MIX),
    "梧林": Character(200, ("梧林东",), 0, 0.0, _QUIET),
    "湖格": Character(300, ("湖格",), 1, 0.06, _QUIET),
    "上郭": Character(4300, ("上郭", "后曾", "塘边", "中乡", "虎啸", "占头"), 1, 0.06, _MARKET),
    "荆山": Character(400, ("荆山",), 1, 0.08, _QUIET),
    "晋良": Character(100, ("晋良",), 0, 0.0, _QUIET, ("良兴路",)),
    "晋新": Character(300, ("晋新",), 1, 0.20, _MARKET, ("晋新路",)),
    "良种场": Character(0, ("良种场",), 0, 0.0, _QUIET),
}


@dataclass(frozen=True, slots=True)
class Land:
    """One community; ``polygon`` and ``centre`` in metres of the EPSG:4549."""

    code: str
    name: str
    population: int
    centre: Point
    polygon: Polygon | MultiPolygon
    character: Character

    @property
    def people(self) -> int:
        """Registered people and newcomers."""
        return self.population + self.character.newcomers


def degrees(xy: Array) -> Array:
    """Return degrees (EPSG:4326), rounded to a centimetre, of metres, shape (n, 2)."""
    return np.round(to_lonlat(xy), DEGREE_DECIMALS)


def points_at(xy: Array) -> NDArray[np.object_]:
    """Return coordinates, shape (n, 2), as points."""
    return np.asarray(shapely.points(xy), dtype=object)


def wkb_in_degrees(geometries: Sequence[BaseGeometry]) -> list[bytes]:
    """Return the WKB in degrees of geometries in metres."""
    moved = shapely.transform(np.asarray(geometries, dtype=object), degrees)
    return [bytes(wkb) for wkb in shapely.to_wkb(moved)]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the random stream of one purpose, so that parts don't disturb each other."""
    words = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng([seed, *words])


def read_lands(session: Session) -> tuple[Land, ...]:
    """Return the communities, by code.

    Raises
    ------
    DemoError
        If there are none: the reference data must be loaded first.
    """
    rows = session.scalars(select(Community).order_by(Community.code)).all()
    if not rows:
        raise DemoError("no communities in the database: load the reference data first")
    return tuple(_land(row) for row in rows)


def _land(row: Community) -> Land:
    polygon = geometry_to_metric(shapely.from_wkb(row.geometry))
    if not isinstance(polygon, Polygon | MultiPolygon):
        raise DemoError(f"the geometry of community {row.code} is no area")
    centre = to_metric(np.array([[row.lon, row.lat]]))[0]
    return Land(
        row.code,
        row.name_short,
        row.population,
        (float(centre[0]), float(centre[1])),
        polygon,
        CHARACTERS.get(row.name_short, DEFAULT),
    )


def shares(weights: Sequence[float] | Array, total: int, *, least: int = 0) -> Ints:
    """Split a total into whole numbers in proportion to weights (largest remainder).

    Parameters
    ----------
    weights
        Not negative, with a positive sum.
    least
        What everybody gets before the rest is split; ``least * len(weights)`` at most ``total``.

    Returns
    -------
    ndarray of int, shape (len(weights),)
        Its sum is exactly ``total``.

    Examples
    --------
    >>> shares([1, 1, 2], 7).tolist()
    [2, 2, 3]
    """
    weight = np.asarray(weights, dtype=float)
    rest = total - least * len(weight)
    exact = rest * weight / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: rest - int(whole.sum())]] += 1
    return np.asarray(whole + least)
