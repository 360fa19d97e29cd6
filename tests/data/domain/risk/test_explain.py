"""Why a score is what it is, what would lower it, and how places add up."""

import numpy as np
import pytest

from data.domain.risk.explain import ACTIONS, effects, lowering, measures, waterfall
from data.domain.risk.known import events_at, facts_at
from data.domain.risk.levels import levels
from data.domain.risk.making import Maker
from data.domain.risk.model import Counts, fit, rescored, score
from data.domain.risk.nearness import Canvas, density, with_nearby
from data.domain.risk.places import places
from data.domain.risk.records import Level, RiskError
from tests.data.domain.risk.towns import MONDAY, buildings, random_records, square

FRAME = square()


def test_a_waterfall_goes_from_the_average_to_the_score() -> None:
    made = Maker(random_records(40, 120), FRAME).forecast(MONDAY)
    for row in range(len(made)):
        found = waterfall(made, row)
        product = found.average * np.prod([part.factor for part in (*found.parts, found.rest)])
        assert product == pytest.approx(found.expected, rel=1e-3)
        sizes = [abs(part.points) for part in found.parts]
        assert sizes == sorted(sizes, reverse=True)


def test_what_would_lower_it_most_comes_first() -> None:
    some = buildings(
        3,
        residents=10,
        hazards_serious=[2, 0, 0],
        charging_inside=[1, 0, 1],
        days_since_inspection=[200, 10, np.nan],
    )
    model = fit(some, [], Counts(30, 0))
    first = lowering(model, some.where(np.array([0])))
    assert [one.action for one in first] == ["charging", "hazards", "inspect"]
    assert first[0].share == pytest.approx(1 - np.exp(-0.8), rel=1e-3)
    assert lowering(model, some.where(np.array([1]))) == ()
    assert [one.action for one in lowering(model, some.where(np.array([2])))] == ["charging"]


def test_no_action_ever_makes_it_worse() -> None:
    town = random_records(60, 200)
    some = facts_at(town, MONDAY).having(nearby=np.ones(60))
    model = fit(some, [], Counts(50, 0))
    now, _ = score(model, some)
    for action in ACTIONS:
        less = effects(model, some)[action.key]
        assert (less >= 0).all()
        assert (less <= now).all()


def test_each_community_has_its_list() -> None:
    some = buildings(30, charging_inside=1, hazards_serious=np.arange(30) % 2)
    model = fit(some, [], Counts(30, 0))
    found = measures(model, some, most=4)
    assert {one.community for one in found} == {"C0", "C1", "C2"}
    first = found[0]
    assert first.action == "charging"
    assert len(first.buildings) == 4
    total = effects(model, some)["charging"][some.community == "C0"].sum()
    assert first.less == pytest.approx(total)


def test_levels_are_shares_of_the_places() -> None:
    found = levels(np.arange(1000, dtype=float))
    assert [int((found == level).sum()) for level in (3, 2, 1, 0)] == [10, 40, 150, 800]
    assert found[-1] == Level.RED
    assert set(levels(np.ones(50))) == {Level.BLUE}
    assert levels(np.array([3.0, 2.0, 1.0])).tolist() == [3, 0, 0]
    assert levels(np.array([])).tolist() == []
    assert levels(np.array([np.nan, 1.0])).tolist() == [0, 3]
    half = np.concatenate([np.ones(500), np.zeros(500)])
    assert set(levels(half)) == {Level.BLUE}


def test_places_add_up() -> None:
    some = buildings(30)
    expected = np.arange(30, dtype=float)
    found = places(some.community, expected)
    assert sum(one.expected for one in found) == expected.sum()
    assert [one.key for one in found] == ["C2", "C1", "C0"]
    assert sum(sum(one.counts) for one in found) == 30
    assert found[0].level == Level.RED
    assert places(some.community[:0], expected[:0]) == ()


def test_looking_again_at_some_is_looking_again_at_all() -> None:
    town = random_records(50, 120)
    made = Maker(town, FRAME).forecast(MONDAY)
    there = density(FRAME, events_at(town, MONDAY), 20_605)
    now = with_nearby(facts_at(town, MONDAY), there)
    now = now.having(hazards_serious=now.fact("hazards_serious") + (np.arange(50) == 7) * 3)
    canvas = Canvas(FRAME, there, made.model.elsewhere)
    rows = np.array([7, 8])
    before = made.expected[7]
    again = rescored(made, now.where(rows), canvas.redraw, made.as_of)
    whole, parts = score(made.model, now)
    assert again.expected == pytest.approx(whole, rel=1e-5)
    assert again.contributions == pytest.approx(parts, abs=1e-5)
    drawn = canvas.draw(now.xy, whole)
    assert again.surface.values == pytest.approx(drawn.values, rel=1e-3, abs=1e-7, nan_ok=True)
    assert again.expected[7] > before
    stranger = buildings(60).where(np.array([55]))
    with pytest.raises(RiskError, match="needs a whole new one"):
        rescored(made, stranger, canvas.redraw, made.as_of)
