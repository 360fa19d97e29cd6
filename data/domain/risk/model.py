"""The score: a log-linear Poisson model with few terms, whose weights may only point one way.

``ln expected = level + base[category] + Σ weight · term``, with weights that are never negative
and a Gaussian prior around :data:`~data.domain.risk.terms.TERMS`: with no events the prior is the
model (a cold start), with many they speak for themselves. Where the next event comes, given that
one comes, depends on the weights alone (McFadden 1974, conditional logit), so they are learnt from
that; how many come is a Gamma–Poisson count of the last 52 weeks (Gelman et al., Bayesian Data
Analysis, 2.6).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.domain.risk.records import (
    CATEGORIES,
    Buildings,
    Floats,
    Forecast,
    Model,
    Raster,
    RiskError,
    Singles,
)
from data.domain.risk.terms import CATEGORY, CATEGORY_PRIOR, TERMS, design

WEEKS: Final = 4
#: Standard deviations of the priors, in ln.
WEIGHT_SD: Final = 0.3
BASE_SD: Final = 0.5
#: Fires of a year for each resident: 福建 2020, 5,893 for 41.6 million (闽政办〔2021〕47号).
FIRES_A_RESIDENT: Final = 5893 / 41.6e6
#: A near miss is told for about each fire; so many years of it are believed beforehand (judgement).
EVENTS_A_FIRE: Final = 2.0
BELIEVED_YEARS: Final = 0.1
#: A town of which nobody knows how many live in it has at least so many events a year.
FEWEST: Final = 0.5
YEAR_WEEKS: Final = 52
#: With fewer events the weights are the prior's more than the town's.
ENOUGH_EVENTS: Final = 30
#: Buildings at a time, so that a million need no gigabyte.
BLOCK: Final = 100_000
#: Of the buildings without an event so many stand for all of them while the weights are learnt.
SAMPLE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Past:
    """What was known before some weeks, and where events came in them.

    Attributes
    ----------
    buildings : Buildings
        As of the first day.
    events : ndarray of int, shape (n,)
        Events at each building in the 4 weeks.
    """

    buildings: Buildings
    events: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.events.shape != (len(self.buildings),) or (self.events < 0).any():
            raise RiskError(f"{len(self.buildings)} buildings need as many counts, none negative")


@dataclass(frozen=True, slots=True)
class Counts:
    """Events of the last 52 weeks, and over how many weeks they were looked for."""

    at_buildings: int
    elsewhere: int
    weeks: float = YEAR_WEEKS


def fit(
    now: Buildings,
    past: Sequence[Past],
    counts: Counts,
    tell: Callable[[float], None] = lambda _: None,
) -> Model:
    """Return the weights that the past supports, and how many events to expect.

    Parameters
    ----------
    now
        The buildings as of the forecast's moment.
    past
        Earlier moments with what came in the 4 weeks after each ("rolling origin"); none of those
        weeks may reach beyond the forecast's moment.
    counts
    tell : callable
        Hears of the share that is done.
    """
    weight, base = _learn(past, tell)
    values = design(now)
    mean = _means(values)
    eta = _eta(_filled(values, mean), now.category, weight, base)
    came = int(sum(one.events.sum() for one in past))
    at_buildings = _expected(now, counts)
    level = _level(eta, at_buildings)
    mean_base = float(base[now.category].mean()) if len(now) else 0.0
    return Model(
        base=dict(zip(CATEGORIES, base.tolist(), strict=True)),
        weight={term.key: float(w) for term, w in zip(TERMS, weight, strict=True)},
        mean={term.key: float(m) for term, m in zip(TERMS, mean, strict=True)},
        mean_base=mean_base,
        level=level + mean_base + float(weight @ mean),
        at_buildings=at_buildings,
        elsewhere=counts.elsewhere / max(counts.weeks, 1.0) * WEEKS,
        learnt_from=came,
        sufficient=came >= ENOUGH_EVENTS,
    )


def score(model: Model, buildings: Buildings) -> tuple[Singles, Singles]:
    """Return expected events, shape (n,), and contributions, shape (n, 1 + terms).

    The contributions of a building sum to ln of expected less the model's level.
    """
    n = len(buildings)
    expected = np.empty(n, dtype=np.float32)
    contributions = np.empty((n, 1 + len(TERMS)), dtype=np.float32)
    weight = np.array([model.weight[term.key] for term in TERMS])
    mean = np.array([model.mean[term.key] for term in TERMS])
    base = np.array([model.base[one] for one in CATEGORIES]) - model.mean_base
    for start in range(0, n, BLOCK):
        rows = slice(start, start + BLOCK)
        some = buildings if n <= BLOCK else buildings.where(np.arange(n)[rows])
        parts = (_filled(design(some), mean) - mean) * weight
        contributions[rows, 0] = base[some.category]
        contributions[rows, 1:] = parts
        expected[rows] = np.exp(model.level + base[some.category] + parts.sum(axis=1))
    return expected, contributions


def forecast(
    model: Model,
    buildings: Buildings,
    draw: Callable[[Singles], Raster],
    *,
    week: date | None,
    as_of: datetime,
) -> Forecast:
    """Return the forecast of a model; ``draw`` makes the surface of the buildings' scores."""
    expected, contributions = score(model, buildings)
    terms = (CATEGORY, *(term.key for term in TERMS))
    ids = buildings.ids
    return Forecast(week, as_of, model, ids, expected, contributions, terms, draw(expected))


