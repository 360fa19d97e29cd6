"""Two years of alarms: when they are raised, and how people deal with them."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.demo.clock import DAY, HOUR, MINUTE, NEVER, SECOND, Clock, local_hour
from data.demo.devices import KINDS, USUAL_DEVICES, Devices
from data.demo.fires import RealFire
from data.demo.land import Array, Ints, stream
from data.demo.rhythm import CAUSES, INDEX, Cause, day_factors, hour_shares
from data.domain.words import AlarmKind, DeviceKind, Verdict
from data.feeds.physics import Condition

#: Alarms grow with the square root of the devices: a larger town is not watched more loudly.
GROWTH: Final = 0.5
VERDICTS: Final = tuple(Verdict)
#: What becomes of fire alarms; the rest is false.
REAL_SHARE: Final = 0.04
TEST_SHARE: Final = 0.012
DRILL_SHARE: Final = 0.006
#: A closing person writes a verdict on this share of the alarms that have not recovered yet.
CLOSED_BY_HAND: Final = 0.7
#: Devices in a lasting bad condition raise nothing else just before they went bad.
QUIET_DAYS: Final = 14
_ACK_S: Final = {
    AlarmKind.FIRE: 22.0,
    AlarmKind.PREALARM: 65.0,
    AlarmKind.SUPERVISORY: 420.0,
    AlarmKind.FAULT: 780.0,
}
_CLOSE_MIN: Final = {
    AlarmKind.FIRE: 11.0,
    AlarmKind.PREALARM: 6.0,
    AlarmKind.SUPERVISORY: 55.0,
    AlarmKind.FAULT: 240.0,
}
_KINDS: Final = tuple(AlarmKind)
_KIND_OF: Final = np.array([_KINDS.index(cause.kind) for cause in CAUSES])
_FIRE: Final = _KINDS.index(AlarmKind.FIRE)
_PREALARM: Final = _KINDS.index(AlarmKind.PREALARM)


@dataclass(frozen=True, slots=True)
class Raised:
    """Alarms as they are raised; arrays have one element each, times in ms.

    ``quick`` ones come from a chattering device and are over in a minute; ``fire`` is the index of
    the real fire that they saw, -1 for none.
    """

    device: Ints
    cause: Ints
    at: Ints
    quick: NDArray[np.bool_]
    fire: Ints

    def __len__(self) -> int:
        return len(self.at)

    def take(self, which: NDArray[np.bool_] | Ints) -> "Raised":
        """Return some of them."""
        return Raised(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Alarms:
    """Alarms with their whole lives, by the time they were raised; ``NEVER`` where it did not come.

    ``verdict`` is an index into ``VERDICTS`` or -1, ``note`` one into the cause's notes or -1.
    """

    device: Ints
    cause: Ints
    fire: Ints
    raised: Ints
    received: Ints
    last: Ints
    count: Ints
    value: Array
    cleared: Ints
    acked: Ints
    closed: Ints
    verdict: Ints
    note: Ints

    def __len__(self) -> int:
        return len(self.raised)

    def take(self, which: NDArray[np.bool_] | Ints) -> "Alarms":
        """Return some of them."""
        return Alarms(*(getattr(self, field.name)[which] for field in fields(self)))

    @property
    def kind(self) -> Ints:
        """Index of the kind of each (order of ``AlarmKind``)."""
        return np.asarray(_KIND_OF[self.cause])


def join(parts: list["Raised"]) -> Raised:
    """Return all as one."""
    return Raised(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Raised)))


def raise_alarms(devices: Devices, fires: tuple[RealFire, ...], clock: Clock, seed: int) -> Raised:
    """Return what is raised in the whole history: the daily noise, chatter, storms, real fires."""
    scale = (len(devices) / USUAL_DEVICES) ** GROWTH
    rng = stream(seed, "alarms", clock.end)
    parts = [_usual(cause, devices, clock, scale, rng) for cause in CAUSES]
    parts += [
        _chatter(devices, clock, rng),
        _storms(devices, clock, scale, rng),
        _seen(fires, devices, rng),
    ]
    raised = join(parts)
    raised = join([raised, _forerunners(raised, rng)])
    inside = (raised.at >= clock.start) & (raised.at < clock.end - 35 * MINUTE)
    ill = (devices.condition != int(Condition.HEALTHY)) | devices.disabled
    quiet = ill[raised.device] & (raised.at > clock.end - QUIET_DAYS * DAY)
    return raised.take(inside & ~quiet)


def _usual(
    cause: Cause, devices: Devices, clock: Clock, scale: float, rng: np.random.Generator
) -> Raised:
    """Return a cause's everyday alarms; some devices raise far more of them than others."""
    able = devices.of(*sorted(cause.devices))
    able = able[np.argsort(devices.installed[able], kind="stable")]
    starts, weekday, day_of_year = clock.days()
    rate = cause.per_day * scale * day_factors(cause, weekday, day_of_year)
    rate = rate * rng.gamma(9.0, 1 / 9.0, len(starts)) * (1.12 - 0.24 * clock.progress(starts))
    day = np.repeat(np.arange(len(starts)), rng.poisson(rate))
    hour = rng.choice(24, len(day), p=hour_shares(cause))
    at = starts[day] + hour * HOUR + rng.integers(0, HOUR, len(day))
    device = _installed_by(able, day, devices, rng)
    known = device >= 0
    return _raised(device[known], INDEX[cause.cause], at[known])


