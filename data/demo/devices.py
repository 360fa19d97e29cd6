"""The devices: how many of each kind, in which building, where in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.demo.buildings import CATEGORIES, Buildings, morton
from data.demo.facilities import Facilities, land_of
from data.demo.land import Array, Ints, Land, degrees, shares, stream
from data.demo.roads import Street
from data.domain.words import BuildingCategory as C
from data.domain.words import DeviceKind as K
from data.feeds.physics import conditions

KINDS: Final = tuple(K)
USUAL_DEVICES: Final = 6000
SHARE: Final[dict[K, float]] = {
    K.SMOKE: 0.46,
    K.GAS: 0.10,
    K.HEAT: 0.07,
    K.PRESSURE: 0.05,
    K.LEVEL: 0.02,
    K.ELECTRICAL: 0.14,
    K.CAMERA: 0.05,
    K.TRANSMITTER: 0.03,
    K.CHARGER: 0.08,
}
INTERVAL_S: Final[dict[K, int]] = {
    K.SMOKE: 180,
    K.GAS: 180,
    K.HEAT: 180,
    K.PRESSURE: 120,
    K.LEVEL: 120,
    K.ELECTRICAL: 120,
    K.CAMERA: 60,
    K.TRANSMITTER: 60,
    K.CHARGER: 120,
}
PREFIX: Final[dict[K, str]] = {
    K.SMOKE: "SMK",
    K.GAS: "GAS",
    K.HEAT: "HEA",
    K.PRESSURE: "PRS",
    K.LEVEL: "LVL",
    K.ELECTRICAL: "ELE",
    K.CAMERA: "CAM",
    K.TRANSMITTER: "UTD",
    K.CHARGER: "CHG",
}
LABEL: Final[dict[K, str]] = {
    K.SMOKE: "独立烟感",
    K.GAS: "可燃气体探测器",
    K.HEAT: "感温探测器",
    K.PRESSURE: "水压监测",
    K.LEVEL: "液位监测",
    K.ELECTRICAL: "电气火灾监控",
    K.CAMERA: "摄像机",
    K.TRANSMITTER: "用户信息传输装置",
    K.CHARGER: "电动自行车充电桩",
}
_LARGE: Final = (
    C.INDUSTRIAL,
    C.WAREHOUSE,
    C.LOGISTICS,
    C.PUBLIC_ASSEMBLY,
    C.SCHOOL,
    C.MEDICAL,
    C.CARE,
)
#: Where a kind is put, relative to other buildings; multiplied by the storeys for smoke detectors.
WEIGHT: Final[dict[K, Mapping[C, float]]] = {
    K.SMOKE: {
        **dict.fromkeys(C, 1.0),
        C.POWER: 0.5,
        C.WATER: 0.3,
        C.HERITAGE: 1.8,
        C.RESIDENTIAL: 0.7,
    },
    K.GAS: {
        C.RENTAL: 1.0,
        C.SMALL_UNIT: 1.3,
        C.PUBLIC_ASSEMBLY: 2.0,
        C.THREE_IN_ONE: 0.7,
        C.RESIDENTIAL: 0.7,
        C.SCHOOL: 2.0,
        C.CARE: 2.0,
        C.MEDICAL: 0.5,
        C.INDUSTRIAL: 0.6,
    },
    K.HEAT: {**dict.fromkeys(_LARGE, 2.2), C.THREE_IN_ONE: 0.9, C.SMALL_UNIT: 0.3, C.POWER: 1.0},
    K.PRESSURE: {**dict.fromkeys(_LARGE, 1.5), C.RESIDENTIAL: 0.5, C.WATER: 4.0, C.BANK: 0.3},
    K.LEVEL: {**dict.fromkeys(_LARGE, 0.8), C.RESIDENTIAL: 0.4, C.WATER: 5.0},
    K.ELECTRICAL: {
        **dict.fromkeys(C, 1.0),
        C.THREE_IN_ONE: 2.2,
        C.INDUSTRIAL: 3.5,
        C.WAREHOUSE: 2.0,
        C.POWER: 4.0,
        C.HERITAGE: 0.6,
    },
    K.CAMERA: {
        **dict.fromkeys(_LARGE, 1.6),
        C.HERITAGE: 0.3,
        C.BANK: 2.0,
        C.POWER: 1.0,
        C.WATER: 1.0,
        C.RENTAL: 0.06,
    },
    K.TRANSMITTER: {
        **dict.fromkeys(_LARGE, 1.2),
        C.THREE_IN_ONE: 0.25,
        C.RESIDENTIAL: 0.4,
        C.BANK: 1.2,
        C.POWER: 1.0,
    },
    K.CHARGER: {C.RENTAL: 1.0, C.RESIDENTIAL: 2.0, C.SCHOOL: 1.5, C.INDUSTRIAL: 1.5},
}
HYDRANT_SHARE: Final = 0.45
STREET_CAMERAS: Final = 0.40
DISABLED_SHARE: Final = 0.009
#: Installed before the history begins; the rest week by week, as the programme goes on.
EARLY_SHARE: Final = 0.45
HISTORY_DAYS: Final = 728
SETTLED_DAYS: Final = 10


@dataclass(frozen=True, slots=True)
class Devices:
    """All devices in the order of their slots; arrays have one element each."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    locations: tuple[str, ...]
    #: Index into ``KINDS``.
    kind: Ints
    #: Index of the building, -1 for none, and of the community.
    building: Ints
    land: Ints
    lonlat: Array
    interval_s: Ints
    disabled: NDArray[np.bool_]
    #: Days from the start of the history to the installation; negative: before it.
    installed: Ints
    #: Values of :class:`data.feeds.physics.Condition`.
    condition: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, *kinds: K) -> Ints:
        """Return the indices of the devices of these kinds."""
        return np.flatnonzero(np.isin(self.kind, [KINDS.index(kind) for kind in kinds]))


