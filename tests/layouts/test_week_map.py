import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from layouts.week_map import PAPER, SCREEN, change_colour, change_map, scale_of, scale_style, signed
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


def hexed(colour):
    return "#{:02x}{:02x}{:02x}".format(*colour)


@pytest.mark.parametrize("theme", [SCREEN, PAPER])
def test_the_larger_the_number_the_stronger_the_colour(theme):
    def strength(change):
        found = bytes.fromhex(change_colour(change, 12, theme)[1:])
        return sum(abs(a - b) for a, b in zip(found, theme.land, strict=True))

    assert change_colour(0, 12, theme) == hexed(theme.land)
    assert strength(0) < strength(3) < strength(7) < strength(12)
    assert strength(-1) < strength(-4) < strength(-12)
    assert change_colour(4, 12, theme) != change_colour(-4, 12, theme)


def test_equal_numbers_have_equal_colours_whatever_they_grew_from():
    rows = [replace(make_report().communities[0], this=n + 3, last=n) for n in (0, 100)]
    address = unquote(change_map(rows, SCREEN, "zh"))
    assert len(set(re.findall(r'<path [^>]*fill="(#\w{6})"', address))) == 1


def test_the_legend_runs_between_the_largest_numbers():
    assert scale_of(make_report().communities) == 10
    assert scale_of(()) == 5
    assert change_colour(10, 10, SCREEN) in scale_style(SCREEN)


def test_a_change_against_an_unknown_week_is_a_dash():
    row = replace(make_report().communities[0], last=None)
    assert signed(row.change) == "—"
    assert hexed(SCREEN.land) in unquote(change_map([row], SCREEN, "zh"))


def test_signed_writes_a_true_minus():
    assert [signed(change) for change in (3, 0, -4)] == ["+3", "±0", "−4"]
