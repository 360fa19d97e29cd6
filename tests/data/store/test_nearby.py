import pytest

from data.store.nearby import near, with_pressure
from tests.cast import LAT, LON, PRESENT, build_cast


def test_distances_are_geodesic_and_nearest_first(database):
    build_cast(database)
    with database.reading() as session:
        stations, hydrants = near(session, (LON, LAT))

    # Meridian arc at 24.78° N: 110.77 km a degree.
    assert [(h.id, round(h.distance_m)) for h in hydrants] == [("H1", 111), ("H2", 166)]
    assert [round(s.distance_m / 443.1) for s in stations] == [1, 2, 3]


def test_walking_takes_a_minute_for_80_metres(database):
    build_cast(database)
    with database.reading() as session:
        stations, hydrants = near(session, (LON, LAT))
    assert with_pressure(stations, {})[0].walk_min == pytest.approx(5.54, abs=0.01)
    assert with_pressure(hydrants, PRESENT)[0].now == PRESENT["P1"]


def test_nothing_near_in_an_empty_database(database):
    with database.reading() as session:
        assert near(session, (LON, LAT)) == ((), ())
