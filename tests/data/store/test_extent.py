import pytest

from data.store.extent import DEFAULT_BOUNDS, any_demo, any_schematic, subdistrict_bounds
from tests.cast import build_cast


def test_bounds_of_all_communities(database):
    build_cast(database)
    with database.reading() as session:
        assert subdistrict_bounds(session) == pytest.approx((118.58, 24.77, 118.62, 24.79))
        assert any_schematic(session)
        assert any_demo(session)


def test_an_empty_database_has_the_default_bounds(database):
    with database.reading() as session:
        assert subdistrict_bounds(session) == DEFAULT_BOUNDS
        assert not any_schematic(session)
        assert not any_demo(session)
