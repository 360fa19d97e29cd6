"""The buildings: what stands on each footprint, its name, address, storeys and people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.demo.clusters import Zone
from data.demo.land import Array, Ints, Land, degrees, shares, stream, wkb_in_degrees
from data.demo.plots import Plots
from data.demo.roads import Street
from data.demo.sites import Wish
from data.domain.words import BuildingCategory as C

CATEGORIES: Final = tuple(C)
#: What a zone's lots become, where the community has no mix of its own.
_MIX: Final[dict[Zone, Mapping[C, float]]] = {
    Zone.ROADSIDE: {
        C.SMALL_UNIT: 0.42,
        C.THREE_IN_ONE: 0.24,
        C.RENTAL: 0.16,
        C.PUBLIC_ASSEMBLY: 0.10,
        C.LOGISTICS: 0.03,
        C.MEDICAL: 0.03,
        C.BANK: 0.02,
    },
    Zone.INDUSTRY: {C.INDUSTRIAL: 0.76, C.WAREHOUSE: 0.18, C.LOGISTICS: 0.06},
    Zone.HERITAGE: {C.HERITAGE: 1.0},
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What buildings of a category are like: name, sectors, storeys and years (least, most)."""

    word: str
    sectors: tuple[str, ...]
    storeys: tuple[int, int]
    years: tuple[int, int]


KINDS: Final[dict[C, Kind]] = {
    C.THREE_IN_ONE: Kind(
        "三合一作坊", ("服装加工", "鞋材加工", "电商", "针织"), (3, 6), (1995, 2016)
    ),
    C.PUBLIC_ASSEMBLY: Kind(
        "公众聚集场所", ("餐饮", "网吧", "KTV", "健身", "宾馆"), (2, 5), (1998, 2019)
    ),
    C.RENTAL: Kind("出租屋", ("居住出租",), (3, 7), (1992, 2018)),
    C.RESIDENTIAL: Kind("住宅", ("自建住宅",), (2, 5), (1994, 2020)),
    C.SCHOOL: Kind("学校", ("教育",), (3, 6), (1988, 2019)),
    C.MEDICAL: Kind("卫生所", ("医疗",), (2, 5), (1995, 2019)),
    C.CARE: Kind("敬老院", ("养老",), (2, 5), (1999, 2020)),
    C.HERITAGE: Kind("古厝", ("传统民居",), (1, 2), (1880, 1946)),
    C.BANK: Kind("银行网点", ("银行",), (2, 6), (1998, 2018)),
    C.LOGISTICS: Kind("物流仓", ("快递物流", "货运"), (1, 3), (2005, 2022)),
    C.POWER: Kind("变电站", ("变电",), (1, 2), (1996, 2019)),
    C.WATER: Kind("供水泵站", ("供水",), (1, 2), (1993, 2017)),
    C.INDUSTRIAL: Kind(
        "服装厂", ("服装制造", "服装制造", "服装制造", "鞋业", "纺织", "机械"), (2, 6), (1997, 2021)
    ),
    C.WAREHOUSE: Kind("仓库", ("成品仓", "面料仓", "原料仓"), (1, 3), (1999, 2021)),
    C.SMALL_UNIT: Kind("小单位", ("零售", "小餐饮", "美发", "五金", "汽修"), (1, 4), (1994, 2018)),
}
_HOUSES: Final = frozenset({C.RENTAL, C.HERITAGE, C.RESIDENTIAL})
_SECTOR_WORD: Final = {"鞋业": "鞋厂", "纺织": "纺织厂", "机械": "机械厂"}
_TOWER_STOREYS: Final = (11, 26)
#: People of the whole sub-district (2010 census, ``data/reference/SOURCES.md``).
PEOPLE: Final = 67_040
CHARGING_FROM_RESIDENTS: Final = 10
CHARGING_SHARE: Final = 0.62
#: From here on a company is no small unit.
SMALL_M2: Final = 300.0


