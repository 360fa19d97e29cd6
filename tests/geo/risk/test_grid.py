import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.risk.errors import EventsError
from geo.risk.grid import Grid, grid_over, study_area

GRID = Grid(west=1000.0, south=-500.0, nx=40, ny=30, cell_m=250.0)


def points(*pairs: tuple[float, float]):
    return np.array(pairs, dtype=float)


def test_a_point_falls_into_its_cell_and_nowhere_outside():
    xy = points((1000, -500), (1249.9, -500), (1250, -250), (999.9, 0), (1000 + 40 * 250, 0))
    assert GRID.index(xy).tolist() == [0, 0, 41, -1, -1]


def test_the_middle_of_a_cell_is_in_the_cell():
    assert GRID.index(GRID.middles()).tolist() == list(range(len(GRID)))


def test_events_outside_count_nowhere_and_weights_are_summed():
    xy = points((1010, -490), (1020, -480), (0, 0))
    count = GRID.count(xy, np.array([0.5, 0.25, 9.0]))
    assert count[0] == 0.75
    assert count.sum() == 0.75


@given(st.sampled_from([0.0, 50.0, 100.0, 200.0, 400.0, 800.0]))
def test_smoothing_keeps_the_sum_and_the_middle_of_mass(scale: float):
    xy = points((6000, 3200), (6000, 3200), (5410, 2870))
    smooth = GRID.smooth(xy, scale)
    assert smooth.sum() == pytest.approx(3, rel=1e-3)
    middle = (smooth[:, None] * GRID.middles()).sum(axis=0) / smooth.sum()
    assert middle == pytest.approx(xy.mean(axis=0), abs=130)


def test_smoothing_is_the_gaussian_that_it_says():
    smooth = GRID.smooth(points((6125, 3125)), 400.0)  # in the middle of a cell
    east = (smooth * (GRID.middles()[:, 0] - 6125) ** 2).sum() / smooth.sum()
    # The variance of a Gaussian, and that of a uniform cell that it is summed over.
    assert east == pytest.approx(400**2 + 250**2 / 12, rel=0.05)


def test_the_grid_covers_the_points_and_their_margin():
    grid = grid_over(points((10, 20), (3000, 900)), 250.0)
    assert (grid.index(points((-480, -470), (3490, 1390))) >= 0).all()
    assert grid.west % 250 == 0
    assert grid.south % 250 == 0


def test_a_grid_that_would_be_too_large_is_refused_with_its_size():
    with pytest.raises(EventsError, match=r"1001 × 1001 km.*larger cells"):
        grid_over(points((0, 0), (1e6, 1e6)), 250.0)


def test_no_points_no_grid():
    with pytest.raises(EventsError, match="no events"):
        grid_over(np.empty((0, 2)), 250.0)


@pytest.mark.parametrize("cell", [100.0, 250.0, 2000.0])
def test_the_study_area_is_what_is_near_to_an_event(cell: float):
    xy = points((0, 0), (9000, 100))
    grid = grid_over(xy, cell)
    area = study_area(grid, xy)
    reach = max(500.0, cell)
    distance = np.linalg.norm(grid.middles()[:, None] - xy[None], axis=2).min(axis=1)
    assert area.tolist() == (distance <= reach).tolist()
    assert area.any()
