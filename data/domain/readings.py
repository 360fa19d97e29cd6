"""A device's message as a record, and the checks it must pass."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from data.domain.errors import ReadingError, Refusal
from data.domain.words import Reported

#: Every value a reading may carry: name → (lowest, highest) that is physically believable.
VALUE_RANGES: Final[dict[str, tuple[float, float]]] = {
    "temperature_c": (-60.0, 1200.0),
    "smoke_pct": (0.0, 100.0),
    "gas_lel_pct": (0.0, 100.0),
    "pressure_mpa": (-0.2, 10.0),
    "level_m": (-1.0, 100.0),
    "residual_current_ma": (0.0, 100_000.0),
    "power_w": (-100_000.0, 10_000_000.0),
    "battery_pct": (0.0, 100.0),
}
MAX_AHEAD: Final = timedelta(minutes=5)
MAX_AGE: Final = timedelta(days=30)
MAX_ID_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One message of one device, whichever way it came in.

    ``measured_at`` is the device's own clock, ``received_at`` ours; both are UTC and kept apart.
    """

    device_id: str
    message_id: str
    measured_at: datetime
    received_at: datetime
    reported: Reported | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    #: Everything abnormal that the device says of itself at once; what is not named is over.
    conditions: frozenset[Reported] | None = None
    #: The part behind the device that speaks, where that is no device of its own.
    point: int | None = None


def check_reading(reading: Reading) -> Reading:
    """Return the reading if it is believable.

    Raises
    ------
    ReadingError
        If an id is empty or too long, a time has no zone, lies more than 5 min ahead or 30 days
        behind, a value is unknown, not finite or out of its physical range, or nothing is said.
    """
    for name, text in (("device_id", reading.device_id), ("message_id", reading.message_id)):
        if not 0 < len(text) <= MAX_ID_LENGTH:
            raise ReadingError(f"{name} must have 1 to {MAX_ID_LENGTH} characters")
    _check_clock(reading.measured_at, reading.received_at)
    if reading.reported is Reported.ALIVE and (reading.values or reading.conditions is not None):
        raise ReadingError("a sign of life carries neither values nor a status")
    if reading.reported is None and reading.conditions is None and not reading.values:
        raise ReadingError("a reading needs a status or at least one value")
    for name, value in reading.values.items():
        _check_value(name, value)
    return reading


def is_believable(measured_at: datetime, received_at: datetime) -> bool:
    """Return whether a device's time can be one of its clock's that is right."""
    return received_at - MAX_AGE <= measured_at <= received_at + MAX_AHEAD


def _check_clock(measured_at: datetime, received_at: datetime) -> None:
    if measured_at.tzinfo is None:
        raise ReadingError(
            "measured_at needs a time zone (RFC 3339, e.g. 2026-11-22T10:24:07+08:00)",
            Refusal.CLOCK,
        )
    if measured_at > received_at + MAX_AHEAD:
        raise ReadingError(
            f"measured_at {measured_at.isoformat()} is more than 5 min in the future",
            Refusal.CLOCK,
        )
    if measured_at < received_at - MAX_AGE:
        raise ReadingError(
            f"measured_at {measured_at.isoformat()} is more than 30 days old", Refusal.CLOCK
        )


def _check_value(name: str, value: float) -> None:
    if name not in VALUE_RANGES:
        known = ", ".join(VALUE_RANGES)
        raise ReadingError(f"unknown value {name!r}; known: {known}", Refusal.VALUE)
    low, high = VALUE_RANGES[name]
    if not math.isfinite(value) or not low <= value <= high:
        raise ReadingError(f"{name} = {value} is not within {low:g} … {high:g}", Refusal.VALUE)