@dataclass(frozen=True, slots=True)
class Buildings:
    """All buildings, by community and then by place; arrays have one element each."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    sectors: tuple[str, ...]
    plots: Plots
    #: Index into ``CATEGORIES``.
    category: Ints
    storeys: Ints
    residents: Ints
    year: Ints
    charging_required: NDArray[np.bool_]
    charging_present: NDArray[np.bool_]
    #: Longitude and latitude, shape (n, 2).
    lonlat: Array

    def __len__(self) -> int:
        return len(self.ids)

    def among(self, *categories: C) -> NDArray[np.bool_]:
        """Return which buildings are of these categories."""
        return np.isin(self.category, [CATEGORIES.index(c) for c in categories])


def make_buildings(
    plots: Plots,
    wishes: Sequence[Wish],
    lands: Sequence[Land],
    streets: Sequence[Street],
    seed: int,
) -> Buildings:
    """Return the buildings on the plots; the first ``len(wishes)`` plots are the sites."""
    rng = stream(seed, "buildings")
    category, sectors, words, labels = _uses(plots, wishes, lands, rng)
    towers = np.array([i < len(wishes) and wishes[i].towers > 0 for i in range(len(plots))])
    order = np.lexsort((morton(np.column_stack([plots.x, plots.y])), plots.land))
    plots, category, towers = plots.take(order), category[order], towers[order]
    sectors, words, labels = ([part[i] for i in order] for part in (sectors, words, labels))
    storeys, year = _age(category, towers, rng)
    residents = _residents(category, storeys, towers, rng)
    required = (residents >= CHARGING_FROM_RESIDENTS) | (
        np.isin(category, [CATEGORIES.index(C.SCHOOL), CATEGORIES.index(C.INDUSTRIAL)])
    )
    return Buildings(
        tuple(f"B{i + 1:06d}" for i in range(len(plots))),
        _names(words, labels, category, [lands[i].name for i in plots.land]),
        _addresses(plots, lands, streets),
        tuple(sectors),
        plots,
        category,
        storeys,
        residents,
        year,
        required,
        required & (rng.random(len(plots)) < CHARGING_SHARE),
        degrees(np.column_stack([plots.x, plots.y])),
    )


def morton(xy: Array, cell_m: float = 40.0) -> Ints:
    """Return a number for each point such that near points have near numbers (Z-order curve)."""
    cells = ((xy - xy.min(axis=0)) / cell_m).astype(np.int64)
    code = np.zeros(len(xy), dtype=np.int64)
    for bit in range(12):
        code |= ((cells[:, 0] >> bit) & 1) << (2 * bit)
        code |= ((cells[:, 1] >> bit) & 1) << (2 * bit + 1)
    return code


def _uses(
    plots: Plots, wishes: Sequence[Wish], lands: Sequence[Land], rng: np.random.Generator
) -> tuple[Ints, list[str], list[str], list[str]]:
    """Return category, sector, word for what it is, and own name ("" for none) of every plot."""
    category = np.zeros(len(plots), dtype=np.int64)
    for land in range(len(lands)):
        for zone in (Zone.VILLAGE, Zone.ROADSIDE):
            mix = lands[land].character.mix if zone is Zone.VILLAGE else _MIX[zone]
            own = np.flatnonzero((plots.land == land) & (plots.zone == int(zone)))
            category[own] = _drawn(mix, len(own), rng)
    for zone in (Zone.INDUSTRY, Zone.HERITAGE):
        own = np.flatnonzero(plots.zone == int(zone))
        category[own] = _drawn(_MIX[zone], len(own), rng)
    draws = rng.integers(0, 60, len(plots))
    for i, wish in enumerate(wishes):
        category[i] = CATEGORIES.index(wish.category)
    kinds = [KINDS[CATEGORIES[c]] for c in category]
    sectors = [
        kind.sectors[draw % len(kind.sectors)] for kind, draw in zip(kinds, draws, strict=True)
    ]
    words = [_SECTOR_WORD.get(s, kind.word) for s, kind in zip(sectors, kinds, strict=True)]
    labels = [""] * len(plots)
    for i, wish in enumerate(wishes):
        sectors[i] = wish.sector
        place = "" if wish.real else lands[wish.land].name
        tower = f" {int(plots.rank[i]) + 1} 号楼" if wish.towers else ""
        labels[i] = f"{place}{wish.name}{tower}" if wish.real or tower else ""
        words[i] = wish.name
    return category, sectors, words, labels


def _drawn(mix: Mapping[C, float], count: int, rng: np.random.Generator) -> Ints:
    """Return shuffled categories in the exact shares of a mix."""
    if count == 0:
        return np.empty(0, dtype=np.int64)
    numbers = shares(list(mix.values()), count)
    return rng.permutation(np.repeat([CATEGORIES.index(c) for c in mix], numbers))


def _age(category: Ints, towers: NDArray[np.bool_], rng: np.random.Generator) -> tuple[Ints, Ints]:
    limits = np.array([(*KINDS[c].storeys, *KINDS[c].years) for c in CATEGORIES])[category]
    limits[towers, :2] = _TOWER_STOREYS
    limits[towers, 2:] = (2006, 2022)
    # The middle of the range is the most common.
    u, v = (rng.random((2, len(category))) + rng.random((2, len(category)))) / 2
    storeys = np.floor(limits[:, 0] + u * (limits[:, 1] - limits[:, 0] + 1)).astype(np.int64)
    year = np.floor(limits[:, 2] + v * (limits[:, 3] - limits[:, 2] + 1)).astype(np.int64)
    return storeys, year


def _residents(
    category: Ints, storeys: Ints, towers: NDArray[np.bool_], rng: np.random.Generator
) -> Ints:
    """Return people living in each building; all together not more than the sub-district has."""
    u = rng.random(len(category))
    per_storey = {
        C.RENTAL: (3.0, 9.0),
        C.THREE_IN_ONE: (0.8, 3.2),
        C.RESIDENTIAL: (1.2, 2.6),
        C.CARE: (7, 16),
    }
    people = np.zeros(len(category))
    for c, (least, most) in per_storey.items():
        own = category == CATEGORIES.index(c)
        people[own] = storeys[own] * (least + (most - least) * u[own] ** 1.5)
    people[towers] = storeys[towers] * (5 + 5 * u[towers])
    people *= min(1.0, PEOPLE / max(1.0, people.sum()))
    return np.ceil(people).astype(np.int64)


def _names(
    words: Sequence[str], labels: Sequence[str], category: Ints, places: Sequence[str]
) -> tuple[str, ...]:
    """Return the own names of real places, and numbers by community and word for the others."""
    used: Counter[tuple[str, str]] = Counter()
    names = []
    for word, label, c, place in zip(words, labels, category, places, strict=True):
        used[place, word] += not label
        number = used[place, word]
        house = CATEGORIES[c] in _HOUSES
        numbered = f"{place} {number} 号{word}" if house else f"{place} {word} {number:02d}"
        names.append(label or numbered)
    return tuple(names)


def _addresses(plots: Plots, lands: Sequence[Land], streets: Sequence[Street]) -> tuple[str, ...]:
    return tuple(
        f"{lands[land].name}社区{streets[street].name}{number}号"
        for land, street, number in zip(plots.land, plots.street, plots.number, strict=True)
    )


def building_rows(
    buildings: Buildings, lands: Sequence[Land], grid_ids: Sequence[str], responsible: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows of the table ``building``."""
    plots = buildings.plots
    geometry = wkb_in_degrees(list(plots.polygons()))
    area = plots.width * plots.depth
    small = buildings.among(C.SMALL_UNIT, C.THREE_IN_ONE) & (area < SMALL_M2)
    return [
        {
            "id": buildings.ids[i],
            "name": buildings.names[i],
            "address": buildings.addresses[i],
            "category": CATEGORIES[buildings.category[i]],
            "sector": buildings.sectors[i],
            "community_code": lands[plots.land[i]].code,
            "grid_id": grid_ids[i],
            "storeys": int(buildings.storeys[i]),
            "residents": int(buildings.residents[i]),
            "built_year": int(buildings.year[i]),
            "ebike_charging_required": bool(buildings.charging_required[i]),
            "ebike_charging_present": bool(buildings.charging_present[i]),
            "small_unit": bool(small[i]),
            "responsible_id": responsible[i],
            "lon": float(buildings.lonlat[i, 0]),
            "lat": float(buildings.lonlat[i, 1]),
            "demo": True,
            "geometry": geometry[i],
        }
        for i in range(len(buildings))
    ]
