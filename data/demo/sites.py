"""Places with a site of their own on a main road: school, market, big works, housing estates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from data.demo.clusters import USUAL_BUILDINGS, Zone
from data.demo.land import Array, Land, Point, stream
from data.demo.plots import Plots, join
from data.demo.roads import MAIN_HALF_WIDTH_M, Street, resample
from data.domain.words import BuildingCategory as C

FRONT_M: Final = 7.0
EVERY_M: Final = 18.0
APART_M: Final = 14.0
#: Only sites that belong there come nearer than this to the heritage village.
HERITAGE_M: Final = 190.0
TOWER_M: Final = (30.0, 14.0)
TOWER_GAP_M: Final = (12.0, 24.0)
SHRINK: Final = (1.0, 0.75, 0.55)


@dataclass(frozen=True, slots=True)
class Wish:
    """A site to be found: sides in metres, near a point; ``towers`` makes it a housing estate.

    ``name`` is the whole name of a real place, else the word for what it is.
    """

    name: str
    category: C
    sector: str
    land: int
    size: tuple[float, float]
    near: Point
    towers: int = 0
    cut: bool = False
    real: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the reference data (metres)."""

    name: str
    kind: str
    point: Point


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites found; ``wishes[i]`` describes plot ``i``, ``areas`` are closed to lanes."""

    wishes: tuple[Wish, ...]
    plots: Plots
    areas: tuple[BaseGeometry, ...]


#: How places of the reference data are built: category, sector, sides, towers, L-shaped.
_REAL: Final[dict[str, tuple[C, str, tuple[float, float], int, bool]]] = {
    "government": (C.PUBLIC_ASSEMBLY, "行政办公", (54.0, 26.0), 0, True),
    "factory": (C.INDUSTRIAL, "制造业", (105.0, 72.0), 0, True),
    "residential": (C.RESIDENTIAL, "住宅小区", (0.0, 0.0), 8, False),
    "school": (C.SCHOOL, "小学", (74.0, 46.0), 0, True),
    "temple": (C.HERITAGE, "宗祠", (26.0, 34.0), 0, False),
    "market": (C.PUBLIC_ASSEMBLY, "农贸市场", (62.0, 40.0), 0, False),
}
_LARGE_WORKS: Final = {"集成电路": (230.0, 150.0)}
#: Made-up ones: word, category, sector, sides, how many in the default town, L-shaped.
_MADE_UP: Final[tuple[tuple[str, C, str, tuple[float, float], int, bool], ...]] = (
    ("学校", C.SCHOOL, "小学", (62.0, 40.0), 7, True),
    ("幼儿园", C.SCHOOL, "幼儿园", (34.0, 24.0), 6, True),
    ("卫生服务站", C.MEDICAL, "社区卫生", (24.0, 14.0), 6, False),
    ("敬老院", C.CARE, "养老", (36.0, 22.0), 5, True),
    ("变电站", C.POWER, "变电", (30.0, 20.0), 5, False),
    ("供水泵站", C.WATER, "供水", (24.0, 16.0), 3, False),
    ("物流仓", C.LOGISTICS, "快递物流", (84.0, 42.0), 6, False),
    ("银行网点", C.BANK, "银行", (18.0, 13.0), 6, False),
    ("商业广场", C.PUBLIC_ASSEMBLY, "商场", (58.0, 38.0), 3, True),
)
_ESTATES: Final[tuple[tuple[str, int], ...]] = (("沙塘", 6), ("后洋", 8), ("塘市", 6), ("晋新", 4))


def find_sites(
    lands: Sequence[Land],
    roads: Sequence[Street],
    places: Sequence[Place],
    buildings: int,
    seed: int,
) -> Sites:
    """Return the sites that have room; each fronts a main road and crosses none."""
    rng = stream(seed, "sites")
    wishes = [*_real_wishes(lands, places), *_made_up_wishes(lands, buildings, rng)]
    heritage = [place.point for place in places if place.kind == "heritage"]
    finder = _Finder(lands, roads, heritage, rng)
    kept: list[Wish] = []
    parts: list[Plots] = []
    for wish in wishes:
        plots = finder.find(wish)
        if plots is not None:
            kept.extend([wish] * len(plots))
            parts.append(plots)
    return Sites(tuple(kept), join(parts), tuple(finder.taken))


def _real_wishes(lands: Sequence[Land], places: Sequence[Place]) -> list[Wish]:
    wishes = []
    for place in places:
        land = next(
            (
                i
                for i, land in enumerate(lands)
                if land.polygon.contains(shapely.Point(place.point))
            ),
            None,
        )
        if land is None or place.kind not in _REAL:
            continue
        category, sector, size, towers, cut = _REAL[place.kind]
        for word, large in _LARGE_WORKS.items():
            size = large if word in place.name else size
        wishes.append(
            Wish(place.name, category, sector, land, size, place.point, towers, cut, True)
        )
    return wishes


def _made_up_wishes(lands: Sequence[Land], buildings: int, rng: np.random.Generator) -> list[Wish]:
    scale = math.sqrt(min(buildings / USUAL_BUILDINGS, 9.0))
    people = np.array([land.people for land in lands], dtype=float)
    index = {land.name: i for i, land in enumerate(lands)}
    wishes = [
        Wish(
            "住宅小区",
            C.RESIDENTIAL,
            "住宅小区",
            index[name],
            (0.0, 0.0),
            lands[index[name]].centre,
            towers,
        )
        for name, towers in _ESTATES
        if name in index
    ]
    for word, category, sector, size, usual, cut in _MADE_UP:
        for _ in range(max(1, round(usual * scale))):
            land = int(rng.choice(len(lands), p=people / people.sum()))
            x, y = lands[land].centre
            dx, dy = rng.normal(0, 420, 2)
            wishes.append(Wish(word, category, sector, land, size, (x + dx, y + dy), 0, cut))
    return wishes


class _Finder:
    """Looks along the main roads for the nearest free frontage."""

    def __init__(
        self,
        lands: Sequence[Land],
        roads: Sequence[Street],
        heritage: Sequence[Point],
        rng: np.random.Generator,
    ) -> None:
        self._rng = rng
        self._heritage = heritage
        self._roads = STRtree([road.line for road in roads])
        self._fronts = _fronts(roads)
        self._inside = [land.polygon.buffer(-12.0) for land in lands]
        self.taken: list[BaseGeometry] = []

    def find(self, wish: Wish) -> Plots | None:
        """Return the plots of the wish where it fits, smaller if need be; None if nowhere."""
        for shrink in SHRINK:
            width, depth = _outer(wish)
            frame = self._frame(wish, width * shrink, depth * shrink)
            order = np.argsort(
                np.hypot(frame.x - wish.near[0], frame.y - wish.near[1]), kind="stable"
            )
            polygons = frame.grown(1.0).polygons()
            for i in order[:220]:
                if self._free(polygons[i], wish):
                    self.taken.append(polygons[i])
                    one = frame.take(np.array([i]))
                    return _towers(one, wish.towers) if wish.towers else one
        return None

    def _frame(self, wish: Wish, width: float, depth: float) -> Plots:
        """Return the site at every frontage."""
        x, y, ux, uy, road, number = self._fronts.T
        back = MAIN_HALF_WIDTH_M + FRONT_M + depth / 2
        one, none = np.ones(len(x)), np.zeros(len(x))
        share = self._rng.uniform(0.3, 0.5) if wish.cut else 0.0
        whole = np.zeros(len(x), dtype=np.int64)
        return Plots(
            x - uy * back,
            y + ux * back,
            ux,
            uy,
            width * one,
            depth * one,
            share * one,
            share * one,
            one,
            whole + int(Zone.SITE),
            whole + wish.land,
            road.astype(np.int64),
            number.astype(np.int64),
            none,
        )

    def _free(self, polygon: BaseGeometry, wish: Wish) -> bool:
        if not self._inside[wish.land].contains(polygon):
            return False
        if len(self._roads.query(polygon, predicate="dwithin", distance=MAIN_HALF_WIDTH_M + 2.0)):
            return False
        if wish.category is not C.HERITAGE and any(
            polygon.distance(shapely.Point(p)) < HERITAGE_M for p in self._heritage
        ):
            return False
        return all(polygon.distance(other) > APART_M for other in self.taken)


def _outer(wish: Wish) -> tuple[float, float]:
    if not wish.towers:
        return wish.size
    columns, rows = _columns(wish.towers)
    return (
        columns * (TOWER_M[0] + TOWER_GAP_M[0]) + 6.0,
        rows * (TOWER_M[1] + TOWER_GAP_M[1]) + 2.0,
    )


def _columns(towers: int) -> tuple[int, int]:
    columns = max(1, round(math.sqrt(towers)))
    return columns, -(-towers // columns)


def _towers(site: Plots, towers: int) -> Plots:
    """Return the towers of an estate in rows; their ``rank`` counts them."""
    columns, rows = _columns(towers)
    cell = np.arange(towers)
    across = (2 * (cell % columns) + 1) / columns - 1
    back = (2 * (cell // columns) + 1) / rows - 1
    same = site.take(np.zeros(towers, dtype=np.int64))
    xy = same.at(across, back)
    shrink = min(1.0, float(site.width[0]) / (columns * (TOWER_M[0] + TOWER_GAP_M[0]) + 6.0))
    size = np.tile(np.array(TOWER_M)[:, None], towers)
    return replace(
        same,
        x=xy[:, 0],
        y=xy[:, 1],
        width=size[0] * shrink,
        depth=size[1] * shrink,
        rank=cell.astype(float),
    )


def _fronts(roads: Sequence[Street]) -> Array:
    """Return frontages: point, direction with the site on its left, road, house number; (n, 6)."""
    found = []
    for index, road in enumerate(roads):
        points = resample(shapely.get_coordinates(road.line), EVERY_M)
        step = np.gradient(points, axis=0)
        step /= np.hypot(*step.T)[:, None]
        number = 2 * np.arange(len(points))
        for side in (1, -1):
            about = np.column_stack([np.full(len(points), index), number + (1 if side > 0 else 2)])
            found.append(np.hstack([points, side * step, about]))
    return np.vstack(found)