def _installed_by(able: Ints, day: Ints, devices: Devices, rng: np.random.Generator) -> Ints:
    """Draw a device for each event among those installed by then; -1 if there is none."""
    if len(able) == 0 or len(day) == 0:
        return np.full(len(day), -1)
    weight = np.cumsum(rng.lognormal(0.0, 0.9, len(able)))
    ready = np.searchsorted(devices.installed[able], day, side="left")
    total = np.where(ready > 0, weight[ready - 1], 0.0)
    drawn = np.searchsorted(weight, rng.random(len(day)) * total, side="right")
    return np.where(ready > 0, able[np.minimum(drawn, len(able) - 1)], -1)


def _raised(device: Ints, cause: int, at: Ints, *, quick: bool = False, fire: int = -1) -> Raised:
    count = len(at)
    return Raised(
        np.asarray(device, dtype=np.int64),
        np.full(count, cause),
        np.asarray(at, dtype=np.int64),
        np.full(count, quick),
        np.full(count, fire),
    )


def _chatter(devices: Devices, clock: Clock, rng: np.random.Generator) -> Raised:
    """Return the alarms of a few devices that now and then tremble on a threshold for hours."""
    able = devices.of(DeviceKind.PRESSURE, DeviceKind.ELECTRICAL, DeviceKind.TRANSMITTER)
    count = min(len(able), 20, max(3, round(0.0012 * len(devices))))
    cause = {DeviceKind.PRESSURE: "pressure_low", DeviceKind.ELECTRICAL: "leakage"}
    parts = []
    for device in rng.choice(able, count, replace=False):
        kind = KINDS[devices.kind[device]]
        for day in rng.integers(max(int(devices.installed[device]) + 1, 0), 727, 3):
            at = clock.start + day * DAY + 6 * HOUR
            times = at + np.cumsum(rng.integers(4 * MINUTE, 16 * MINUTE, int(rng.integers(10, 32))))
            which = INDEX[cause.get(kind, "reported_fault")]
            parts.append(_raised(np.full(len(times), device), which, times, quick=True))
    return join(parts)


