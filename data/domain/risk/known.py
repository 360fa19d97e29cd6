"""What was known of the buildings at any moment, from everything that was recorded with its time.

Times are seconds since 1970 (UTC). What was found, closed, judged or changed at a moment or after
it is not known at that moment, so that a forecast of the past can't know what came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.risk.records import Buildings, Floats, RiskError
from data.domain.weeks import SHANGHAI
from data.domain.words import Status
from geo.risk.events import Events

Ints = NDArray[np.int64]
Table = Mapping[str, NDArray[np.float64] | Ints]

DAY_S: Final = 86_400.0
YEAR_S: Final = 52 * 7 * DAY_S
WEEK_S: Final = 7 * DAY_S
#: Days of Asia/Shanghai begin so much before those of UTC.
SHANGHAI_S: Final = 8 * 3600.0
NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Records:
    """Buildings and all that was recorded of them; rows of tables in any order.

    Attributes
    ----------
    buildings : Buildings
        With the facts that have no time: residents, storeys, built_year, charging_inside,
        hydrant_m, station_m.
    devices : table
        ``building`` (row), ``since`` (installed; -inf if not known).
    changes : table
        Of a device's status: ``device`` (row), ``at``, ``after``.
    hazards : table
        ``building``, ``serious`` (0, 1), ``found``, ``due`` and ``closed`` (inf: none).
    inspections : table
        ``building``, ``at``.
    events : table
        Fires, and incidents with a verdict: ``x``, ``y`` (EPSG:4549), ``at``, ``known`` (when it
        was told or judged), ``building`` (-1: none that we know), ``real`` (0: a false alarm).
    hydrant : ndarray of int, shape (n,)
        Row of the device that watches the nearest hydrant; -1 if none does.
    """

    buildings: Buildings
    devices: Table
    changes: Table
    hazards: Table
    inspections: Table
    events: Table
    hydrant: Ints

    def __post_init__(self) -> None:
        for name in ("devices", "changes", "hazards", "inspections", "events"):
            if len({len(column) for column in getattr(self, name).values()}) > 1:
                raise RiskError(f"the columns of {name} have different lengths")

    def before(self, moment: float) -> "Records":
        """Return what had been recorded before a moment, without what was learnt of it later."""
        hazards, events = self.hazards, self.events
        kept = _rows(hazards, hazards["found"] < moment)
        kept = {**kept, "closed": np.where(kept["closed"] < moment, kept["closed"], np.inf)}
        return Records(
            self.buildings,
            self.devices,
            _rows(self.changes, self.changes["at"] < moment),
            kept,
            _rows(self.inspections, self.inspections["at"] < moment),
            _rows(events, np.maximum(events["at"], events["known"]) < moment),
            self.hydrant,
        )


@dataclass(frozen=True, slots=True)
class Live:
    """What the present adds that no table keeps of the past.

    Attributes
    ----------
    status : ndarray of int, shape (devices,)
        Of :class:`~data.domain.words.Status`.
    drift : ndarray, shape (n,)
        How far electrical readings are on their way to their thresholds, 0 to 1; NaN without one.
    """

    status: Ints
    drift: Floats


def facts_at(records: Records, moment: float, live: Live | None = None) -> Buildings:
    """Return the buildings with every fact that was known at a moment, but ``nearby``.

    Parameters
    ----------
    records : Records
    moment
        Seconds since 1970.
    live : Live, optional
        For the present; else the status of devices is that of their last change before.
    """
    known = records.before(moment)
    n = len(known.buildings)
    facts = {
        **_device_facts(known, moment, live),
        **_hazard_facts(known, moment, n),
        **_event_facts(known, moment, n),
        "days_since_inspection": _since_inspection(known, moment, n),
    }
    year = datetime.fromtimestamp(moment, SHANGHAI).year
    return replace(known.buildings.having(**facts), year=year)


def events_at(records: Records, moment: float) -> Events:
    """Return the events that were known at a moment; those that matter are wanted."""
    some = records.before(moment).events
    order = np.lexsort((some["y"], some["x"], some["at"]))
    xy = np.column_stack([some["x"], some["y"]]).astype(np.float64)[order]
    return Events(xy, day_of(some["at"])[order], some["real"][order] > 0)


def came(records: Records, start: float, end: float) -> Events:
    """Return the events that matter which came in a span, as far as they are known by now."""
    some = records.events
    which = (some["at"] >= start) & (some["at"] < end) & (some["real"] > 0)
    rows = _rows(some, which)
    xy = np.column_stack([rows["x"], rows["y"]]).astype(np.float64)
    return Events(xy, day_of(rows["at"]), np.ones(len(xy), dtype=bool))


def counts_between(records: Records, start: float, end: float) -> Ints:
    """Return how many events that matter came to each building in a span, known before its end."""
    some = records.before(end).events
    which = (some["at"] >= start) & (some["real"] > 0) & (some["building"] != NOWHERE)
    return _count(some["building"][which], len(records.buildings)).astype(np.int64)


def counted_year(records: Records, moment: float) -> tuple[int, int, float]:
    """Return events of the last 52 weeks at buildings and elsewhere, and the weeks looked at."""
    some = records.before(moment).events
    which = (some["at"] >= moment - YEAR_S) & (some["real"] > 0)
    inside = int((some["building"][which] != NOWHERE).sum())
    first = float(some["at"].min()) if len(some["at"]) else moment
    weeks = min(max((moment - first) / WEEK_S, 0.0), YEAR_S / WEEK_S)
    return inside, int(which.sum()) - inside, weeks


def day_of(at: NDArray[np.floating] | Ints) -> Ints:
    """Return the day in Asia/Shanghai, counted from 1970-01-01."""
    return np.asarray(np.floor((at + SHANGHAI_S) / DAY_S).astype(np.int64))


def _device_facts(known: Records, moment: float, live: Live | None) -> dict[str, Floats]:
    n, building = len(known.buildings), known.devices["building"]
    there = known.devices["since"] <= moment
    if live is None:
        status, told = _last_status(known)
    else:
        status, told = live.status, np.ones(len(building), dtype=bool)
    seen = _count(building[there & told], n)
    facts = {"devices": _count(building[there], n)}
    for name, wanted in (
        ("devices_silent", Status.STALE),
        ("devices_fault", Status.FAULT),
        ("devices_prealarm", Status.PREALARM),
    ):
        count = _count(building[there & told & (status == wanted)], n)
        facts[name] = np.where((seen > 0) | (facts["devices"] == 0), count, np.nan)
    facts["hydrant_low"] = _hydrant_low(known, status, told)
    facts["electrical_drift"] = np.full(n, np.nan) if live is None else live.drift
    return facts


def _last_status(known: Records) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the status of each device after its last change, and whether there was one."""
    devices = len(known.devices["building"])
    status, told = np.zeros(devices, dtype=np.int64), np.zeros(devices, dtype=bool)
    changes = known.changes
    order = np.lexsort((changes["after"], changes["at"]))
    device = changes["device"][order].astype(np.int64)
    status[device] = changes["after"][order]  # of several the last one stays
    told[device] = True
    return status, told


