import numpy as np
import shapely

from data.demo.plots import Plots, join, thin


def _plots(count: int, seed: int, *, cut: float) -> Plots:
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 6, count)
    whole = np.zeros(count, dtype=np.int64)
    return Plots(
        rng.uniform(0, 200, count),
        rng.uniform(0, 200, count),
        np.cos(angle),
        np.sin(angle),
        rng.uniform(8, 30, count),
        rng.uniform(8, 20, count),
        np.full(count, cut),
        np.full(count, cut),
        np.where(np.arange(count) % 2, 1.0, -1.0),
        whole,
        whole,
        whole,
        whole,
        np.arange(count, dtype=float),
    )


def test_points_are_inside_rectangles_and_l_shapes() -> None:
    plots = join([_plots(20, 1, cut=0.0), _plots(20, 2, cut=0.45)])
    which = np.repeat(np.arange(40), 60)
    xy = plots.inside(which, np.random.default_rng(3))
    footprints = plots.polygons()
    assert shapely.contains_xy(footprints[which], xy[:, 0], xy[:, 1]).all()


def test_the_cut_takes_away_its_share() -> None:
    whole, cut = _plots(5, 1, cut=0.0), _plots(5, 1, cut=0.4)
    areas = shapely.area(cut.polygons()) / shapely.area(whole.polygons())
    np.testing.assert_allclose(areas, 1 - 0.4**2)


def test_thinning_keeps_the_first_of_those_that_touch() -> None:
    plots = _plots(80, 4, cut=0.0)
    kept = thin(plots, gap_m=1.0)
    assert 0 < len(kept) < 80
    assert kept.rank[0] == 0
    footprints = kept.polygons()
    pairs = shapely.STRtree(footprints).query(footprints, predicate="dwithin", distance=0.4)
    assert (pairs[0] == pairs[1]).all()