def _storms(devices: Devices, clock: Clock, scale: float, rng: np.random.Generator) -> Raised:
    """Return four storms (power cuts, a broken main, a typhoon): many alarms in half an hour."""
    parts = []
    for cause, kinds, usual in (
        ("reported_fault", (DeviceKind.ELECTRICAL, DeviceKind.TRANSMITTER, DeviceKind.CAMERA), 60),
        ("pressure_low", (DeviceKind.PRESSURE,), 45),
        ("reported_fault", (DeviceKind.ELECTRICAL, DeviceKind.CHARGER, DeviceKind.GAS), 70),
        ("leakage", (DeviceKind.ELECTRICAL,), 50),
    ):
        day = int(rng.integers(60, 715))
        able = devices.of(*kinds)
        able = able[devices.installed[able] < day]
        number = min(len(able), round(usual * min(scale, 3.0) * rng.uniform(0.7, 1.2)))
        hit = rng.choice(able, number, replace=False)
        begin = clock.start + day * DAY + int(rng.integers(7, 21)) * HOUR
        parts.append(_raised(hit, INDEX[cause], begin + rng.integers(0, 28 * MINUTE, number)))
    return join(parts)


_FIRE_CAUSE: Final = {
    DeviceKind.SMOKE: "smoke_fire",
    DeviceKind.HEAT: "heat_fire",
    DeviceKind.ELECTRICAL: "cable_fire",
    DeviceKind.CHARGER: "charger_fire",
}


def _seen(fires: tuple[RealFire, ...], devices: Devices, rng: np.random.Generator) -> Raised:
    """Return the alarms of the devices that saw a real fire, one after the other."""
    none = np.empty(0, dtype=np.int64)
    parts = [_raised(none, 0, none)]
    for index, fire in enumerate(fires):
        at = fire.at
        for device in fire.devices:
            at += int(rng.integers(20 * SECOND, 150 * SECOND))
            cause = INDEX[_FIRE_CAUSE[KINDS[devices.kind[device]]]]
            parts.append(_raised(np.array([device]), cause, np.array([at]), fire=index))
    return join(parts)


def _forerunners(raised: Raised, rng: np.random.Generator) -> Raised:
    """Return the pre-alarms that come before smoke alarms: smoke rises through both thresholds."""
    slow = (raised.cause == INDEX["smoke_fire"]) & (rng.random(len(raised)) < 0.55)  # noqa: PLR2004
    before = raised.take(slow)
    at = before.at - rng.integers(40 * SECOND, 200 * SECOND, len(before))
    return Raised(
        before.device, np.full(len(at), INDEX["smoke_high"]), at, before.quick, before.fire
    )


def live_through(raised: Raised, clock: Clock, seed: int) -> Alarms:
    """Return the alarms with all that people did: acknowledged, cleared, closed by the end."""
    rng = stream(seed, "handling", clock.end)
    raised = raised.take(np.lexsort((raised.device, raised.cause, raised.at)))
    kind = _KIND_OF[raised.cause]
    verdict = _fire_verdicts(kind, raised.fire, rng)
    real = verdict == VERDICTS.index(Verdict.REAL)
    received = raised.at + rng.integers(400, 6000, len(raised))
    limit = np.maximum(clock.end - 1 - rng.integers(0, MINUTE, len(raised)), received + SECOND)
    acked = np.minimum(received + _ack_ms(raised, kind, clock, rng), limit)
    cleared = np.minimum(raised.at + _clear_ms(raised, real, rng), limit)
    by_hand = acked + _spread(np.array([_CLOSE_MIN[k] for k in _KINDS])[kind] * MINUTE, 0.5, rng)
    fire = kind == _FIRE
    closed = np.minimum(
        np.where(fire, np.maximum(by_hand, cleared + 20 * SECOND), np.maximum(acked, cleared)),
        limit,
    )
    hand = ~fire & ~raised.quick & (by_hand < cleared) & (rng.random(len(raised)) < CLOSED_BY_HAND)
    hand &= by_hand < limit
    closed = np.where(hand, by_hand, closed)
    verdict = np.where(hand, _other_verdicts(kind, rng), verdict)
    count = 1 + np.where(raised.quick, 0, rng.poisson(0.5, len(raised)))
    last = np.where(
        count > 1, raised.at + (np.minimum(cleared, closed) - raised.at) // 2, raised.at
    )
    judged = verdict >= 0
    alarms = Alarms(
        raised.device,
        raised.cause,
        raised.fire,
        raised.at,
        received,
        last,
        count,
        _values(raised.cause, rng),
        np.where(hand, NEVER, cleared),
        acked,
        closed,
        verdict,
        np.where(judged, rng.integers(0, 60, len(raised)), -1),
    )
    return _one_at_a_time(alarms)


