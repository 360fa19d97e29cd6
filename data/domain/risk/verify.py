"""How good a forecast was: the week's events against it, beside raw counts and kernel densities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.risk.known import Records, came, events_at
from data.domain.risk.model import WEEKS
from data.domain.risk.records import Floats, Forecast, RiskError
from geo.risk.grid import NONE
from geo.risk.score import SHARES, Interval, hits, with_interval
from geo.risk.surface import Frame, sums

MODEL: Final = "model"
ORACLE: Final = "oracle"
BASELINES: Final = {"raw_counts": 0.0, "kde_200": 200.0, "kde_500": 500.0}
#: Scored are cells of 250 m: ten of those that are drawn.
SIDE: Final = 10
#: Buildings are put into so many equal groups by their score, to see whether it is calibrated.
GROUPS: Final = 5


@dataclass(frozen=True, slots=True)
class Week:
    """What came in the week of a forecast, and how much of it was foreseen.

    Attributes
    ----------
    monday
    events
        That came in the study area.
    hits : mapping of str to mapping of str to tuple of float
        By surface and by share of the area ("5", "10", "20"): of each event, how much of its cell
        was among the cells ranked first.
    expected
        Events that the forecast expected in the week.
    ranks : tuple of float
        Of each event at a building: the share of the buildings with a lower score (ties half).
    groups : tuple of (float, int)
        Of each fifth of the buildings, from the lowest scores: expected events, and those that
        came.
    missed : tuple of (float, str)
        Of each event outside the tenth of the area that was ranked first: seconds since 1970, and
        its building; empty if it was at none.
    """

    monday: date
    events: int
    hits: Mapping[str, Mapping[str, tuple[float, ...]]]
    expected: float
    ranks: tuple[float, ...]
    groups: tuple[tuple[float, int], ...]
    missed: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Some weeks together.

    Attributes
    ----------
    hit : mapping of str to mapping of str to Interval
        Hit rate by surface and share of the area.
    ahead : mapping of str to Interval
        How much more than each baseline the model foresaw at a tenth of the area, paired.
    auc
        How likely a building with an event had a higher score than one without; None without.
    beaten_by
        Baselines that foresaw more at a tenth of the area.
    """

    weeks: int
    events: int
    expected: float
    hit: Mapping[str, Mapping[str, Interval]]
    pai: Mapping[str, Mapping[str, float]]
    pei: Mapping[str, float]
    ahead: Mapping[str, Interval]
    auc: Interval | None
    groups: tuple[tuple[float, int], ...]
    beaten_by: tuple[str, ...]


TENTH: Final = "10"


def verify(forecast: Forecast, records: Records, frame: Frame, start: float, end: float) -> Week:
    """Compare a forecast with its week.

    Parameters
    ----------
    forecast : Forecast
    records : Records
        Of now, so that verdicts that came late count.
    frame : Frame
        Of the forecast's surface.
    start, end
        Of the week, seconds since 1970.

    Raises
    ------
    RiskError
        If the forecast is of no week.
    """
    if forecast.week is None:
        raise RiskError("only a forecast of a week can be compared with one")
    what = came(records, start, end)
    larger, model = sums(frame, np.nan_to_num(forecast.surface.values.ravel()), SIDE)
    cell = larger.grid.index(what.xy)
    inside = (cell != NONE) & larger.inside[cell]
    position = np.cumsum(larger.inside) - 1
    where = position[cell[inside]]
    before = events_at(records, forecast.as_of.timestamp())
    surfaces = {MODEL: model}
    for name, scale in BASELINES.items():
        surfaces[name] = larger.grid.smooth(before.where(before.wanted).xy, scale)
    surfaces[ORACLE] = larger.grid.count(what.xy)
    found = {
        name: {_name(share): _hits(cells[larger.inside], where, share) for share in SHARES}
        for name, cells in surfaces.items()
    }
    part = (end - start) / (WEEKS * 7 * 86_400.0)
    ranks, groups = _at_buildings(forecast, records, start, end, part)
    expected = float(np.nansum(forecast.surface.values)) * part
    missed = _missed(records, start, end, inside, found[MODEL][TENTH])
    return Week(forecast.week, len(where), found, expected, ranks, groups, missed)


