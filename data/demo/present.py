"""The present of the demo town: open alarms, the state of every device, what changed when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from data.demo.alarms import Alarms
from data.demo.clock import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    Clock,
    local_hour,
    moment,
    moment_or_none,
)
from data.demo.devices import KINDS, Devices
from data.demo.land import Array, Ints, stream
from data.demo.rhythm import CAUSES, INDEX
from data.domain.rules import RULES
from data.domain.words import STATUS_OF_ALARM, AlarmKind, DeviceKind, Status
from data.feeds.physics import Condition, scattered, traits, usual_values

#: Open pre-alarms: one for so many devices, at least and at most so many.
DEVICES_A_PREALARM: Final = 1500
PREALARMS: Final = (2, 10)
#: Whether something burns when the town is first looked at.
FIRE_SHARE: Final = 0.5
#: Smoke at a detector in a burning room.
BURNING_PCT: Final = 17.4
FOREVER: Final = 1 << 62
_PREALARM: Final = {
    DeviceKind.SMOKE: ("smoke_high", 9.6),
    DeviceKind.GAS: ("gas_leak", 10.4),
    DeviceKind.ELECTRICAL: ("leakage", 348.0),
    DeviceKind.CHARGER: ("charger_overload", 1310.0),
    DeviceKind.HEAT: ("heat_high", 56.2),
}
_LASTING: Final = {
    Condition.LOW_BATTERY: (8 * DAY, 0.75),
    Condition.LOW_SUPPLY: (2 * DAY, 0.7),
    Condition.BROKEN: (6 * DAY, 0.65),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A device's status changed; ``measured`` and ``at`` in ms."""

    device: int
    at: int
    before: int
    after: int
    reason: str
    measured: int = NEVER


#: Device, cause, when raised, when acknowledged, value.
Opened = tuple[int, int, int, int, float]


