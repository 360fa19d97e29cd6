from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from layouts.week_map import PAPER, SCREEN, change_colour, change_map, signed
from tests.layouts.week import make_report

SVG = "{http://www.w3.org/2000/svg}"


def picture(lang="zh", theme=SCREEN):
    address = change_map(make_report().communities, theme, lang)
    head, _, body = address.partition(",")
    assert head == "data:image/svg+xml;charset=utf-8"
    return ElementTree.fromstring(unquote(body))  # noqa: S314 - our own picture


def words(tree):
    return [node.text for node in tree.iter(f"{SVG}text")]


def test_every_community_is_drawn_and_named_with_its_change():
    tree = picture()
    assert words(tree) == ["沙塘", "+10", "良种场", "±0"]
    assert len(list(tree.iter(f"{SVG}path"))) == 2


def test_everything_lies_inside_the_picture():
    tree = picture()
    _, _, width, height = map(float, tree.attrib["viewBox"].split())
    for path in tree.iter(f"{SVG}path"):
        points = [p.split() for p in path.attrib["d"].strip("MZ").split("L")]
        assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in points)


def test_long_name_stands_beside_its_community():
    tree = picture("en")
    assert words(tree)[:2] == ["Shatang", "+10"]
    assert words(tree)[2:] == ["State-run Seed", "Farm", "±0"]
    assert float(tree.attrib["viewBox"].split()[2]) > float(picture().attrib["viewBox"].split()[2])


def test_picture_of_no_communities_is_empty():
    assert change_map((), SCREEN, "zh").startswith("data:image/svg+xml")


@pytest.mark.parametrize("theme", [SCREEN, PAPER])
def test_colour_tells_direction_and_size(theme):
    land = "#{:02x}{:02x}{:02x}".format(*theme.land)
    assert change_colour(5, 5, theme) == land
    small, large = change_colour(11, 10, theme), change_colour(20, 10, theme)
    assert len({land, small, large, change_colour(5, 10, theme)}) == 4


def test_signed_writes_a_true_minus():
    assert [signed(change) for change in (3, 0, -4)] == ["+3", "±0", "−4"]