def judge(weeks: Sequence[Week]) -> Verdict | None:
    """Return how good the forecasts of some weeks were together; None without any event."""
    events = sum(week.events for week in weeks)
    if not events:
        return None
    names, shares = (MODEL, *BASELINES, ORACLE), [_name(share) for share in SHARES]
    all_hits = {
        name: {
            share: np.array([hit for week in weeks for hit in week.hits[name][share]])
            for share in shares
        }
        for name in names
    }
    hit = {
        name: {share: with_interval(some) for share, some in by_share.items()}
        for name, by_share in all_hits.items()
    }
    ahead = {
        name: with_interval(all_hits[MODEL][TENTH] - all_hits[name][TENTH]) for name in BASELINES
    }
    ranks = np.array([rank for week in weeks for rank in week.ranks])
    return Verdict(
        weeks=len(weeks),
        events=events,
        expected=sum(week.expected for week in weeks),
        hit=hit,
        pai={
            name: {share: one.value / (float(share) / 100) for share, one in by_share.items()}
            for name, by_share in hit.items()
        },
        pei={share: _share(hit[MODEL][share].value, hit[ORACLE][share].value) for share in shares},
        ahead=ahead,
        auc=with_interval(ranks) if len(ranks) else None,
        groups=_together([week.groups for week in weeks]),
        beaten_by=tuple(name for name, one in ahead.items() if one.value < 0),
    )


def _at_buildings(
    forecast: Forecast, records: Records, start: float, end: float, part: float
) -> tuple[tuple[float, ...], tuple[tuple[float, int], ...]]:
    n = len(forecast)
    if not n:
        return (), ()
    some = records.events
    which = (some["at"] >= start) & (some["at"] < end) & (some["real"] > 0)
    ids = records.buildings.ids[some["building"][which & (some["building"] >= 0)].astype(np.int64)]
    rows = np.searchsorted(forecast.ids, ids)
    rows = rows[(rows < n) & (forecast.ids[np.minimum(rows, n - 1)] == ids)]
    rank = _ranks(forecast.expected)
    group = np.minimum((rank * GROUPS).astype(np.int64), GROUPS - 1)
    expected = np.bincount(group, forecast.expected.astype(np.float64), GROUPS) * part
    happened = np.bincount(group[rows], minlength=GROUPS)
    pairs = tuple((float(e), int(c)) for e, c in zip(expected, happened, strict=True))
    return tuple(float(one) for one in np.sort(rank[rows])), pairs


def _missed(
    records: Records,
    start: float,
    end: float,
    inside: NDArray[np.bool_],
    hit: Sequence[float],
) -> tuple[tuple[float, str], ...]:
    """Return time and building of the events that were not foreseen, in the order of time."""
    some = records.events
    which = (some["at"] >= start) & (some["at"] < end) & (some["real"] > 0)
    at, building = some["at"][which][inside], some["building"][which][inside].astype(np.int64)
    ids = [str(records.buildings.ids[one]) if one >= 0 else "" for one in building]
    missed = np.array(hit) == 0
    return tuple(sorted((float(at[k]), ids[k]) for k in np.flatnonzero(missed)))


def _ranks(score: NDArray[np.floating]) -> Floats:
    """Return the share of the places with a lower score, of equal ones half."""
    _values, place, count = np.unique(score, return_inverse=True, return_counts=True)
    below = np.cumsum(count) - count
    return np.asarray((below + count / 2)[place.ravel()] / len(score))


def _hits(score: Floats, where: NDArray[np.int64], share: float) -> tuple[float, ...]:
    return tuple(float(one) for one in hits(score, where, share))


def _together(all_groups: Sequence[tuple[tuple[float, int], ...]]) -> tuple[tuple[float, int], ...]:
    some = [groups for groups in all_groups if groups]
    return tuple(
        (sum(groups[k][0] for groups in some), sum(groups[k][1] for groups in some))
        for k in range(GROUPS if some else 0)
    )


def _name(share: float) -> str:
    return f"{share * 100:.0f}"


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