def _spread(median: Array, sigma: float, rng: np.random.Generator) -> Ints:
    return np.asarray(median * rng.lognormal(0.0, sigma, len(median))).astype(np.int64)


def _ack_ms(raised: Raised, kind: Ints, clock: Clock, rng: np.random.Generator) -> Ints:
    """Return how long people take: longer at night, less as the duty desk gains practice."""
    median = np.array([_ACK_S[k] for k in _KINDS])[kind] * SECOND
    night = local_hour(raised.at) < 6  # noqa: PLR2004 - the small hours
    median = median * np.where(night, 1.7, 1.0) * (1.25 - 0.45 * clock.progress(raised.at))
    median = np.where(raised.quick, 25 * SECOND, median)
    return np.maximum(_spread(median, 0.65, rng), 3 * SECOND)


def _clear_ms(raised: Raised, real: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    median = np.array([cause.clear_min for cause in CAUSES])[raised.cause] * MINUTE
    median = np.where(real, 38 * MINUTE, median)
    median = np.where(raised.quick, 50 * SECOND, median)
    return np.maximum(_spread(median, 0.55, rng), 15 * SECOND)


def _fire_verdicts(kind: Ints, fire: Ints, rng: np.random.Generator) -> Ints:
    """Return the verdict of fire alarms, -1 for the others: they mostly end by themselves.

    Alarms of real fires are part of the real share; the others are small fires, put out at once.
    """
    fires = kind == _FIRE
    small = max(0.0, REAL_SHARE - np.count_nonzero(fires & (fire >= 0)) / max(1, fires.sum()))
    others = (small, 1 - small - TEST_SHARE - DRILL_SHARE, TEST_SHARE, DRILL_SHARE)
    drawn = rng.choice(len(VERDICTS), len(kind), p=others)
    verdict = np.where(fires, drawn, -1)
    return np.where(fires & (fire >= 0), VERDICTS.index(Verdict.REAL), verdict)


def _other_verdicts(kind: Ints, rng: np.random.Generator) -> Ints:
    u = rng.random(len(kind))
    false_below = np.where(kind == _PREALARM, 0.6, 0.0)
    verdict = np.where(u < false_below, VERDICTS.index(Verdict.FALSE), VERDICTS.index(Verdict.REAL))
    return np.where(u > 0.95, VERDICTS.index(Verdict.TEST), verdict)  # noqa: PLR2004 - one in twenty


def _values(cause: Ints, rng: np.random.Generator) -> Array:
    """Return the measured values, nan where the device only says so."""
    ranges = np.array([c.value or (np.nan, np.nan) for c in CAUSES])[cause]
    # Most alarms are just past the threshold.
    u = rng.random(len(cause)) ** 1.8
    below = np.isin(cause, [INDEX["pressure_low"], INDEX["level_low"], INDEX["battery_low"]])
    low, high = np.where(below[:, None], ranges[:, ::-1], ranges).T
    return np.asarray(np.round(low + u * (high - low), 3))


def _one_at_a_time(alarms: Alarms) -> Alarms:
    """Drop what the pipeline would have counted as a repeat: one open alarm a device and cause."""
    order = np.lexsort((alarms.raised, alarms.cause, alarms.device))
    group = alarms.device[order] * len(CAUSES) + alarms.cause[order]
    kept = np.ones(len(alarms), dtype=bool)
    busy, owner = 0, -1
    for i, which in enumerate(order):
        if group[i] != owner:
            busy, owner = 0, group[i]
        if alarms.raised[which] <= busy:
            kept[which] = False
        else:
            busy = int(alarms.closed[which])
    return alarms.take(kept)
