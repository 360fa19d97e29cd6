"""A forecast knows nothing of what came later, and is the same bytes whoever makes it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.risk.codec import MAGIC, from_bytes, to_bytes
from data.domain.risk.known import Live, Records, came, counts_between, events_at, facts_at
from data.domain.risk.levels import levels
from data.domain.risk.making import Maker
from data.domain.risk.records import Level, RiskError
from data.domain.risk.verify import judge, verify
from data.domain.words import Status
from tests.data.domain.risk.towns import (
    DAY,
    MONDAY,
    WEEK,
    buildings,
    event,
    random_records,
    records,
    square,
    table,
)

FRAME = square()


def shuffled(one: Any, seed: int) -> Any:
    order = np.random.default_rng(seed).permutation(len(next(iter(one.values()))))
    return {name: column[order] for name, column in one.items()}


def mixed(town: Records, seed: int) -> Records:
    names = ("hazards", "inspections", "events", "changes")
    return replace(town, **{name: shuffled(getattr(town, name), seed) for name in names})


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1000), st.integers(0, 60))
def test_later_rows_and_their_order_change_not_one_byte(seed: int, weeks_ago: int) -> None:
    town = random_records(40, 120, seed)
    moment = MONDAY - weeks_ago * WEEK
    whole = Maker(town, FRAME).forecast(moment, week=date(2026, 6, 1))
    then = Maker(mixed(town.before(moment), seed), FRAME).forecast(moment, week=date(2026, 6, 1))
    assert to_bytes(whole) == to_bytes(then)


def test_what_is_kept_for_the_next_forecast_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town, monday = random_records(30, 60), date(2026, 6, 1)
    maker = Maker(town, FRAME)
    maker.forecast(MONDAY + 4 * WEEK)
    shared = maker.forecast(MONDAY, week=monday)
    monkeypatch.setattr("data.domain.risk.making.KEPT_ROWS", 0)
    alone = Maker(town, FRAME).forecast(MONDAY, week=monday)
    assert to_bytes(shared) == to_bytes(alone)


def test_bytes_are_the_forecast_and_damaged_ones_are_refused() -> None:
    made = Maker(random_records(30, 60), FRAME).forecast(MONDAY, week=date(2026, 6, 1))
    raw = to_bytes(made)
    again = from_bytes(raw)
    assert to_bytes(again) == raw
    assert again.week == date(2026, 6, 1)
    assert again.model == made.model
    assert again.row("B000007") == 7
    assert again.row("nobody") is None
    for bad in (b"", raw[1:], raw[:-20], MAGIC + b"x" * 40):
        with pytest.raises(RiskError):
            from_bytes(bad)


def test_what_is_known_at_a_moment() -> None:
    some = buildings(2)
    town = records(
        some,
        devices=table("building since", (0, 0), (0, 0), (1, MONDAY + DAY)),
        changes=table(
            "device at after",
            (0, MONDAY - 2 * DAY, Status.STALE),
            (0, MONDAY + DAY, Status.NORMAL),
            (1, MONDAY - DAY, Status.FAULT),
        ),
        hazards=table(
            "building serious found due closed",
            (0, 1, MONDAY - 9 * DAY, MONDAY - DAY, MONDAY + DAY),
            (0, 0, MONDAY - 9 * DAY, np.inf, MONDAY - DAY),
            (1, 0, MONDAY + DAY, np.inf, np.inf),
        ),
        inspections=table("building at", (0, MONDAY - 30 * DAY), (0, MONDAY + DAY)),
        events=table(
            "x y at known building real",
            event(some, 0, MONDAY - 5 * DAY),
            event(some, 0, MONDAY - 500 * DAY),
            event(some, 1, MONDAY - DAY, known=MONDAY + DAY),
            event(some, 1, MONDAY - 3 * DAY, real=False),
        ),
        hydrant=np.array([1, -1]),
    )
    known = facts_at(town, MONDAY)
    facts = {name: values.tolist() for name, values in known.facts.items()}
    assert facts["devices"] == [2, 0]
    assert facts["devices_silent"] == [1, 0]
    assert facts["devices_fault"] == [1, 0]
    assert facts["hydrant_low"][0] == 1
    assert np.isnan(facts["hydrant_low"][1])
    assert (facts["hazards_general"], facts["hazards_serious"]) == ([0, 0], [1, 0])
    assert facts["hazards_overdue"] == [1, 0]
    assert facts["days_since_inspection"][0] == 30
    assert np.isnan(facts["days_since_inspection"][1])
    assert (facts["matters_52w"], facts["matters_before"]) == ([1, 0], [1, 0])
    assert facts["false_52w"] == [0, 1]
    assert known.year == 2026
    assert np.isnan(facts["electrical_drift"]).all()
    live = Live(np.array([0, 0, Status.PREALARM]), np.array([0.5, np.nan]))
    now = facts_at(town, MONDAY + 2 * DAY, live)
    assert now.fact("devices_prealarm").tolist() == [0, 1]
    assert now.fact("electrical_drift")[0] == 0.5
    assert counts_between(town, MONDAY - 7 * DAY, MONDAY).tolist() == [1, 0]
    assert len(came(town, MONDAY - 7 * DAY, MONDAY)) == 2
    assert int(events_at(town, MONDAY).wanted.sum()) == 2


@pytest.mark.parametrize("events", [0, 1])
def test_with_hardly_any_event_it_is_uniform_and_says_that_data_are_lacking(events: int) -> None:
    some = buildings(50)
    rows = [event(some, 3, MONDAY - 10 * DAY)] * events
    made = Maker(records(some, events=table("x y at known building real", *rows)), FRAME).forecast(
        MONDAY
    )
    assert not made.model.sufficient
    assert np.isfinite(made.expected).all()
    assert (made.expected > 0).all()
    others = np.delete(made.expected, 3)
    if not events:
        assert np.ptp(made.expected) == 0
        assert set(levels(made.expected)) == {Level.BLUE}
    else:
        assert made.expected[3] > others.max()
    assert np.nansum(made.surface.values) == pytest.approx(
        made.model.at_buildings + made.model.elsewhere, rel=1e-4
    )


def test_events_outside_duplicates_and_a_town_without_buildings() -> None:
    some = buildings(20)
    outside = (0.0, 0.0, MONDAY - 5 * DAY, MONDAY - 5 * DAY, -1, 1)
    double = [event(some, 1, MONDAY - 20 * DAY)] * 40
    town = records(some, events=table("x y at known building real", outside, *double))
    made = Maker(town, FRAME).forecast(MONDAY)
    assert np.isfinite(made.expected).all()
    assert made.row("B000001") == int(np.argmax(made.expected))
    bare = records(buildings(0), events=table("x y at known building real", outside))
    nothing = Maker(bare, FRAME).forecast(MONDAY)
    assert len(nothing) == 0
    assert np.nansum(nothing.surface.values) == pytest.approx(nothing.model.elsewhere, rel=1e-4)


def came_at(town: Records) -> list[float]:
    events = town.events
    return [float(at) for at in events["at"][events["real"] > 0]]


def week_holds(monday: date, at: float) -> bool:
    begin = datetime(monday.year, monday.month, monday.day, tzinfo=UTC).timestamp()
    return begin - DAY <= at < begin + WEEK + DAY


def test_a_forecast_is_compared_with_what_came_in_its_week() -> None:
    town = random_records(60, 300, 3)
    maker, weeks = Maker(town, FRAME), []
    for k in range(8, 0, -1):
        start = MONDAY - k * WEEK
        monday = datetime.fromtimestamp(start, UTC).date()
        made = maker.forecast(start, week=monday)
        weeks.append(verify(made, town, FRAME, start, start + WEEK))
    assert sum(week.events for week in weeks) == len(came(town, MONDAY - 8 * WEEK, MONDAY))
    for week in weeks:
        assert len(week.missed) == week.hits["model"]["10"].count(0.0)
        assert [at for at, _ in week.missed] == sorted(at for at, _ in week.missed)
        real = {at for at in came_at(town) if week_holds(week.monday, at)}
        assert {at for at, _ in week.missed} <= real
    verdict = judge(weeks)
    assert verdict is not None
    assert verdict.events == sum(week.events for week in weeks)
    assert sum(count for _, count in verdict.groups) == verdict.events
    # Seven in ten events come to one building in ten: any memory sees it.
    assert verdict.hit["model"]["20"].value > 0.4
    assert verdict.auc is not None
    assert verdict.auc.value > 0.6
    for share, one in verdict.hit["oracle"].items():
        assert one.value >= verdict.hit["model"][share].value
    assert set(verdict.beaten_by) == {k for k, v in verdict.ahead.items() if v.value < 0}
    with pytest.raises(RiskError, match="only a forecast of a week"):
        verify(replace(made, week=None), town, FRAME, MONDAY - WEEK, MONDAY)


def test_a_quiet_week_has_no_verdict_and_no_crash() -> None:
    town = records(buildings(20))
    made = Maker(town, FRAME).forecast(MONDAY, week=date(2026, 6, 1))
    week = verify(made, town, FRAME, MONDAY, MONDAY + WEEK)
    assert week.events == 0
    assert week.expected == pytest.approx(
        (made.model.at_buildings + made.model.elsewhere) / 4, rel=1e-4
    )
    assert judge([week]) is None
