"""Forecasts as the screens ask for them, read once and kept while they hold."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import brotli
import numpy as np
from numpy.typing import NDArray

from callbacks.services import Services
from data.domain.risk.explain import ACTIONS, Waterfall, effects, measures, waterfall
from data.domain.risk.known import facts_at
from data.domain.risk.levels import levels
from data.domain.risk.model import score
from data.domain.risk.places import Place, places
from data.domain.risk.records import Buildings, Forecast, Level, Raster, row_of
from data.domain.risk.terms import BY_KEY, CATEGORY
from data.domain.risk.verify import Verdict, judge
from data.live.risk import present_risk, risk_version
from data.live.wire import to_json
from data.store import risk_forecasts
from data.store.geometry import geometry_version
from data.store.guard import reading
from data.store.risk_forecasts import WeekTold
from data.store.risk_records import Standing, load_live, load_records, standing, study_area
from geo.crs import to_lonlat

#: Weeks that are kept read: a slider over a year goes back and forth.
KEPT_WEEKS: Final = 60
#: A building's score is told for so many weeks.
TOLD_WEEKS: Final = 26
#: Expected events of 4 weeks on a hectare that are told apart, on a scale of logarithms.
LOW, HIGH = 1e-4, 10.0
STEPS: Final = 254
HECTARE_M2: Final = 10_000.0
QUALITY: Final = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast with what screens ask of it; ``contributions`` only of the present's."""

    version: str
    week: date | None
    ids: NDArray[np.str_]
    expected: NDArray[np.float32]
    level: NDArray[np.int8]
    forecast: Forecast | None
    #: What its surface is: place, size, scale, age.
    head: Mapping[str, Any]
    #: The surface as it travels, compressed.
    body: bytes

    def row(self, building_id: str) -> int | None:
        """Return which row a building is; None if it is not in the forecast."""
        return row_of(self.ids, building_id)


@dataclass(frozen=True, slots=True)
class Filter:
    """Only some buildings; empty for all."""

    category: str = ""
    system: str = ""
    community: str = ""

    def __bool__(self) -> bool:
        return bool(self.category or self.system or self.community)


@dataclass(frozen=True, slots=True)
class Detail:
    """One building's score, why, since when, and what would lower it."""

    expected: float
    level: Level
    rank: int
    buildings: int
    waterfall: Waterfall
    #: By the key of an action: what share of the score it would take away.
    lowering: tuple[tuple[str, float], ...]
    history: tuple[tuple[date, float], ...]
    sufficient: bool


class RiskBook:
    """Reads forecasts for the screens; safe to use from several threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._now: Told | None = None
        self._weeks: OrderedDict[str, Told] = OrderedDict()
        self._standing: tuple[str, Standing, Any] | None = None
        self._judged: tuple[Any, Verdict | None] = ((), None)

    def now(self) -> Told | None:
        """Return the present's forecast; None if there is none.

        Raises
        ------
        PresentMissingError
            If Redis is away.
        """
        with self._lock:
            version = risk_version(self._services.redis)
            if version is None:
                return None
            if self._now is None or self._now.version != version:
                found = present_risk(self._services.redis)
                if found is None:
                    return None
                self._now = _told(*found, keep=True)
            return self._now

    def week(self, monday: date) -> Told | None:
        """Return the forecast of a week; None without one.

        Raises
        ------
        RiskError
            If it was changed after it was written.
        """
        with self._lock, reading(self._services.database) as session:
            digest = risk_forecasts.digest_of(session, monday)
            return None if digest is None else self._read(session, monday, digest)

    def _read(self, session: Any, monday: date, digest: str) -> Told | None:
        """Return a week's forecast as it is kept, or read it; for who holds the lock."""
        if digest not in self._weeks:
            forecast = risk_forecasts.forecast_of(session, monday)
            if forecast is None:
                return None
            self._weeks[digest] = _told(digest, forecast, keep=False)
            while len(self._weeks) > KEPT_WEEKS:
                self._weeks.popitem(last=False)
        self._weeks.move_to_end(digest)
        return self._weeks[digest]

    def weeks(self) -> list[WeekTold]:
        """Return the weeks with a forecast, the newest first."""
        with reading(self._services.database) as session:
            return risk_forecasts.weeks(session)

    def verdict(self, told: list[WeekTold]) -> Verdict | None:
        """Return how good the forecasts of some weeks were; its intervals are drawn once."""
        scored = [week.score for week in told if week.score is not None]
        known = tuple((week.monday, week.ranks, week.events, week.expected) for week in scored)
        with self._lock:
            if known != self._judged[0]:
                self._judged = (known, judge(scored))
            return self._judged[1]

    def surface(self, told: Told, some: Filter) -> bytes:
        """Return the surface as it travels, compressed: of all, or only of some buildings."""
        if not some:
            return told.body
        from data.domain.risk.nearness import filtered  # noqa: PLC0415 - scipy, when it is asked for

        there, area = self._there()
        chosen = there.ids[_mask(there, some)]
        which = np.isin(told.ids, chosen) & np.isin(told.ids, there.ids)
        places_of = there.xy[np.searchsorted(there.ids, told.ids[which])]
        return _body(told.head, filtered(area, places_of, told.expected[which]))

    def chosen(self, told: Told, some: Filter) -> NDArray[np.bool_]:
        """Return which buildings of a forecast pass a filter."""
        there, _area = self._there()
        return np.isin(told.ids, there.ids[_mask(there, some)])

    def places(self, told: Told) -> dict[str, tuple[Place, ...]]:
        """Return the sums of communities, work points and categories."""
        there, _area = self._there()
        known = np.isin(told.ids, there.ids)
        rows = np.searchsorted(there.ids, told.ids[known])
        return {
            name: places(key[rows], told.expected[known])
            for name, key in (
                ("communities", there.community),
                ("work_points", there.work_point),
                ("categories", there.category),
            )
        }

    def detail(self, building_id: str) -> Detail | None:
        """Return everything about one building; None if it has no score.

        Raises
        ------
        PresentMissingError
            If Redis is away.
        """
        told = self.now()
        row = None if told is None else told.row(building_id)
        if told is None or told.forecast is None or row is None:
            return None
        expected = float(told.expected[row])
        facts = self._facts({building_id})
        model = told.forecast.model
        less_after = {key: float(less[0]) for key, less in effects(model, facts).items()}
        # The facts lack what is nearby; as a share of the score that makes no difference.
        whole = float(score(model, facts)[0][0])
        lowering = tuple((key, less / whole) for key, less in less_after.items() if less > 0)
        return Detail(
            expected=expected,
            level=Level(int(told.level[row])),
            rank=int((told.expected > told.expected[row]).sum()) + 1,
            buildings=len(told.ids),
            waterfall=waterfall(told.forecast, row),
            lowering=tuple(sorted(lowering, key=lambda one: -one[1])),
            history=self._history(building_id),
            sufficient=model.sufficient,
        )

    def measures(self, community: str) -> list[dict[str, Any]] | None:
        """Return what would help most in a community; None while there is no forecast.

        Raises
        ------
        PresentMissingError
            If Redis is away.
        """
        told = self.now()
        if told is None or told.forecast is None:
            return None
        there, _area = self._there()
        ids = {str(one) for one in there.ids[there.community == community]}
        if not ids:
            return []
        found = measures(told.forecast.model, self._facts(ids))
        return [
            {"action": one.action, "buildings": list(one.buildings), "less": one.less}
            for one in found
        ]

    def _facts(self, ids: set[str]) -> Buildings:
        moment = self._services.now().timestamp()
        with reading(self._services.database) as session:
            records = load_records(session, ids)
            return facts_at(records, moment, load_live(session, records, ids))

    def _history(self, building_id: str) -> tuple[tuple[date, float], ...]:
        found = []
        with self._lock, reading(self._services.database) as session:
            for monday, digest in risk_forecasts.digests(session, TOLD_WEEKS):
                week = self._read(session, monday, digest)
                row = None if week is None else week.row(building_id)
                if week is not None and row is not None:
                    found.append((monday, float(week.expected[row])))
        return tuple(reversed(found))

    def _there(self) -> tuple[Standing, Any]:
        """Return the buildings as filters look at them, and the study area."""
        with self._lock, reading(self._services.database) as session:
            version = geometry_version(session)
            if self._standing is None or self._standing[0] != version:
                self._standing = (version, standing(session), study_area(session))
            return self._standing[1], self._standing[2]


