import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.risk.score import assess, bootstrap_means, chosen, hits, with_interval


def test_the_cells_ranked_first_are_chosen():
    assert chosen(np.array([0.1, 0.9, 0.5, 0.3]), 0.5).tolist() == [0, 1, 1, 0]


def test_cells_of_one_score_are_taken_in_part():
    assert chosen(np.array([5.0, 1.0, 1.0, 1.0, 1.0]), 0.4).tolist() == pytest.approx(
        [1, 0.25, 0.25, 0.25, 0.25]
    )


@given(
    hnp.arrays(float, st.integers(1, 60), elements=st.integers(0, 5).map(float)),
    st.sampled_from([0.05, 0.1, 0.2, 1.0]),
)
def test_what_is_chosen_is_the_share_and_respects_the_order(score, share: float):
    part = chosen(score, share)
    assert part.sum() == pytest.approx(share * len(score))
    assert ((part >= 0) & (part <= 1)).all()
    for value in np.unique(score):
        if (part[score == value] > 0).any():
            assert (part[score > value] == 1).all()


def test_the_hit_rate_of_ties_is_what_a_random_order_gives_on_average():
    score, events = np.array([1.0, 1.0, 1.0, 0.0]), np.array([0, 0, 1, 3, -1])
    rng, found = np.random.default_rng(0), []
    for _ in range(4000):
        order = np.lexsort((rng.random(4), -score))[:2]
        found.append(np.isin(events, order).mean())
    assert hits(score, events, 0.5).mean() == pytest.approx(np.mean(found), abs=0.01)


def test_an_event_outside_is_missed():
    assert hits(np.array([1.0, 0.0]), np.array([-1, -1, 0]), 0.5).tolist() == [0, 0, 1]


def test_indices_of_a_known_case():
    score = np.arange(100, 0, -1.0)  # the first cells are ranked first
    best = np.zeros(100)
    best[[2, 7, 60]] = [4, 4, 2]
    events = np.array([2] * 4 + [7] * 4 + [60] * 2)
    result = assess(score, best, events)
    assert result.hit[0.05].value == pytest.approx(0.4)
    assert result.pai[0.05].value == pytest.approx(8.0)
    assert result.hit[0.10].value == pytest.approx(0.8)
    assert result.pei[0.10] == pytest.approx(0.8)


def test_a_surface_that_knows_nothing_has_the_index_one():
    result = assess(np.ones(400), np.ones(400), np.arange(400))
    for share in result.pai:
        assert result.pai[share].value == pytest.approx(1.0)
        assert result.pei[share] == pytest.approx(1.0)


def test_the_interval_of_a_share_is_about_that_of_the_binomial():
    values = np.array([1.0] * 300 + [0.0] * 700)
    interval = with_interval(values)
    assert interval.value == pytest.approx(0.3)
    assert interval.low == pytest.approx(0.3 - 1.96 * 0.0145, abs=0.003)
    assert interval.high == pytest.approx(0.3 + 1.96 * 0.0145, abs=0.003)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(3).random(50)
    assert bootstrap_means(values, 7).tobytes() == bootstrap_means(values, 7).tobytes()
