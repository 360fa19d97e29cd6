"""The last 24 hours of each device in steps of ten minutes: a ring of fixed size in Redis.

A ring is a string of 144 slots. A slot is one byte, the number of its day (modulo 256), by which a
slot that was not written today is known, and the mean, lowest and highest of each value that the
kind of the device has here, as IEEE half precision (three significant digits, little-endian; NaN:
not measured). A slot is written whole with every reading from what SQL remembers of the device, so
nothing is read before it is written, and writing twice does no harm.
"""

import struct
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import structlog
from numpy.typing import NDArray
from redis import Redis
from redis.exceptions import RedisError

from data.domain.drilldown import FineTrend, ReadFine
from data.domain.figures import FINE_S, Tally
from data.domain.views import TrendPoint
from data.domain.words import DeviceKind
from data.live import keys

log = structlog.get_logger()

DAY_S: Final = 86_400
SLOTS: Final = DAY_S // FINE_S
#: What is kept of each kind at this grain; everything else (batteries) has its hours in SQL.
VALUES: Final[Mapping[DeviceKind, tuple[str, ...]]] = {
    DeviceKind.SMOKE: ("smoke_pct", "temperature_c"),
    DeviceKind.HEAT: ("temperature_c",),
    DeviceKind.GAS: ("gas_lel_pct",),
    DeviceKind.PRESSURE: ("pressure_mpa",),
    DeviceKind.LEVEL: ("level_m",),
    DeviceKind.ELECTRICAL: ("temperature_c", "residual_current_ma", "power_w"),
    DeviceKind.CHARGER: ("temperature_c", "power_w"),
    DeviceKind.CAMERA: (),
    DeviceKind.TRANSMITTER: (),
}
#: Half precision ends at 65,504; these values are kept divided.
DIVIDED_BY: Final[Mapping[str, float]] = {"power_w": 256.0, "residual_current_ma": 2.0}

_NOTHING: Final = (float("nan"),) * 3
_PACK: Final = {
    kind: struct.Struct(f"<B{3 * len(values)}e").pack for kind, values in VALUES.items()
}
_SLOT: Final = {
    kind: np.dtype([("day", "u1"), ("figures", "<f2", (len(values), 3))])
    for kind, values in VALUES.items()
}


def ring_bytes(kind: DeviceKind) -> int:
    """Return the size of the ring of every device of a kind; 0 for none."""
    return SLOTS * _SLOT[kind].itemsize if VALUES[kind] else 0


def slot_written(kind: DeviceKind, fine: Tally) -> tuple[int, bytes, int] | None:
    """Return where in its ring the ten minutes of a device go: offset, bytes, size of the ring.

    None for what has no ring.
    """
    values = VALUES[kind]
    if not any(name in fine.figures for name in values):
        return None
    numbers: list[float] = []
    for name in values:
        figure = fine.figures.get(name)
        if figure is None:
            numbers += _NOTHING
        else:
            by = DIVIDED_BY.get(name, 1.0)
            count, total, low, high = figure
            numbers += (total / count / by, low / by, high / by)
    day, second = divmod(fine.start, DAY_S)
    packed = _PACK[kind](day % 256, *numbers)
    return second // FINE_S * len(packed), packed, SLOTS * len(packed)


def reader(redis: Redis) -> ReadFine:
    """Return a function that reads rings; it finds nothing while Redis does not answer."""

    def read_fine(devices: Mapping[str, DeviceKind], now: datetime) -> list[FineTrend]:
        try:
            return fine_trends(redis, devices, now)
        except RedisError as error:
            log.warning("redis does not answer", error=str(error))
            return []

    return read_fine


def fine_trends(redis: Redis, devices: Mapping[str, DeviceKind], now: datetime) -> list[FineTrend]:
    """Return the last 24 hours of each value, over all the devices of a kind together."""
    ids = [device_id for device_id, kind in devices.items() if VALUES[kind]]
    answers: Any = redis.mget([keys.ring(device_id) for device_id in ids]) if ids else []
    rings: dict[DeviceKind, list[bytes]] = {}
    for device_id, ring in zip(ids, answers, strict=True):
        kind = devices[device_id]
        if ring is not None and len(ring) == ring_bytes(kind):
            rings.setdefault(kind, []).append(ring)
    return [trend for kind, own in rings.items() for trend in _of_kind(kind, own, now)]


def _of_kind(kind: DeviceKind, rings: Sequence[bytes], now: datetime) -> Iterable[FineTrend]:
    slots = np.frombuffer(b"".join(rings), dtype=_SLOT[kind]).reshape(len(rings), SLOTS)
    order, starts = _newest_last(now)
    slots, fresh = slots[:, order], (starts // DAY_S % 256).astype(np.uint8)
    figures = slots["figures"].astype(np.float64)
    figures[slots["day"] != fresh] = np.nan
    for place, name in enumerate(VALUES[kind]):
        own = figures[:, :, place, :] * DIVIDED_BY.get(name, 1.0)
        devices = int(np.isfinite(own).any(axis=(1, 2)).sum())
        if devices:
            yield FineTrend(kind, name, devices, tuple(_points(own, starts)))


def _newest_last(now: datetime) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the slots of the last 24 hours in the order of time, and when each began."""
    newest = int(now.timestamp()) // FINE_S
    numbers = np.arange(newest - SLOTS + 1, newest + 1)
    return numbers % SLOTS, numbers * FINE_S


def _points(own: NDArray[np.float64], starts: NDArray[np.int64]) -> Iterable[TrendPoint]:
    """Join devices, shape (n, SLOTS, 3); slots in which none measured are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all of a slot may be missing
        mean = np.nanmean(own[:, :, 0], axis=0)
        low, high = np.nanmin(own[:, :, 1], axis=0), np.nanmax(own[:, :, 2], axis=0)
    for place in np.flatnonzero(np.isfinite(mean)):
        at = datetime.fromtimestamp(int(starts[place]), UTC)
        yield TrendPoint(at, float(mean[place]), float(low[place]), float(high[place]))