def labels() -> dict[str, str]:
    """Return what every term and action is called, as msgids."""
    named = {key: term.label for key, term in BY_KEY.items()}
    return {**named, CATEGORY: "建筑类别", **{f"do.{one.key}": one.label for one in ACTIONS}}


def quantised(surface: Raster) -> bytes:
    """Return a byte for each cell, the southernmost row first.

    0 is outside, 1 to 255 are on a scale of logarithms from 0.0001 to 10 events a hectare.
    """
    on_a_hectare = surface.values * (HECTARE_M2 / surface.cell_m**2)
    inside = np.isfinite(on_a_hectare)
    share = np.log(np.clip(np.where(inside, on_a_hectare, LOW), LOW, HIGH) / LOW)
    steps = 1 + np.rint(share / np.log(HIGH / LOW) * STEPS)
    return bytes(np.where(inside, steps, 0).astype(np.uint8).tobytes())


def _told(version: str, forecast: Forecast, *, keep: bool) -> Told:
    head = _head(version, forecast)
    return Told(
        version,
        forecast.week,
        forecast.ids,
        forecast.expected,
        levels(forecast.expected),
        forecast if keep else None,
        head,
        _body(head, forecast.surface),
    )


def _body(head: Mapping[str, Any], surface: Raster) -> bytes:
    return bytes(brotli.compress(to_json(head) + b"\n" + quantised(surface), quality=QUALITY))


def _head(version: str, forecast: Forecast) -> dict[str, Any]:
    surface = forecast.surface
    ny, nx = surface.values.shape
    east, north = surface.west + nx * surface.cell_m, surface.south + ny * surface.cell_m
    corners = [[surface.west, surface.south], [east, surface.south], [surface.west, north]]
    return {
        "version": version,
        "nx": nx,
        "ny": ny,
        "cell_m": surface.cell_m,
        "corners": to_lonlat(np.array(corners)).tolist(),
        "low": LOW,
        "high": HIGH,
        "as_of": round(forecast.as_of.timestamp() * 1000),
        "week": None if forecast.week is None else forecast.week.isoformat(),
        "expected": float(np.nansum(surface.values)),
        "sufficient": forecast.model.sufficient,
        "learnt_from": forecast.model.learnt_from,
    }


def _mask(there: Standing, some: Filter) -> NDArray[np.bool_]:
    kept = np.ones(len(there.ids), dtype=bool)
    if some.category:
        kept &= there.category == some.category
    if some.community:
        kept &= there.community == some.community
    if some.system:
        kept &= there.kinds[some.system]
    return kept
