from types import SimpleNamespace

from callbacks.wall import view_page
from data.settings import Settings
from tests.cast import build_cast


def test_wall_shows_what_sql_and_settings_say(database):
    build_cast(database)
    settings = Settings(_env_file=None, wall_width_mm=7200, wall_seat_m=9)
    view = view_page(SimpleNamespace(database=database, settings=settings), "en")
    assert (view.width_mm, view.seat_m, view.lang) == (7200, 9, "en")
    assert view.schematic
    assert view.demo
    west, south, east, north = view.bounds
    assert 118 < west < east < 119
    assert 24 < south < north < 25
