"""What devices measure: daily curves, slow drift, excursions. Pure functions on arrays.

The demo town's past and the simulator's present use the same physics and the same traits of each
device, so that the present goes on where the past ended.
"""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.words import DeviceKind

Array = NDArray[np.float64]
#: How much of something there is at local hours of the day.
Curve = Callable[[Array], Array]

TRAITS: Final = 3
#: Digits a device sends of each value.
DECIMALS: Final[dict[str, int]] = {
    "temperature_c": 1,
    "smoke_pct": 2,
    "gas_lel_pct": 2,
    "pressure_mpa": 3,
    "level_m": 2,
    "residual_current_ma": 1,
    "power_w": 0,
    "battery_pct": 0,
}
#: Scatter from one message to the next, as a standard deviation in the value's unit.
NOISE: Final[dict[str, float]] = {
    "temperature_c": 0.25,
    "smoke_pct": 0.06,
    "gas_lel_pct": 0.05,
    "pressure_mpa": 0.004,
    "level_m": 0.01,
    "residual_current_ma": 2.0,
    "power_w": 25.0,
    "battery_pct": 0.0,
}
LOWEST: Final[dict[str, float]] = {"temperature_c": -20.0}

BATTERY_KINDS: Final = frozenset(
    {DeviceKind.SMOKE, DeviceKind.HEAT, DeviceKind.PRESSURE, DeviceKind.LEVEL}
)
SUPPLY_KINDS: Final = frozenset({DeviceKind.PRESSURE, DeviceKind.LEVEL})


class Condition(IntEnum):
    """A lasting state of a device that is not healthy."""

    HEALTHY = 0
    SILENT = 1
    LOW_BATTERY = 2
    LOW_SUPPLY = 3
    BROKEN = 4


@dataclass(frozen=True, slots=True)
class Share:
    """How many devices are in a condition: a share of all, but not more than ``most``."""

    condition: Condition
    share: float
    most: int
    kinds: frozenset[DeviceKind]


_EVERY: Final = frozenset(DeviceKind)
SHARES: Final = (
    Share(Condition.SILENT, 0.008, 100_000, _EVERY),
    Share(Condition.LOW_BATTERY, 0.0018, 40, BATTERY_KINDS),
    Share(Condition.LOW_SUPPLY, 0.0008, 15, SUPPLY_KINDS),
    Share(Condition.BROKEN, 0.0014, 40, _EVERY),
)


def conditions(ids: Sequence[str], kinds: Sequence[DeviceKind], seed: int) -> NDArray[np.int64]:
    """Return the lasting condition of each device, the same at every start.

    Parameters
    ----------
    ids, kinds
        Of all devices, in the same order.

    Returns
    -------
    ndarray of int, shape (n,)
        Values of :class:`Condition`.
    """
    keys = np.array([zlib.crc32(f"{seed}:{device_id}".encode()) for device_id in ids])
    found = np.full(len(keys), int(Condition.HEALTHY))
    for share in SHARES:
        able = np.array([kind in share.kinds for kind in kinds], dtype=bool)
        free = np.flatnonzero(able & (found == int(Condition.HEALTHY)))
        count = min(round(share.share * len(keys)), share.most, len(free))
        first = free[np.argsort(keys[free], kind="stable")][:count]
        found[first] = int(share.condition)
    return found


def traits(ids: Sequence[str], seed: int) -> Array:
    """Return what makes each device a little different: uniform numbers, shape (n, TRAITS)."""
    hashed = [
        [zlib.crc32(f"{seed}/{i}/{device_id}".encode()) for i in range(TRAITS)] for device_id in ids
    ]
    return np.asarray(hashed, dtype=float).reshape(-1, TRAITS) / 2.0**32


def _bump(hour: Array, middle: float, width: float) -> Array:
    """Return a smooth bump around an hour of the day, around the clock."""
    away = (hour - middle + 12) % 24 - 12
    return np.asarray(np.exp(-((away / width) ** 2)))


def cooking(hour: Array) -> Array:
    """Return how much is cooked at a local hour, 0 to about 1."""
    return 0.5 * _bump(hour, 7, 0.9) + 0.9 * _bump(hour, 11.6, 1.0) + 1.0 * _bump(hour, 18, 1.2)


def working(hour: Array) -> Array:
    """Return how much machines and air conditioners draw at a local hour, 0.15 to about 1."""
    return (
        0.15
        + 0.75 * _bump(hour, 10, 2.6)
        + 0.7 * _bump(hour, 15.5, 2.8)
        + 0.35 * _bump(hour, 20, 2)
    )


def charging(hour: Array) -> Array:
    """Return how many e-bikes charge at a local hour, 0 to about 1; most at night."""
    return 0.08 + 0.9 * _bump(hour, 22.5, 2.6) + 0.25 * _bump(hour, 12.5, 1.3)


def ambient_c(hour: Array, day_of_year: float) -> Array:
    """Return the indoor temperature in °C in southern Fujian by local hour and season."""
    season = 21.5 + 7.0 * math.cos(2 * math.pi * (day_of_year - 205) / 365.25)
    return season + 2.4 * np.cos(2 * np.pi * (hour - 14.5) / 24)