def _hydrant_low(known: Records, status: Ints, told: NDArray[np.bool_]) -> Floats:
    watched = known.hydrant != NOWHERE
    watched[watched] = told[known.hydrant[watched]]
    low = np.full(len(known.hydrant), np.nan)
    low[watched] = status[known.hydrant[watched]] >= Status.FAULT
    return low


def _hazard_facts(known: Records, moment: float, n: int) -> dict[str, Floats]:
    rows = _rows(known.hazards, np.isinf(known.hazards["closed"]))
    serious = rows["serious"] > 0
    return {
        "hazards_general": _count(rows["building"][~serious], n),
        "hazards_serious": _count(rows["building"][serious], n),
        "hazards_overdue": _count(rows["building"][rows["due"] < moment], n),
    }


def _event_facts(known: Records, moment: float, n: int) -> dict[str, Floats]:
    rows = _rows(known.events, known.events["building"] != NOWHERE)
    lately, real = rows["at"] >= moment - YEAR_S, rows["real"] > 0
    return {
        "matters_52w": _count(rows["building"][lately & real], n),
        "matters_before": _count(rows["building"][~lately & real], n),
        "false_52w": _count(rows["building"][lately & ~real], n),
    }


def _since_inspection(known: Records, moment: float, n: int) -> Floats:
    last = np.full(n, -np.inf)
    np.maximum.at(last, known.inspections["building"].astype(np.int64), known.inspections["at"])
    return np.where(np.isfinite(last), (moment - last) / DAY_S, np.nan)


def _rows(table: Table, which: NDArray[np.bool_]) -> dict[str, NDArray[np.float64] | Ints]:
    return {name: column[which] for name, column in table.items()}


def _count(building: NDArray[np.float64] | Ints, n: int) -> Floats:
    return np.bincount(building.astype(np.int64), minlength=n).astype(np.float64)
