"""Weights that only point one way, a cold start that says so, and a town that the model drew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.risk.model import Counts, Past, fit, score
from data.domain.risk.records import CATEGORIES, Buildings, Model, RiskError
from data.domain.risk.terms import BY_KEY, CATEGORY_PRIOR, TERMS, design
from data.domain.words import BuildingCategory as C
from tests.data.domain.risk.towns import buildings

#: A fact that grows with the hazard, and two values of it.
WORSE = {
    "residents": (5, 50),
    "storeys": (2, 9),
    "charging_inside": (0, 1),
    "devices_silent": (0, 2),
    "devices_fault": (0, 1),
    "devices_prealarm": (0, 1),
    "electrical_drift": (0, 0.5),
    "hydrant_m": (100, 300),
    "hydrant_low": (0, 1),
    "station_m": (300, 900),
    "matters_52w": (0, 1),
    "matters_before": (0, 2),
    "false_52w": (0, 5),
    "nearby": (0.5, 2),
    "hazards_general": (0, 1),
    "hazards_serious": (0, 1),
    "hazards_overdue": (0, 3),
    "days_since_inspection": (10, 200),
}


def cold(some: Buildings) -> Model:
    return fit(some, [], Counts(0, 0, 0))


def drawn(seed: int, n: int = 200) -> tuple[Buildings, Past]:
    """A town whose events know nothing of the model."""
    rng = np.random.default_rng(seed)
    facts = {name: rng.choice(pair, n) for name, pair in WORSE.items()}
    some = buildings(n, built_year=rng.integers(1960, 2024, n), devices=3, **facts)
    return some, Past(some, rng.poisson(0.2, n).astype(np.int64))


def test_every_weight_begins_with_a_sign_and_a_source() -> None:
    assert len(TERMS) <= 20
    assert all(term.prior > 0 and term.source for term in TERMS)
    assert set(CATEGORY_PRIOR) == set(C)
    assert len(BY_KEY) == len(TERMS)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(sorted(WORSE)))
def test_more_of_a_hazard_never_lowers_a_score(seed: int, fact: str) -> None:
    some, past = drawn(seed)
    model = fit(some, [past], Counts(int(past.events.sum()), 0))
    low, high = WORSE[fact]
    before, _ = score(model, some.having(**{fact: np.full(len(some), float(low))}))
    after, _ = score(model, some.having(**{fact: np.full(len(some), float(high))}))
    assert (after >= before).all()


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_an_older_building_never_scores_lower_and_a_device_never_raises(seed: int) -> None:
    some, past = drawn(seed)
    model = fit(some, [past], Counts(int(past.events.sum()), 0))
    before, _ = score(model, some)
    older, _ = score(model, some.having(built_year=some.fact("built_year") - 20))
    assert (older >= before).all()
    bare, _ = score(model, some.having(devices=np.zeros(len(some))))
    assert (bare >= score(model, some.having(devices_silent=np.zeros(len(some))))[0] - 1e-6).all()


def test_without_events_the_published_weights_are_the_model_and_it_says_so() -> None:
    some = buildings(10, residents=1000)
    model = cold(some)
    assert not model.sufficient
    assert model.weight == {term.key: term.prior for term in TERMS}
    assert model.base[C.THREE_IN_ONE] - model.base[C.RESIDENTIAL] == pytest.approx(np.log(4))
    expected, _ = score(model, some)
    # 5,893 fires of 41.6 million people, twice as many events, 10,000 residents, 4 weeks of 52.
    assert expected.sum() == pytest.approx(5893 / 41.6e6 * 2 * 10_000 * 4 / 52, rel=1e-6)


def test_the_scores_sum_to_what_is_expected() -> None:
    some, past = drawn(3)
    model = fit(some, [past], Counts(26, 13, 26))
    assert score(model, some)[0].sum() == pytest.approx(model.at_buildings, rel=1e-5)
    assert model.elsewhere == pytest.approx(2.0)
    # Nearly as many as came, 4 a 4 weeks: little was believed beforehand.
    assert 3.0 < model.at_buildings < 4.0


def test_contributions_sum_to_the_score() -> None:
    some, past = drawn(4)
    model = fit(some, [past], Counts(40, 0))
    expected, parts = score(model, some)
    assert np.exp(model.level + parts.sum(axis=1)) == pytest.approx(expected, rel=1e-4)


def test_two_buildings_by_hand() -> None:
    """One serious hazard more is exp(0.5) times as many events, whatever else there is."""
    some = buildings(2, residents=10, hazards_serious=[0, 1])
    expected, parts = score(cold(some), some)
    assert expected[1] / expected[0] == pytest.approx(np.exp(0.5), rel=1e-5)
    column = 1 + [term.key for term in TERMS].index("serious")
    assert parts[:, column] == pytest.approx([-0.25, 0.25])


def test_what_is_not_known_counts_as_the_mean() -> None:
    some = buildings(3, hazards_serious=[0, 1, np.nan])
    _, parts = score(cold(some), some)
    column = 1 + [term.key for term in TERMS].index("serious")
    assert parts[2, column] == 0
    assert np.isfinite(parts).all()


def test_the_order_of_the_weeks_and_a_shift_of_the_map_change_nothing() -> None:
    some, past = drawn(5)
    moved = Buildings(
        some.ids, some.community, some.category, some.xy + 1000, some.facts, some.year
    )
    counts = Counts(40, 0)
    one = fit(some, [past, past], counts)
    assert one == fit(moved, [past, past], counts)


def test_a_town_that_the_model_drew_gives_its_weights_back() -> None:
    rng = np.random.default_rng(7)
    some, _ = drawn(7, 4000)
    weight = np.array([term.prior for term in TERMS])
    chosen = [term.key for term in TERMS].index("charging")
    weight[chosen], weight[0] = 1.6, 0.0
    values = np.nan_to_num(design(some))
    rate = np.exp(values @ weight)
    rate *= 3000 / rate.sum()
    model = fit(some, [Past(some, rng.poisson(rate).astype(np.int64))], Counts(3000, 0))
    assert model.sufficient
    assert model.weight["charging"] == pytest.approx(1.6, abs=0.15)
    assert model.weight["residents"] < 0.15
    truth = rate * model.at_buildings / rate.sum()
    assert np.corrcoef(score(model, some)[0], truth)[0, 1] > 0.97


def test_no_buildings_is_no_crash() -> None:
    none = buildings(0)
    model = fit(none, [], Counts(0, 0))
    expected, parts = score(model, none)
    assert (expected.shape, parts.shape) == ((0,), (0, 1 + len(TERMS)))
    assert model.at_buildings == 0


def test_facts_that_do_not_fit_are_refused() -> None:
    some = buildings(3)
    with pytest.raises(RiskError, match="need arrays of shape"):
        some.having(residents=np.zeros(2))
    with pytest.raises(RiskError, match="no fact colour"):
        some.having(colour=np.zeros(3))
    with pytest.raises(RiskError, match="ascending"):
        some.where(np.array([2, 0, 1]))
    with pytest.raises(RiskError, match="none negative"):
        Past(some, np.array([0, -1, 0]))
    nowhere = np.full((3, 2), np.nan)
    with pytest.raises(RiskError, match="finite coordinates"):
        Buildings(some.ids, some.community, some.category, nowhere, {}, 2026)


def test_the_categories_are_those_of_the_words() -> None:
    assert tuple(C) == CATEGORIES
