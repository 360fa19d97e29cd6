import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.risk.events import Events
from geo.risk.grid import grid_over, study_area
from geo.risk.mixture import PARTS, densities, forecast, likeliest, periods
from tests.geo.risk.cities import city

CITY = city()
DAY = 18_600


def laid(events: Events, day: int = DAY, cell: float = 250.0):
    past = events.before(day)
    grid = grid_over(past.xy, cell)
    return grid, study_area(grid, past.xy)


def test_a_forecast_is_the_same_bytes_if_later_events_are_deleted_or_others():
    grid, area = laid(CITY)
    with_future = forecast(grid, area, CITY, DAY)
    without = forecast(grid, area, CITY.before(DAY), DAY)
    later = CITY.day >= DAY
    moved = Events(
        np.where(later[:, None], CITY.xy.mean(axis=0), CITY.xy), CITY.day, CITY.wanted ^ later
    )
    assert with_future.density.tobytes() == without.density.tobytes()
    assert with_future.density.tobytes() == forecast(grid, area, moved, DAY).density.tobytes()
    assert with_future.weights == without.weights


def test_no_period_is_foreseen_from_its_own_events():
    for start, end in periods(CITY, DAY):
        assert start < end <= DAY
    starts = [start for start, _ in periods(CITY, DAY)]
    assert starts == sorted(set(starts))
    assert min(starts) > CITY.day.min()


def test_the_surface_is_a_density_over_the_study_area():
    grid, area = laid(CITY)
    surface = forecast(grid, area, CITY, DAY)
    assert surface.density.sum() == pytest.approx(1.0)
    assert (surface.density[area] > 0).all()
    assert not surface.density[~area].any()
    assert sum(surface.weights.share.values()) == pytest.approx(1.0)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_events_does_not_matter(seed: int):
    order = np.random.default_rng(seed).permutation(len(CITY))
    grid, area = laid(CITY)
    one, other = forecast(grid, area, CITY, DAY), forecast(grid, area, CITY.where(order), DAY)
    assert one.density == pytest.approx(other.density, rel=1e-6, abs=1e-12)


def test_a_city_moved_by_whole_cells_has_the_same_surface():
    grid, area = laid(CITY)
    moved = Events(CITY.xy + np.array([250_000.0, -75_000.0]), CITY.day, CITY.wanted)
    there, there_area = laid(moved)
    one, other = forecast(grid, area, CITY, DAY), forecast(there, there_area, moved, DAY)
    assert (there.nx, there.ny) == (grid.nx, grid.ny)
    assert one.density == pytest.approx(other.density, rel=1e-6, abs=1e-12)


def test_where_it_burns_again_and_again_the_cell_itself_counts_most():
    rng = np.random.default_rng(1)
    addresses = rng.uniform(0, 20_000, (60, 2))
    xy = addresses[rng.integers(0, 60, 2000)]
    events = Events(xy, np.sort(rng.integers(18_000, 18_800, 2000)), np.ones(2000, bool))
    share = forecast(*laid(events, 18_800), events, 18_800).weights.share
    near = sum(w for part, w in share.items() if part.wanted and part.scale_m <= 50)
    assert near > 0.8


def test_where_chance_rules_wide_scales_count_most():
    rng = np.random.default_rng(2)
    xy = rng.uniform(0, 20_000, (2000, 2))
    events = Events(xy, np.sort(rng.integers(18_000, 18_800, 2000)), np.ones(2000, bool))
    share = forecast(*laid(events, 18_800), events, 18_800).weights.share
    # No event is of another kind, so that those parts are the same everywhere.
    wide = sum(w for part, w in share.items() if not part.wanted or part.scale_m >= 400)
    assert wide > 0.8


def test_more_past_events_in_a_cell_never_lower_its_share():
    grid, area = laid(CITY)
    here = CITY.xy[3]
    cell = grid.index(here[None])[0]
    weights = forecast(grid, area, CITY, DAY).weights
    shares = np.array([weights.share[part] for part in PARTS])
    past = CITY.before(DAY)
    more = Events(
        np.vstack([past.xy, np.repeat(here[None], 5, axis=0)]),
        np.append(past.day, np.repeat(DAY - 1, 5)),
        np.append(past.wanted, np.ones(5, bool)),
    )
    position = np.flatnonzero(area).tolist().index(cell)
    before = (shares @ densities(grid, area, past, DAY))[position]
    after = (shares @ densities(grid, area, more, DAY))[position]
    assert after > before


def test_the_likeliest_weights_of_two_parts_are_the_shares_of_what_came():
    rows = np.array([[1.0, 0.0], [0.0, 1.0]])
    weights = likeliest(rows, np.array([3000.0, 1000.0]), np.array([0.5, 0.5]))
    assert weights == pytest.approx([0.75, 0.25], abs=0.002)


@pytest.mark.parametrize("number", [1, 2, 5])
def test_few_events_give_a_surface_from_the_first_guess(number: int):
    events = Events(np.zeros((number, 2)) + 10.0, np.full(number, DAY - 3), np.ones(number, bool))
    grid, area = laid(events)
    surface = forecast(grid, area, events, DAY)
    assert surface.weights.learnt_from == 0
    assert surface.density.sum() == pytest.approx(1.0)
    assert surface.density.argmax() == grid.index(events.xy[:1])[0]


def test_events_of_another_kind_alone_help_to_foresee():
    events = Events(CITY.xy, CITY.day, np.zeros(len(CITY), bool))
    surface = forecast(*laid(events), events, DAY)
    assert surface.density.sum() == pytest.approx(1.0)
    assert np.ptp(surface.density[surface.density > 0]) > 0


def test_duplicate_points_are_counted_twice_and_break_nothing():
    twice = Events(np.vstack([CITY.xy, CITY.xy]), np.tile(CITY.day, 2), np.tile(CITY.wanted, 2))
    grid, area = laid(CITY)
    surface = forecast(grid, area, twice, DAY)
    assert np.isfinite(surface.density).all()
    assert surface.density.sum() == pytest.approx(1.0)