@dataclass(frozen=True, slots=True)
class _Put:
    """Devices put somewhere: kind, building, hydrant (-1 for none), community, point in metres."""

    kind: Ints
    building: Ints
    hydrant: Ints
    land: Ints
    xy: Array


def make_devices(
    count: int,
    buildings: Buildings,
    facilities: Facilities,
    lands: Sequence[Land],
    streets: Sequence[Street],
    seed: int,
) -> Devices:
    """Return exactly ``count`` devices, and set the hydrants' ``device_id``."""
    rng = stream(seed, "devices")
    put = _put(count, buildings, facilities, lands, streets, rng)
    order = np.lexsort((put.kind, morton(put.xy), put.building, np.where(put.building < 0, 1, 0)))
    kind, building = put.kind[order], put.building[order]
    numbers = _running(kind)
    ids = tuple(f"XT-{PREFIX[KINDS[k]]}-{n + 1:06d}" for k, n in zip(kind, numbers, strict=True))
    for slot, hydrant in enumerate(put.hydrant[order]):
        if hydrant >= 0:
            facilities.hydrants[hydrant]["device_id"] = ids[slot]
    slower = max(1.0, count / USUAL_DEVICES)
    interval = np.array([INTERVAL_S[k] for k in KINDS])[kind] * slower
    within = _running(kind + len(KINDS) * building)
    names = tuple(f"{LABEL[KINDS[k]]} {n + 1:02d}" for k, n in zip(kind, within, strict=True))
    return Devices(
        ids,
        names,
        _locations(kind, building, within, put.hydrant[order], buildings, rng),
        kind,
        building,
        put.land[order],
        degrees(put.xy[order]),
        np.round(interval).astype(np.int64),
        rng.random(count) < DISABLED_SHARE,
        _installed(count, rng),
        conditions(ids, [KINDS[k] for k in kind], seed),
    )