def open_alarms(devices: Devices, past: Alarms, clock: Clock, seed: int) -> Alarms:
    """Return the alarms that are open now: lasting faults, a few pre-alarms, perhaps one fire."""
    rng = stream(seed, "open", clock.end)
    usual = _current_values(devices, clock, seed)
    ill = np.flatnonzero(~devices.disabled & (devices.condition > int(Condition.SILENT)))
    lasting = [_lasting(slot, devices, usual, clock, rng) for slot in ill.tolist()]
    free = _free(devices, past, clock)
    wanted = int(np.clip(len(devices) // DEVICES_A_PREALARM, *PREALARMS))
    chosen = rng.choice(free, min(wanted, len(free)), replace=False).tolist()
    fresh = [_prealarm(slot, devices, clock, rng) for slot in chosen]
    smoke = np.setdiff1d(np.intersect1d(free, devices.of(DeviceKind.SMOKE)), chosen)
    if len(smoke) and rng.random() < FIRE_SHARE:
        fresh += _fire(int(rng.choice(smoke)), clock, rng)
    return _as_alarms([*lasting, *fresh])


def _free(devices: Devices, past: Alarms, clock: Clock) -> Ints:
    """Return healthy devices in buildings that can raise a pre-alarm and have been quiet lately."""
    able = np.isin(devices.kind, [KINDS.index(kind) for kind in _PREALARM])
    able &= ~devices.disabled & (devices.condition == int(Condition.HEALTHY))
    able &= devices.building >= 0
    able[past.device[past.closed > clock.now - 2 * HOUR]] = False
    return np.flatnonzero(able)


def _prealarm(slot: int, devices: Devices, clock: Clock, rng: np.random.Generator) -> Opened:
    cause, value = _PREALARM[KINDS[devices.kind[slot]]]
    at = clock.now - int(rng.integers(90 * SECOND, 20 * MINUTE))
    acked = at + 75 * SECOND if rng.random() < 0.5 else NEVER  # noqa: PLR2004 - every other one
    return slot, INDEX[cause], at, acked, value


def _fire(slot: int, clock: Clock, rng: np.random.Generator) -> list[Opened]:
    at = clock.now - int(rng.integers(50 * SECOND, 3 * MINUTE))
    return [
        (slot, INDEX["smoke_high"], at - 40 * SECOND, NEVER, BURNING_PCT),
        (slot, INDEX["smoke_fire"], at, NEVER, BURNING_PCT),
    ]


def _lasting(
    slot: int,
    devices: Devices,
    usual: Sequence[dict[str, float]],
    clock: Clock,
    rng: np.random.Generator,
) -> Opened:
    condition = Condition(int(devices.condition[slot]))
    age, acked_share = _LASTING[condition]
    at = clock.now - int(rng.integers(40 * MINUTE, age))
    acked = at + int(rng.integers(2 * MINUTE, 30 * MINUTE)) if rng.random() < acked_share else NEVER
    if condition is Condition.BROKEN:
        return slot, INDEX["reported_fault"], at, acked, float("nan")
    if condition is Condition.LOW_BATTERY:
        return slot, INDEX["battery_low"], at, acked, usual[slot]["battery_pct"]
    value = "level_m" if KINDS[devices.kind[slot]] is DeviceKind.LEVEL else "pressure_mpa"
    cause = "level_low" if value == "level_m" else "pressure_low"
    return slot, INDEX[cause], at, acked, usual[slot][value]


def _as_alarms(opened: Sequence[Opened]) -> Alarms:
    device, cause, raised, acked = (
        np.array([o[i] for o in opened], dtype=np.int64) for i in range(4)
    )
    never = np.full(len(opened), NEVER)
    return Alarms(
        device=device,
        cause=cause,
        fire=never,
        raised=raised,
        received=raised + 2 * SECOND,
        last=raised,
        count=np.ones(len(opened), dtype=np.int64),
        value=np.array([o[4] for o in opened]),
        cleared=never,
        acked=acked,
        closed=never,
        verdict=never,
        note=never,
    )


def merged(past: Alarms, present: Alarms) -> Alarms:
    """Return both, by the time they were raised."""
    both = Alarms(
        *(np.concatenate([getattr(past, f.name), getattr(present, f.name)]) for f in fields(Alarms))
    )
    return both.take(np.lexsort((both.device, both.cause, both.raised)))


def _current_values(devices: Devices, clock: Clock, seed: int) -> list[dict[str, float]]:
    """Return the values of the last message of every device."""
    rng = stream(seed, "values", clock.end)
    trait = traits(devices.ids, seed)
    hour = local_hour(np.array([clock.now]))
    day = float(moment(clock.now).timetuple().tm_yday)
    values: list[dict[str, float]] = [{} for _ in range(len(devices))]
    for kind in KINDS:
        own = devices.of(kind)
        usual = usual_values(kind, trait[own], hour, day, devices.condition[own])
        for name, column in usual.items():
            for slot, value in zip(
                own.tolist(), scattered(name, column[:, 0], rng).tolist(), strict=True
            ):
                values[slot][name] = value
    return values


@dataclass(frozen=True, slots=True)
class Contact:
    """When each device was last heard of (ms, ``NEVER`` if out of service), and who is silent."""

    measured: Ints
    received: Ints
    stale: np.ndarray[Any, np.dtype[np.bool_]]


def last_contact(devices: Devices, clock: Clock, seed: int) -> Contact:
    """Return the last contacts: within the interval, long ago for silent devices."""
    rng = stream(seed, "contact", clock.end)
    interval = devices.interval_s * SECOND
    silent = (devices.condition == int(Condition.SILENT)) & ~devices.disabled
    # The newest is 2 s old: what the simulator sends next is newer.
    recent = 2 * SECOND + (rng.random(len(devices)) * (interval - 2 * SECOND)).astype(np.int64)
    long_ago = 4 * interval + rng.integers(10 * MINUTE, 3 * DAY, len(devices))
    received = clock.now - np.where(silent, long_ago, recent)
    measured = received - rng.integers(200, 1900, len(devices))
    return Contact(
        np.where(devices.disabled, NEVER, measured),
        np.where(devices.disabled, NEVER, received),
        silent,
    )


def changes(alarms: Alarms, devices: Devices, contact: Contact, clock: Clock) -> list[Change]:
    """Return every change of every device's status, by device and time."""
    spans = sorted([*_alarm_spans(alarms), *_own_spans(devices, contact, clock)])
    found: list[Change] = []
    status, device = 0, -1
    running: dict[int, int] = {}
    for owner, at, step, level, reason, measured in spans:
        if owner != device:
            device, status, running = owner, 0, {}
        running[level] = running.get(level, 0) + step
        after = max((lv for lv, number in running.items() if number > 0), default=0)
        if after != status:
            found.append(Change(device, at, status, after, reason, measured))
            status = after
    return found


Edge = tuple[int, int, int, int, str, int]


def _alarm_spans(alarms: Alarms) -> Iterator[Edge]:
    """Yield where each alarm begins (+1) and ends (-1) to count for its device's status."""
    level = [int(STATUS_OF_ALARM[cause.kind]) for cause in CAUSES]
    latched = np.array([cause.kind is AlarmKind.FIRE for cause in CAUSES])[alarms.cause]
    closed = np.where(alarms.closed == NEVER, FOREVER, alarms.closed)
    cleared = np.where((alarms.cleared == NEVER) | latched, FOREVER, alarms.cleared)
    end = np.minimum(closed, cleared)
    columns = (alarms.device, alarms.cause, alarms.received, end, alarms.raised)
    for device, cause, begin, stop, raised in zip(*(c.tolist() for c in columns), strict=True):
        yield device, begin, 1, level[cause], CAUSES[cause].cause, raised
        if stop != FOREVER:
            yield device, stop, -1, level[cause], "", NEVER


def _own_spans(devices: Devices, contact: Contact, clock: Clock) -> Iterator[Edge]:
    for device in np.flatnonzero(contact.stale).tolist():
        at = int(contact.received[device] + 3 * devices.interval_s[device] * SECOND)
        yield device, at, 1, int(Status.STALE), "silent", NEVER
    for device in np.flatnonzero(devices.disabled).tolist():
        at = clock.end - (1 + device % 40) * DAY
        yield device, at, 1, int(Status.DISABLED), "disabled", NEVER


def change_rows(found: Sequence[Change], devices: Devices) -> dict[str, list[Any]]:
    """Return the columns of the table ``status_change``."""
    return {
        "device_id": [devices.ids[change.device] for change in found],
        "at": [moment(change.at) for change in found],
        "measured_at": [moment_or_none(change.measured) for change in found],
        "before": [change.before for change in found],
        "after": [change.after for change in found],
        "reason": [change.reason for change in found],
    }


def state_rows(
    devices: Devices,
    contact: Contact,
    alarms: Alarms,
    found: Sequence[Change],
    clock: Clock,
    seed: int,
) -> list[dict[str, Any]]:
    """Return the rows of the table ``device_state``: the status after each device's last change."""
    values = _current_values(devices, clock, seed)
    for index in np.flatnonzero(alarms.closed == NEVER).tolist():
        _show(values[alarms.device[index]], devices, alarms, index)
    latest = {change.device: change for change in found}
    rows = []
    for slot, device_id in enumerate(devices.ids):
        change = latest.get(slot)
        installed = clock.start + int(devices.installed[slot]) * DAY + 10 * HOUR
        rows.append(
            {
                "device_id": device_id,
                "status": change.after if change else 0,
                "since": moment(change.at if change else installed),
                "stale": bool(contact.stale[slot]),
                "measured_at": moment_or_none(int(contact.measured[slot])),
                "received_at": moment_or_none(int(contact.received[slot])),
                "values": {} if devices.condition[slot] == int(Condition.BROKEN) else values[slot],
                "recent": b"",
                "version": 0,
            }
        )
    return rows


def _show(values: dict[str, float], devices: Devices, alarms: Alarms, index: int) -> None:
    """Put the value that an open alarm is about among its device's last values."""
    kind = KINDS[devices.kind[alarms.device[index]]]
    cause = CAUSES[alarms.cause[index]].cause
    for rule in RULES[kind]:
        if rule.cause == cause and not np.isnan(alarms.value[index]):
            values[rule.value] = float(alarms.value[index])


def hours_of(clock: Clock, hours: int) -> tuple[Ints, Array]:
    """Return the starts (ms) of the last full hours and their local hours of day."""
    starts = clock.end - HOUR * np.arange(hours, 0, -1)
    return starts, local_hour(starts)
