import pytest

from layouts import ids
from layouts.wall import WallView, letter_mm, letter_vw, wall
from tests.markup import ids_in, text, walk


def view(**more):
    plain = {
        "lang": "zh",
        "bounds": (118.58, 24.74, 118.63, 24.80),
        "schematic": True,
        "demo": True,
        "width_mm": 3600.0,
        "seat_m": 6.0,
    }
    return WallView(**(plain | more))


def test_letters_are_large_enough_for_the_farthest_seat():
    # The worked example: a wall 3.6 m wide with 3,840 px, farthest seat at 6 m.
    assert letter_mm(6) == pytest.approx(27.9, abs=0.05)
    assert letter_vw(3600, 6) / 100 * 3840 == pytest.approx(30, abs=0.3)


def test_letters_grow_with_the_distance_and_shrink_on_a_wider_wall():
    assert letter_vw(3600, 12) == pytest.approx(2 * letter_vw(3600, 6))
    assert letter_vw(7200, 6) == pytest.approx(letter_vw(3600, 6) / 2)


def test_page_carries_the_letter_height_to_css():
    page = wall(view())
    assert page.style["--wall-letter"] == "0.7757vw"


def test_page_has_every_place_that_the_browser_fills():
    expected = {
        ids.STREAM_LOST,
        ids.HEADER_CLOCK,
        ids.HEADER_DATA_AGE,
        ids.MAP,
        ids.MAP_FRAME,
        ids.WALL,
        ids.WALL_ALARMS,
        ids.WALL_COUNT,
        ids.WALL_MORE,
        ids.WALL_TAKEOVER,
        ids.WALL_WEEK,
        ids.WALL_VIEW_NAME,
        ids.WALL_TODAY,
        ids.WALL_STATUS,
        ids.WALL_COMMUNITIES,
    }
    assert expected | {"main"} == set(ids_in(wall(view())))


def test_page_needs_neither_charts_nor_clicks():
    names = {type(part).__name__ for part in walk(wall(view()))}
    assert not names & {"Graph", "Button", "Interval", "Location", "Store"}


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({}, {"示意边界", "演示数据"}),
        ({"demo": False}, {"示意边界"}),
        ({"schematic": False, "demo": False}, set()),
    ],
)
def test_what_is_drawn_or_made_up_is_named(more, named):
    told = text(wall(view(**more)))
    assert {word for word in ("示意边界", "演示数据") if word in told} == named


def test_page_speaks_english():
    assert "Demo data" in text(wall(view(lang="en")))
