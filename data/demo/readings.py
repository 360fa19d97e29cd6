"""The last two days of readings, by hour."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from data.demo.clock import Clock, moment
from data.demo.devices import KINDS, PREFIX, Devices
from data.demo.land import Ints, stream
from data.demo.present import hours_of
from data.domain.words import DeviceKind
from data.feeds.physics import DECIMALS, NOISE, Condition, traits, usual_values

HOURS: Final = 48
#: A larger town has fewer: one day, of whole buildings with about so many devices together.
LARGE_TOWN: Final = 50_000
LARGE_HOURS: Final = 24
LARGE_DEVICES: Final = 60_000
HOUR_S: Final = 3600
#: Batteries hardly change in two days: their curve would be a flat line.
LEFT_OUT: Final = frozenset({"battery_pct"})


def reading_columns(devices: Devices, clock: Clock, seed: int) -> Iterator[dict[str, list[Any]]]:
    """Yield the columns of the table ``reading_hour``, a kind of device at a time.

    Every device that works and measures has its last 48 full hours. With more than 50,000 devices
    it is 24 hours, of about 60,000 devices (all devices of every n-th building), so that the town
    is made in minutes. Each device's batteries are left out.
    """
    large = len(devices) > LARGE_TOWN
    starts, hour = hours_of(clock, LARGE_HOURS if large else HOURS)
    works = ~devices.disabled & ~np.isin(
        devices.condition, (int(Condition.SILENT), int(Condition.BROKEN))
    )
    if large:
        works &= devices.building % -(-len(devices) // LARGE_DEVICES) == 0
    # In the order of the primary key, so that the index grows at its end.
    for kind in sorted(KINDS, key=lambda k: PREFIX[k]):
        own = devices.of(kind)
        own = own[works[own]]
        if len(own):
            yield from _of_kind(kind, own, devices, (starts, hour), clock, seed)


def _of_kind(
    kind: DeviceKind,
    own: Ints,
    devices: Devices,
    hours: tuple[Ints, np.ndarray[Any, np.dtype[np.float64]]],
    clock: Clock,
    seed: int,
) -> Iterator[dict[str, list[Any]]]:
    rng = stream(seed, "readings", kind, clock.end)
    starts, hour = hours
    trait = traits([devices.ids[slot] for slot in own], seed)
    day = float(moment(clock.end).timetuple().tm_yday)
    usual = usual_values(kind, trait, hour, day, devices.condition[own])
    names = sorted(set(usual) - LEFT_OUT)
    if not names:
        return
    mean = np.stack([usual[name] for name in names], axis=2)
    noise = np.array([NOISE[name] for name in names])
    mean = np.maximum(mean + rng.normal(0, 0.35, mean.shape) * noise, 0.0)
    spread = noise * rng.uniform(1.2, 2.4, mean.shape)
    digits = np.array([DECIMALS[name] for name in names])
    scale = 10.0**digits
    count = np.maximum(1, HOUR_S // devices.interval_s[own])[:, None, None] + np.zeros_like(mean)
    shape = mean.shape
    yield {
        "device_id": np.repeat([devices.ids[slot] for slot in own], shape[1] * shape[2]).tolist(),
        "hour": [moment(int(ms)) for ms in np.repeat(starts, shape[2])] * shape[0],
        "value": names * (shape[0] * shape[1]),
        "count": count.astype(np.int64).ravel().tolist(),
        "total": np.round(mean * count, 4).ravel().tolist(),
        "low": (np.floor(np.maximum(mean - spread, 0.0) * scale) / scale).ravel().tolist(),
        "high": (np.ceil((mean + spread) * scale) / scale).ravel().tolist(),
    }