def _put(
    count: int,
    buildings: Buildings,
    facilities: Facilities,
    lands: Sequence[Land],
    streets: Sequence[Street],
    rng: np.random.Generator,
) -> _Put:
    numbers = shares([SHARE[kind] for kind in KINDS], count)
    at_hydrants = min(
        round(HYDRANT_SHARE * numbers[KINDS.index(K.PRESSURE)]), len(facilities.hydrants)
    )
    on_streets = round(STREET_CAMERAS * numbers[KINDS.index(K.CAMERA)])
    outside = {K.PRESSURE: at_hydrants, K.CAMERA: on_streets}
    kinds, where = [], []
    for index, kind in enumerate(KINDS):
        inside = int(numbers[index]) - outside.get(kind, 0)
        where.append(_among(buildings, kind, inside, rng))
        kinds.append(np.full(inside, index))
    building = np.concatenate(where)
    hydrant = np.sort(rng.choice(len(facilities.hydrants), at_hydrants, replace=False))
    posts = _street_points(streets, lands, on_streets, rng)
    none = np.full(at_hydrants + on_streets, -1)
    return _Put(
        np.concatenate(
            [
                *kinds,
                np.full(at_hydrants, KINDS.index(K.PRESSURE)),
                np.full(on_streets, KINDS.index(K.CAMERA)),
            ]
        ),
        np.concatenate([building, none]),
        np.concatenate([np.full(len(building), -1), hydrant, np.full(on_streets, -1)]),
        np.concatenate(
            [
                buildings.plots.land[building],
                facilities.hydrant_land[hydrant],
                land_of(posts, lands),
            ]
        ),
        np.vstack([buildings.plots.inside(building, rng), facilities.hydrant_xy[hydrant], posts]),
    )


def _among(buildings: Buildings, kind: K, count: int, rng: np.random.Generator) -> Ints:
    """Return the building of each device of a kind: in proportion to the weights, spread evenly."""
    by_category = np.array([WEIGHT[kind].get(c, 0.0) for c in CATEGORIES])
    weight = by_category[buildings.category]
    if kind is K.SMOKE:
        weight = weight * np.clip(buildings.storeys, 1, 9)
    if kind is K.CHARGER:
        weight = weight * buildings.charging_present
    if not weight.any():
        weight = np.ones(len(buildings))
    marks = (np.arange(count) + rng.random()) / max(count, 1)
    return np.searchsorted(np.cumsum(weight) / weight.sum(), marks).clip(0, len(buildings) - 1)


def _street_points(
    streets: Sequence[Street], lands: Sequence[Land], count: int, rng: np.random.Generator
) -> Array:
    """Return camera posts by the kerbs of the main roads inside the communities."""
    lines = [street for street in streets if street.main]
    length = np.array([street.line.length for street in lines])
    found: list[Array] = []
    for mark in (np.arange(3 * count) + 0.5) / (3 * count) * length.sum() if count else ():
        which = int(np.searchsorted(np.cumsum(length), mark))
        along = mark - length[:which].sum()
        point = lines[which].line.interpolate(along)
        found.append(np.array([point.x, point.y]) + rng.normal(0, 1, 2) + lines[which].half_width)
    xy = np.array(found).reshape(-1, 2)
    usable = np.flatnonzero(land_of(xy, lands) >= 0)
    return (
        np.asarray(xy[usable[np.linspace(0, len(usable) - 1, count).astype(int)]]) if count else xy
    )


