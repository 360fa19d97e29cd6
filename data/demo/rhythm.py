"""When things happen: how often each cause raises alarms, at what hour, in which season."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.demo.land import Array
from data.domain.words import AlarmKind as A
from data.domain.words import DeviceKind as K
from data.feeds.physics import BATTERY_KINDS, Curve, charging, cooking, working

HOURS: Final = np.arange(24, dtype=float) + 0.5


def _flat(hour: Array) -> Array:
    return np.ones_like(hour)


def _cooking(hour: Array) -> Array:
    return 0.08 + cooking(hour)


def _afternoon(hour: Array) -> Array:
    return np.asarray(0.1 + np.exp(-(((hour - 14.5) / 3.2) ** 2)))


def _night(hour: Array) -> Array:
    return np.asarray(0.15 + np.exp(-((((hour - 3 + 12) % 24 - 12) / 3.5) ** 2)))


def _awake(hour: Array) -> Array:
    return np.asarray(0.25 + np.exp(-(((hour - 15) / 6.5) ** 4)))


@dataclass(frozen=True, slots=True)
class Cause:
    """How one cause of alarms behaves in the default town.

    Attributes
    ----------
    per_day
        Alarms a day.
    curve
        Relative frequency by local hour.
    sunday
        Factor on Sundays (work rests, homes cook).
    summer
        Relative swing of the season, highest in July; negative: highest in January.
    value
        Range of the measured value; None when the device only says so.
    clear_min
        Median minutes until the sensor recovers.
    notes
        What people write when they close it.
    """

    cause: str
    kind: A
    devices: frozenset[K]
    per_day: float
    curve: Curve
    sunday: float
    summer: float
    value: tuple[float, float] | None
    clear_min: float
    notes: tuple[str, ...]


_SMOKE = frozenset({K.SMOKE})
_ELECTRICAL = frozenset({K.ELECTRICAL})
_CHARGER = frozenset({K.CHARGER})
_GAS = frozenset({K.GAS})
_FALSE_SMOKE = (
    "做饭油烟误报",
    "室内吸烟",
    "洗浴水汽进入探测器",
    "烧香祭祖",
    "灰尘进入探测器，已清洁",
)

CAUSES: Final[tuple[Cause, ...]] = (
    Cause("smoke_fire", A.FIRE, _SMOKE, 1.45, _cooking, 1.15, -0.15, (15.2, 31), 9, _FALSE_SMOKE),
    Cause(
        "heat_fire",
        A.FIRE,
        frozenset({K.HEAT, K.SMOKE}),
        0.16,
        _afternoon,
        0.7,
        0.3,
        (65.2, 80),
        12,
        ("整烫设备余热", "烘箱开门散热", "锅炉房高温"),
    ),
    Cause(
        "gas_fire",
        A.FIRE,
        _GAS,
        0.25,
        _cooking,
        1.1,
        -0.1,
        (20.5, 42),
        7,
        ("换气瓶时漏气，已通风", "灶具未关严，已关闭", "喷洒酒精误报"),
    ),
    Cause(
        "charger_fire",
        A.FIRE,
        _CHARGER,
        0.10,
        charging,
        1.0,
        0.3,
        (91, 108),
        15,
        ("充电器发热，已断电", "探头贴近充电器"),
    ),
    Cause(
        "cable_fire",
        A.FIRE,
        _ELECTRICAL,
        0.12,
        working,
        0.6,
        0.35,
        (121, 138),
        16,
        ("接线端子松动，已紧固", "探头接触不良误报"),
    ),
    Cause(
        "reported_fire",
        A.FIRE,
        frozenset({K.TRANSMITTER}),
        0.34,
        working,
        0.5,
        0.0,
        None,
        10,
        ("主机误报，现场无异常", "施工粉尘误报", "手动报警按钮误碰"),
    ),
    Cause(
        "smoke_high", A.PREALARM, _SMOKE, 5.0, _cooking, 1.15, -0.15, (8.1, 14.5), 6, _FALSE_SMOKE
    ),
    Cause(
        "heat_high",
        A.PREALARM,
        frozenset({K.HEAT}),
        0.6,
        _afternoon,
        0.6,
        0.45,
        (54.2, 61),
        25,
        ("整烫车间高温，已开窗", "铁皮屋顶暴晒"),
    ),
    Cause(
        "gas_leak",
        A.PREALARM,
        _GAS,
        1.6,
        _cooking,
        1.1,
        -0.1,
        (8.2, 18),
        6,
        ("灶具未关严，已关闭", "软管老化，已更换", "炒菜油烟"),
    ),
    Cause(
        "cable_hot",
        A.PREALARM,
        _ELECTRICAL,
        1.6,
        working,
        0.55,
        0.5,
        (70.5, 96),
        45,
        ("空调集中使用，已错峰", "线路过载，已减负荷"),
    ),
    Cause(
        "leakage",
        A.PREALARM,
        _ELECTRICAL,
        2.3,
        working,
        0.7,
        0.25,
        (302, 620),
        70,
        ("线路受潮，已处理", "设备漏电，已停用检修", "回南天潮湿"),
    ),
    Cause(
        "charger_hot",
        A.PREALARM,
        _CHARGER,
        0.9,
        charging,
        1.0,
        0.4,
        (60.5, 78),
        30,
        ("充电器覆盖物已移开", "夜间集中充电"),
    ),
    Cause(
        "charger_overload",
        A.PREALARM,
        _CHARGER,
        1.3,
        charging,
        1.0,
        0.0,
        (1205, 1680),
        35,
        ("一插座多车充电，已劝离", "大功率充电器"),
    ),
    Cause(
        "battery_low", A.FAULT, BATTERY_KINDS, 5.6, _flat, 1.0, -0.3, (3, 10), 1500, ("更换电池",)
    ),
    Cause(
        "reported_fault",
        A.FAULT,
        frozenset(K),
        8.2,
        _awake,
        0.8,
        0.1,
        None,
        190,
        ("设备重启恢复", "更换探测器", "线路接头氧化，已处理", "信号弱，已加装天线"),
    ),
    Cause(
        "pressure_low",
        A.SUPERVISORY,
        frozenset({K.PRESSURE}),
        2.5,
        _cooking,
        1.0,
        0.2,
        (0.02, 0.099),
        85,
        ("市政降压供水", "管网检修", "阀门未全开，已开启"),
    ),
    Cause(
        "pressure_high",
        A.SUPERVISORY,
        frozenset({K.PRESSURE}),
        0.5,
        _night,
        1.0,
        0.0,
        (1.21, 1.42),
        60,
        ("夜间管网压力偏高", "减压阀已调整"),
    ),
    Cause(
        "level_low",
        A.SUPERVISORY,
        frozenset({K.LEVEL}),
        1.0,
        _awake,
        0.9,
        0.2,
        (0.3, 0.99),
        150,
        ("水池清洗", "补水阀故障，已修复"),
    ),
)
INDEX: Final = {cause.cause: index for index, cause in enumerate(CAUSES)}

_SATURDAY: Final = 5
_SUNDAY: Final = 6


def hour_shares(cause: Cause) -> Array:
    """Return the share of a cause's alarms in each local hour, shape (24,)."""
    curve = cause.curve(HOURS)
    return np.asarray(curve / curve.sum())


def day_factors(cause: Cause, weekday: Array, day_of_year: Array) -> Array:
    """Return how many times its usual rate a cause has on each day.

    Parameters
    ----------
    weekday
        0 is Monday.
    """
    factor = 1 + cause.summer * np.cos(2 * np.pi * (day_of_year - 200) / 365.25)
    factor = np.where(weekday == _SUNDAY, factor * cause.sunday, factor)
    return np.where(weekday == _SATURDAY, factor * (1 + cause.sunday) / 2, factor)
