"""The surface that is drawn: nothing is lost, nothing leaks out, and only what is near changes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.risk.surface import Frame, add, draw, frame_of, sums

#: A square with a corner cut off, so that there are cells outside.
AREA = shapely.Polygon([(0, 0), (900, 0), (900, 500), (500, 900), (0, 900)])


@pytest.fixture(scope="module")
def frame() -> Frame:
    return frame_of(AREA)


def places(seed: int, n: int = 30) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(5, 490, (n, 2)), rng.uniform(0.1, 2, n)


def test_the_cells_are_those_whose_middle_is_in_the_area(frame: Frame) -> None:
    assert (frame.grid.west, frame.grid.south, frame.grid.cell_m) == (0, 0, 25)
    assert frame.inside.sum() * 25**2 == pytest.approx(AREA.area, rel=0.02)
    assert (frame.kept[frame.inside] > 0).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_the_cells_sum_to_the_buildings_in_the_area(frame: Frame, seed: int) -> None:
    xy, expected = places(seed)
    cells = draw(frame, xy, expected)
    assert cells.sum() == pytest.approx(expected.sum())
    assert (cells >= 0).all()
    assert not cells[~frame.inside].any()


def test_a_building_outside_leaves_nothing(frame: Frame) -> None:
    xy = np.array([[880.0, 880.0], [-5_000.0, 0.0], [1e9, 1e9]])
    assert not draw(frame, xy, np.ones(3)).any()
    assert not add(frame, np.zeros(len(frame.grid)), xy[1:], np.ones(2)).any()


def test_a_building_is_brightest_where_it_is_and_fades_within_fifty_metres_or_so(
    frame: Frame,
) -> None:
    cells = draw(frame, np.array([[312.0, 312.0]]), np.ones(1))
    away = np.linalg.norm(frame.grid.middles() - 312.5, axis=1)
    assert away[cells.argmax()] < 1
    assert cells[away <= 75].sum() > 0.9
    assert not cells[away > 200].any()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_adding_is_drawing_again(frame: Frame, seed: int) -> None:
    xy, expected = places(seed)
    before = draw(frame, xy, expected)
    more = np.zeros(len(expected))
    more[3], more[7] = 1.5, -expected[7]
    added = add(frame, before, xy[[3, 7]], more[[3, 7]])
    assert added == pytest.approx(draw(frame, xy, expected + more), abs=1e-12)
    far = np.linalg.norm(frame.grid.middles()[:, None] - xy[[3, 7]], axis=2).min(axis=1) > 250
    assert (added[far] == before[far]).all()


def test_larger_cells_hold_the_sum_of_theirs(frame: Frame) -> None:
    xy, expected = places(1)
    cells = draw(frame, xy, expected)
    larger, summed = sums(frame, cells, 10)
    assert larger.grid.cell_m == 250
    assert summed.sum() == pytest.approx(expected.sum())
    assert not summed[~larger.inside].any()
    square = cells.reshape(frame.grid.ny, frame.grid.nx)
    assert summed[0] == pytest.approx(square[:10, :10].sum())


def test_a_town_moved_by_whole_cells_has_the_same_surface(frame: Frame) -> None:
    xy, expected = places(2)
    shift = np.array([360_000.0, 2_740_000.0])
    there = frame_of(shapely.transform(AREA, lambda some: some + shift))
    assert draw(there, xy + shift, expected) == pytest.approx(draw(frame, xy, expected))


def test_the_order_of_the_buildings_does_not_matter(frame: Frame) -> None:
    xy, expected = places(3)
    order = np.random.default_rng(0).permutation(len(expected))
    assert draw(frame, xy[order], expected[order]) == pytest.approx(draw(frame, xy, expected))