def _running(group: Ints) -> Ints:
    """Return how many of the same group come before each element."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    within = np.arange(len(group)) - np.repeat(starts, np.diff([*starts, len(group)]))
    running = np.empty(len(group), dtype=np.int64)
    running[order] = within
    return running


def _installed(count: int, rng: np.random.Generator) -> Ints:
    day = rng.integers(0, HISTORY_DAYS - SETTLED_DAYS, count)
    early = rng.random(count) < EARLY_SHARE
    return np.asarray(np.where(early, -rng.integers(1, 500, count), day))


def _locations(
    kind: Ints,
    building: Ints,
    within: Ints,
    hydrant: Ints,
    buildings: Buildings,
    rng: np.random.Generator,
) -> tuple[str, ...]:
    storeys = np.where(building >= 0, buildings.storeys[building], 1)
    floor = 1 + within % storeys
    room = 1 + rng.integers(0, 8, len(kind))
    category = np.where(building >= 0, buildings.category[building], 0)
    return tuple(
        _location(
            KINDS[kind[i]],
            CATEGORIES[category[i]],
            int(floor[i]),
            int(room[i]),
            outside=building[i] < 0,
        )
        for i in range(len(kind))
    )


_ROOMS: Final[dict[C, tuple[str, ...]]] = {
    C.INDUSTRIAL: (
        "裁剪车间",
        "缝纫车间",
        "整烫车间",
        "包装车间",
        "面料间",
        "楼梯口",
        "走廊",
        "办公室",
    ),
    C.WAREHOUSE: ("A区", "B区", "C区", "D区", "装卸区", "楼梯口", "货架区", "值班室"),
    C.LOGISTICS: ("分拣区", "A区", "B区", "装卸区", "充电区", "办公室", "货架区", "通道"),
    C.SCHOOL: ("教室", "实验室", "图书室", "走廊", "办公室", "宿舍", "楼梯口", "食堂"),
    C.THREE_IN_ONE: ("作坊", "住宿间", "楼梯口", "仓储间", "厨房", "作坊", "走廊", "住宿间"),
    C.HERITAGE: ("厅堂", "东厢", "西厢", "榉头", "后厅", "天井", "阁楼", "门厅"),
    C.PUBLIC_ASSEMBLY: ("大厅", "包间", "走廊", "厨房", "仓库", "楼梯口", "前台", "办公室"),
    C.SMALL_UNIT: ("店面", "仓储间", "后厨", "楼梯口", "店面", "阁楼", "收银台", "后间"),
}
_SPOTS: Final[dict[K, str]] = {
    K.ELECTRICAL: "配电箱",
    K.PRESSURE: "末端试水装置",
    K.LEVEL: "消防水池",
    K.TRANSMITTER: "消防控制室",
    K.CAMERA: "出入口",
}


def _location(kind: K, category: C, floor: int, room: int, *, outside: bool) -> str:
    if outside:
        return "市政消火栓" if kind is K.PRESSURE else "道路监控杆"
    if kind is K.CHARGER:
        return f"充电棚 {room} 号位"
    if kind is K.GAS:
        return f"{floor}层 厨房"
    if kind in {K.LEVEL, K.TRANSMITTER, K.CAMERA}:
        return f"1层 {_SPOTS[kind]}"
    if kind in _SPOTS:
        return f"{floor}层 {_SPOTS[kind]}"
    rooms = _ROOMS.get(category)
    return f"{floor}层 {floor}0{room}室" if rooms is None else f"{floor}层 {rooms[room - 1]}"


def device_rows(
    devices: Devices, buildings: Buildings, lands: Sequence[Land], first_day: date
) -> list[dict[str, Any]]:
    """Return the rows of the table ``device``."""
    return [
        {
            "id": devices.ids[slot],
            "slot": slot,
            "kind": KINDS[devices.kind[slot]],
            "name": devices.names[slot],
            "location": devices.locations[slot],
            "building_id": buildings.ids[devices.building[slot]]
            if devices.building[slot] >= 0
            else None,
            "community_code": lands[devices.land[slot]].code,
            "lon": float(devices.lonlat[slot, 0]),
            "lat": float(devices.lonlat[slot, 1]),
            "interval_s": int(devices.interval_s[slot]),
            "disabled": bool(devices.disabled[slot]),
            "installed_at": (first_day + timedelta(days=int(devices.installed[slot]))).isoformat(),
            "demo": True,
        }
        for slot in range(len(devices))
    ]
