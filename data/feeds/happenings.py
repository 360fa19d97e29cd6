"""What happens to devices while the simulator runs: smoke, leaks, overloads, faults."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.words import DeviceKind, Reported
from data.feeds.physics import Array, Curve, Excursion, charging, cooking, working

#: How often a device sends while something happens to it.
ALERT_INTERVAL_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens to one device for a while.

    ``fault_until`` (seconds since the epoch) is when a fault ends that the device reports itself;
    one that ``flaps`` comes and goes until then, as a loose contact does.
    """

    excursions: tuple[Excursion, ...] = ()
    fault_until: float | None = None
    flaps: bool = False

    @property
    def end(self) -> float:
        """When all is over; a fault needs a little longer, to report that it is."""
        ends = [excursion.end for excursion in self.excursions]
        if self.fault_until is not None:
            ends.append(self.fault_until + 2 * ALERT_INTERVAL_S)
        return max(ends)

    def added(self, value: str, moment: float) -> float:
        """Return what is added to the usual value."""
        return sum(e.at(moment) for e in self.excursions if e.value == value)

    def status_at(self, moment: float) -> Reported:
        """Return what the device says of itself."""
        if self.fault_until is None:
            return Reported.NORMAL
        if self.flaps and int(moment / ALERT_INTERVAL_S) % 2:
            return Reported.RESTORED
        return Reported.FAULT if moment < self.fault_until else Reported.RESTORED


@dataclass(frozen=True, slots=True)
class Plot:
    """One sort of happening.

    Attributes
    ----------
    every_s
        Mean seconds between two of them in the whole town, around the clock.
    peaks
        For each value that moves, what is added at most: (least, most).
    rise_s, hold_s, decay_s
        Least and most of each phase; the decay is its time constant.
    curve
        When it happens: relative frequency by local hour; always alike if None.
    """

    kinds: frozenset[DeviceKind]
    every_s: float
    peaks: tuple[tuple[str, float, float], ...]
    rise_s: tuple[float, float]
    hold_s: tuple[float, float]
    decay_s: tuple[float, float]
    curve: Curve | None = None
    fault: bool = False
    flaps: bool = False

    def frequency(self, hour: float) -> float:
        """Return how many times its daily mean it happens at an hour; half is always there."""
        if self.curve is None:
            return 1.0
        shares = _shares(self.curve)
        return 0.5 + 0.5 * shares[int(hour * len(shares) / 24) % len(shares)]


@cache
def _shares(curve: Curve) -> tuple[float, ...]:
    """Return a curve relative to its mean, by quarters of an hour."""
    day: Array = curve(np.arange(0.125, 24, 0.25))
    return tuple((day / day.mean()).tolist())


def _only(*kinds: DeviceKind) -> frozenset[DeviceKind]:
    return frozenset(kinds)


_SMOKE, _GAS = _only(DeviceKind.SMOKE), _only(DeviceKind.GAS)
_ELECTRICAL, _CHARGER = _only(DeviceKind.ELECTRICAL), _only(DeviceKind.CHARGER)
_PRESSURE = _only(DeviceKind.PRESSURE)
_BATTERY = _only(DeviceKind.SMOKE, DeviceKind.HEAT)

#: Fires: about one in 12 minutes altogether. The others make some 20 alarms an hour.
PLOTS: Final[tuple[Plot, ...]] = (
    Plot(
        _SMOKE,
        1100,
        (("smoke_pct", 16, 27), ("temperature_c", 1, 9)),
        (80, 220),
        (20, 90),
        (45, 120),
        cooking,
    ),
    Plot(_GAS, 4200, (("gas_lel_pct", 22, 38),), (40, 120), (20, 60), (50, 110), cooking),
    Plot(_CHARGER, 9000, (("temperature_c", 72, 90),), (240, 500), (30, 90), (120, 240), charging),
    Plot(_SMOKE, 520, (("smoke_pct", 7.8, 12),), (60, 200), (20, 80), (40, 110), cooking),
    Plot(_GAS, 1500, (("gas_lel_pct", 8, 15),), (40, 120), (20, 90), (50, 110), cooking),
    Plot(
        _ELECTRICAL,
        1700,
        (("residual_current_ma", 300, 460),),
        (20, 60),
        (120, 900),
        (60, 200),
        working,
    ),
    Plot(
        _ELECTRICAL, 2600, (("temperature_c", 46, 62),), (300, 900), (120, 600), (200, 400), working
    ),
    Plot(_CHARGER, 2000, (("power_w", 1200, 1500),), (5, 20), (120, 600), (10, 30), charging),
    Plot(
        _PRESSURE,
        2400,
        (("pressure_mpa", -0.42, -0.34),),
        (60, 240),
        (200, 1200),
        (60, 200),
        cooking,
    ),
    Plot(_BATTERY, 5400, (("battery_pct", -95, -90),), (5, 10), (3600, 9000), (5, 10)),
    Plot(frozenset(DeviceKind), 900, (), (0, 1), (240, 1500), (0, 1), None, True),
)
#: A loose contact, now and then.
FLAPPING: Final = Plot(
    frozenset(DeviceKind), 2700, (), (0, 1), (150, 400), (0, 1), None, True, flaps=True
)


class Happenings:
    """Lets things happen to healthy devices at random; one at a time to each."""

    def __init__(
        self,
        kinds: Sequence[DeviceKind],
        healthy: NDArray[np.int64],
        rng: np.random.Generator,
        *,
        rate: float = 1.0,
        flapping: bool = False,
    ) -> None:
        self._rng = rng
        self._rate = rate
        self._plots = (*PLOTS, FLAPPING) if flapping else PLOTS
        self._able = [healthy[[kinds[i] in plot.kinds for i in healthy]] for plot in self._plots]
        self.active: dict[int, Happening] = {}

    def step(self, moment: float, seconds: float, hour: float) -> list[int]:
        """Let the last seconds pass; return the devices to which something has begun.

        Parameters
        ----------
        moment
            Seconds since the epoch.
        hour
            Local hour of day with its fraction.
        """
        for device in [d for d, happening in self.active.items() if happening.end <= moment]:
            del self.active[device]
        begun = []
        for plot, able in zip(self._plots, self._able, strict=True):
            chance = self._rate * seconds / plot.every_s * plot.frequency(hour)
            if len(able) and self._rng.random() < chance:
                device = int(self._rng.choice(able))
                if device not in self.active:
                    self.active[device] = self._make(plot, moment)
                    begun.append(device)
        return begun

    def _make(self, plot: Plot, moment: float) -> Happening:
        rise, hold, decay = (
            float(self._rng.uniform(*span)) for span in (plot.rise_s, plot.hold_s, plot.decay_s)
        )
        if plot.fault:
            return Happening((), moment + hold, flaps=plot.flaps)
        return Happening(
            tuple(
                Excursion(value, float(self._rng.uniform(least, most)), moment, rise, hold, decay)
                for value, least, most in plot.peaks
            )
        )