def usual_values(
    kind: DeviceKind,
    trait: Array,
    hour: Array,
    day_of_year: float,
    condition: NDArray[np.int64] | None = None,
) -> dict[str, Array]:
    """Return the expected values of devices of one kind at local hours, without scatter.

    Parameters
    ----------
    trait : ndarray, shape (n, 3)
        From :func:`traits`.
    hour : ndarray
        Local hour of day, broadcast against shape (n, 1): shape (h,) gives (n, h).
    day_of_year
        1 … 366, for the season.
    condition : ndarray of int, shape (n,), optional
        Values of :class:`Condition`; all healthy if None.

    Returns
    -------
    dict of str to ndarray, shape (n, h)
        By value name; empty for kinds that only report a status.
    """
    u, v, w = (trait[:, i : i + 1] for i in range(TRAITS))
    warm = ambient_c(hour, day_of_year) + 3 * (v - 0.5)
    values: dict[str, Array] = _by_kind(kind, u, v, hour, warm)
    if kind in BATTERY_KINDS:
        values["battery_pct"] = 48 + 51 * w + 0 * warm
    if condition is not None:
        _weaken(values, condition, u)
    return {name: np.asarray(value, dtype=float) for name, value in values.items()}


def _by_kind(kind: DeviceKind, u: Array, v: Array, hour: Array, warm: Array) -> dict[str, Array]:
    model = _MODELS.get(kind)
    return {} if model is None else model(u, v, hour, warm)


def _smoke(u: Array, v: Array, hour: Array, warm: Array) -> dict[str, Array]:
    return {"smoke_pct": 0.3 + 0.7 * u + 0.9 * v * cooking(hour), "temperature_c": warm}


def _heat(u: Array, _v: Array, hour: Array, warm: Array) -> dict[str, Array]:
    return {"temperature_c": warm + 4 * u * working(hour)}


def _gas(u: Array, v: Array, hour: Array, _warm: Array) -> dict[str, Array]:
    return {"gas_lel_pct": 0.2 + 0.6 * u + 1.2 * v * cooking(hour)}


def _pressure(u: Array, v: Array, hour: Array, _warm: Array) -> dict[str, Array]:
    drawn = cooking(hour) + 0.4 * working(hour)
    return {"pressure_mpa": 0.24 + 0.16 * u - 0.05 * v * drawn}


def _level(u: Array, v: Array, hour: Array, _warm: Array) -> dict[str, Array]:
    return {"level_m": 2.1 + 1.7 * u - 0.25 * v * cooking(hour)}


def _electrical(u: Array, v: Array, hour: Array, warm: Array) -> dict[str, Array]:
    load = working(hour)
    return {
        "temperature_c": warm + 3 + 14 * u * load,
        "residual_current_ma": 12 + 90 * v * (0.5 + 0.5 * load),
        "power_w": 150 + 5200 * u * load,
    }


def _charger(u: Array, v: Array, hour: Array, warm: Array) -> dict[str, Array]:
    return {
        "temperature_c": warm + 1 + 9 * u * charging(hour),
        "power_w": 15 + 620 * (0.35 + 0.65 * v) * charging(hour),
    }


_MODELS: Final[dict[DeviceKind, Callable[[Array, Array, Array, Array], dict[str, Array]]]] = {
    DeviceKind.SMOKE: _smoke,
    DeviceKind.HEAT: _heat,
    DeviceKind.GAS: _gas,
    DeviceKind.PRESSURE: _pressure,
    DeviceKind.LEVEL: _level,
    DeviceKind.ELECTRICAL: _electrical,
    DeviceKind.CHARGER: _charger,
}


def _weaken(values: dict[str, Array], condition: NDArray[np.int64], u: Array) -> None:
    """Replace what a low battery or an empty main would show."""
    flat = (condition == int(Condition.LOW_BATTERY))[:, None]
    dry = (condition == int(Condition.LOW_SUPPLY))[:, None]
    low = {
        "battery_pct": (flat, 4 + 4 * u),
        "pressure_mpa": (dry, 0.04 + 0.04 * u),
        "level_m": (dry, 0.4 + 0.4 * u),
    }
    for name, (weak, value) in low.items():
        if name in values:
            values[name] = np.where(weak, value, values[name])


def scattered(name: str, values: Array, rng: np.random.Generator) -> Array:
    """Return values as a device sends them: with its noise, its digits, never below zero."""
    noisy = values + rng.normal(0, NOISE[name], values.shape) if NOISE[name] else values
    return np.asarray(np.round(np.maximum(noisy, LOWEST.get(name, 0.0)), DECIMALS[name]))


@dataclass(frozen=True, slots=True)
class Excursion:
    """One value leaves its usual range for a while: it rises, holds and decays.

    Times in seconds since the epoch, durations in seconds; ``peak`` is what is added at most.
    """

    value: str
    peak: float
    start: float
    rise_s: float
    hold_s: float
    decay_s: float

    @property
    def end(self) -> float:
        """When no more than 2 % of the peak is left."""
        return self.start + self.rise_s + self.hold_s + 4 * self.decay_s

    def at(self, moment: float) -> float:
        """Return what is added to the usual value at a moment.

        Examples
        --------
        >>> smoke = Excursion("smoke_pct", 20.0, 0.0, 100.0, 60.0, 120.0)
        >>> smoke.at(-1.0), smoke.at(50.0), smoke.at(130.0), round(smoke.at(280.0), 2)
        (0.0, 10.0, 20.0, 7.36)
        """
        since = moment - self.start
        if since <= 0:
            return 0.0
        if since < self.rise_s:
            return self.peak * since / self.rise_s
        after = since - self.rise_s - self.hold_s
        return self.peak if after <= 0 else self.peak * math.exp(-after / self.decay_s)
