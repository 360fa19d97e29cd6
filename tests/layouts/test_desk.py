import pytest
from dash import html

from layouts import ids
from layouts.desk import BASEMAPS, DeskView, basemap_layer, desk
from layouts.header import HeaderView
from layouts.maps import padded
from tests.markup import bound, by_class, ids_in, text, walk


def view(**changes) -> DeskView:
    facts = {
        "header": HeaderView("值班员", "duty", "zh", "token"),
        "bounds": (118.58, 24.77, 118.62, 24.79),
        "basemaps": ["builtin"],
        "basemap": "builtin",
        "schematic": True,
        "demo": True,
    }
    return DeskView(**(facts | changes))


def test_every_id_of_the_desk_is_there_once():
    found = ids_in(desk(view()))
    assert len(found) == len(set(found))
    expected = {
        ids.URL,
        ids.MAP,
        ids.MAP_FRAME,
        ids.STREAM_LOST,
        ids.QUEUE_LIST,
        ids.QUEUE_COUNT,
        ids.QUEUE_KIND,
        ids.QUEUE_FILTER,
        ids.QUEUE_FLOOD,
        ids.QUEUE_WORK,
        ids.QUEUE_DOCK,
        ids.KPI_STRIP,
        ids.SEARCH_INPUT,
        ids.SEARCH_RESULTS,
        ids.LAYERS_MENU,
        ids.BASEMAP_MENU,
        ids.BASEMAP_LAYER,
        ids.DRILLDOWN,
        ids.FLY_OFFER,
        ids.HELP_DIALOG,
        *map(ids.kpi, ("online", "fire", "prealarm", "fault", "stale", "rate")),
    }
    assert expected <= set(found)


def test_what_the_browser_fills_is_empty():
    for component in walk(desk(view())):
        if getattr(component, "id", None) in {ids.QUEUE_LIST, ids.QUEUE_KIND, ids.LAYERS_MENU}:
            assert getattr(component, "children", None) is None


def test_notices_tell_what_is_not_real():
    assert "示意边界" in text(desk(view()))
    plain = text(by_class(desk(view(schematic=False, demo=False)), "notices"))
    assert plain == ""


def test_legend_names_every_status_worst_first_and_every_icon():
    assert text(by_class(desk(view()), "legend")) == (
        "火警 预警 故障 失联 停用 正常 栓 消火栓 站 微型消防站 视 视频"
    )


def test_english_page_has_no_chinese():
    words = text(desk(view(header=HeaderView("值班员", "duty", "en", "")))).replace("中文", "")
    assert not [letter for letter in words if "\u4e00" <= letter <= "\u9fff"]


def test_page_tells_the_browser_who_and_what():
    page = desk(view())
    assert bound(page, "lang") == ["zh"]
    assert bound(page, "basemap") == ["builtin"]


@pytest.mark.parametrize("source", [None, "builtin", "amap", "../etc"])
def test_no_tiles_without_a_configured_source(source):
    assert basemap_layer(source, ["builtin", "osm"]) == []


def test_tiles_come_through_our_own_server():
    (layer,) = basemap_layer("osm", ["builtin", "osm"])
    assert layer.url == "/tiles/osm/{z}/{x}/{y}"
    assert "OpenStreetMap" in layer.attribution


def test_menu_offers_what_is_configured():
    page = desk(view(basemaps=["builtin", "tianditu"]))
    (menu,) = [c for c in walk(page) if getattr(c, "id", None) == ids.BASEMAP_MENU]
    assert [option["value"] for option in menu.options] == ["builtin", "tianditu"]
    assert set(BASEMAPS) >= {"builtin", "tianditu", "amap", "osm", "xyz", "mbtiles"}


def test_map_opens_on_the_sub_district():
    assert padded((118.0, 24.0, 119.0, 25.0), 0.1) == [[23.9, 117.9], [25.1, 119.1]]


@pytest.mark.parametrize(
    ("role", "keys", "alarms"),
    [
        ("duty", {"A", "V", "F", "S"}, {"fire", "prealarm", "fault", "supervisory"}),
        ("maintainer", {"A", "V", "S"}, {"fault", "supervisory"}),
        ("leader", set(), {"fire", "prealarm", "fault", "supervisory"}),
    ],
)
def test_the_desk_tells_the_browser_what_its_reader_may(role, keys, alarms):
    page = desk(view(header=HeaderView("x", role, "zh")))
    facts = page.to_plotly_json()["props"]
    assert set(facts["data-alarms"].split()) == alarms
    rights = set(facts["data-rights"].split())
    assert ("acknowledge" in rights, "confirm_fire" in rights) == ("A" in keys, "F" in keys)
    named = {text(part) for part in walk(by_class(page, "keys")) if isinstance(part, html.Kbd)}
    assert named & {"A", "V", "F", "S"} == keys
