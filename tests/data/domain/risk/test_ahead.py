"""On a town whose ways are not the prior's: learning helps, and counting alone is not enough."""

import numpy as np

from data.domain.risk.model import Counts, Past, fit, score
from data.domain.risk.records import Buildings
from data.domain.risk.terms import TERMS, design
from tests.data.domain.risk.towns import buildings

STRETCHES = 12
A_STRETCH = 40.0


def town(rng: np.random.Generator, n: int = 1500) -> tuple[Buildings, np.ndarray]:
    """Return buildings, and how many events each has in 4 weeks: charging matters most, age not."""
    some = buildings(
        n,
        residents=rng.integers(0, 80, n),
        storeys=rng.integers(1, 12, n),
        built_year=rng.integers(1970, 2024, n),
        charging_inside=rng.random(n) < 0.3,
        hazards_serious=rng.poisson(0.3, n),
        devices=3,
        devices_silent=rng.integers(0, 2, n),
    )
    weight = dict.fromkeys((term.key for term in TERMS), 0.0)
    weight |= {"charging": 1.8, "serious": 0.9, "residents": 0.3}
    # What no fact tells: some houses burn more than others that look alike.
    hidden = rng.normal(0, 0.4, n)
    rate = np.exp(np.nan_to_num(design(some)) @ np.array(list(weight.values())) + hidden)
    return some, rate * A_STRETCH / rate.sum()


def auc(found: np.ndarray, came: np.ndarray) -> float:
    """Return how likely an event's building is ahead of any other one, ties half."""
    _values, place, count = np.unique(found, return_inverse=True, return_counts=True)
    rank = ((np.cumsum(count) - count / 2)[place]) / len(found)
    return float(np.average(rank, weights=came))


def test_what_was_learnt_is_ahead_of_the_prior_and_of_counts() -> None:
    ahead_of_prior, ahead_of_counts = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        some, rate = town(rng)
        before, past = np.zeros(len(some)), []
        for _ in range(STRETCHES):
            came = rng.poisson(rate).astype(np.int64)
            past.append(Past(some.having(matters_52w=before.copy()), came))
            before += came
        now, counts = some.having(matters_52w=before), Counts(int(before.sum()), 0, STRETCHES * 4)
        learnt = fit(now, past, counts)
        assert learnt.sufficient
        future = rng.poisson(rate * 13)
        model = auc(score(learnt, now)[0], future)
        ahead_of_prior.append(model - auc(score(fit(now, [], counts), now)[0], future))
        ahead_of_counts.append(model - auc(before, future))
        assert abs(score(learnt, now)[0].sum() - A_STRETCH) < 4 * np.sqrt(A_STRETCH / STRETCHES)
    assert min(ahead_of_counts) > 0
    assert np.mean(ahead_of_prior) > 0.005
    assert np.mean(ahead_of_counts) > 0.05