def rescored(
    before: Forecast,
    some: Buildings,
    redraw: Callable[[Raster, Floats, Floats], Raster],
    as_of: datetime,
) -> Forecast:
    """Return a forecast in which only some buildings were looked at again.

    ``redraw(surface, xy, more)`` adds expected events at places to a surface. The forecast before
    is used up: its arrays are changed in place, for those of a million buildings are large.

    Raises
    ------
    RiskError
        If one of them is not in the forecast.
    """
    rows = np.searchsorted(before.ids, some.ids)
    if (rows >= len(before.ids)).any() or (before.ids[rows] != some.ids).any():
        raise RiskError("a building that is not in the forecast needs a whole new one")
    scored, parts = score(before.model, some)
    more = scored.astype(np.float64) - before.expected[rows]
    before.expected[rows], before.contributions[rows] = scored, parts
    return replace(before, as_of=as_of, surface=redraw(before.surface, some.xy, more))


def _learn(past: Sequence[Past], tell: Callable[[float], None]) -> tuple[Floats, Floats]:
    """Return the weights and bases of greatest posterior probability."""
    from scipy.optimize import minimize  # noqa: PLC0415 - web processes score, but never learn

    prior = np.array([term.prior for term in TERMS])
    prior_base = np.log([CATEGORY_PRIOR[one] for one in CATEGORIES])
    told = [one for one in past if one.events.any()]
    if not told:
        return prior, prior_base
    blocks = []
    for one in told:
        rows, stands_for = _sample(one.events)
        values = design(one.buildings.where(rows))
        filled = _filled(values, _means(values))
        blocks.append((filled, one.buildings.category[rows], one.events[rows], stands_for))
    split = len(prior)

    def worse(x: Floats) -> tuple[float, Floats]:
        off_weight = (x[:split] - prior) / WEIGHT_SD
        off_base = (x[split:] - prior_base) / BASE_SD
        loss = 0.5 * float(off_weight @ off_weight + off_base @ off_base)
        slope = np.concatenate([off_weight / WEIGHT_SD, off_base / BASE_SD])
        for values, category, events, stands_for in blocks:
            eta = _eta(values, category, x[:split], x[split:])
            top = float(eta.max())
            share = np.exp(eta - top) * stands_for
            total = float(share.sum())
            came = float(events.sum())
            loss += came * (top + np.log(total)) - float(events @ eta)
            off = came * share / total - events
            slope[:split] += off @ values
            slope[split:] += np.bincount(category, off, len(prior_base))
        return loss, slope

    bounds = [(0.0, None)] * split + [(None, None)] * len(prior_base)
    start = np.concatenate([prior, prior_base])
    found = minimize(
        worse, start, jac=True, method="L-BFGS-B", bounds=bounds, callback=lambda _: tell(1.0)
    )
    return found.x[:split], found.x[split:]


def _sample(events: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Return rows to learn from, ascending, and for how many buildings each stands.

    All with an event, and of the others every so manieth: they differ little from their
    neighbours in the list, and the same rows are taken whoever asks.
    """
    without = np.flatnonzero(events == 0)
    step = -(-len(without) // SAMPLE) or 1
    some = without[::step]
    rows = np.sort(np.concatenate([np.flatnonzero(events), some]))
    stands_for = np.where(events[rows] > 0, 1.0, len(without) / max(len(some), 1))
    return rows, stands_for


def _expected(now: Buildings, counts: Counts) -> float:
    """Return how many events come to the buildings in 4 weeks: a Gamma–Poisson mean."""
    residents = float(np.nansum(now.fact("residents")))
    a_year = max(residents * FIRES_A_RESIDENT * EVENTS_A_FIRE, FEWEST if len(now) else 0.0)
    came = a_year * BELIEVED_YEARS + counts.at_buildings
    years = BELIEVED_YEARS + counts.weeks / YEAR_WEEKS
    return came / years * WEEKS / YEAR_WEEKS


def _level(eta: Floats, total: float) -> float:
    """Return what must be added to ``eta`` so that the expected events sum to ``total``."""
    if not len(eta) or total <= 0:
        return 0.0
    top = float(eta.max())
    return float(np.log(total) - top - np.log(np.exp(eta - top).sum()))


def _eta(values: Floats, category: NDArray[np.int8], weight: Floats, base: Floats) -> Floats:
    return np.asarray(base[category] + values @ weight)


def _means(values: Floats) -> Floats:
    """Return the mean of each term over where it is known; 0 if it is known nowhere."""
    known = ~np.isnan(values)
    return np.asarray(np.nansum(values, axis=0) / np.maximum(known.sum(axis=0), 1))


def _filled(values: Floats, mean: Floats) -> Floats:
    """Return the terms with their mean where they are not known: neither better nor worse."""
    return np.where(np.isnan(values), mean, values)
