import pytest

from callbacks.desk.basemap import view_basemap
from layouts import ids
from tests.callbacks.desk.wire import ask


def test_a_configured_source_has_tiles(services):
    view = view_basemap(services, "osm")
    assert view["name"] == "osm"
    assert view["tiles"][0].url.startswith("/tiles/osm/")


@pytest.mark.parametrize("source", ["builtin", "tianditu", None, "../x"])
def test_anything_else_is_the_built_in_one(services, source):
    assert view_basemap(services, source) == {"tiles": [], "name": "builtin"}


def test_the_menu_switches_the_map(app):
    answer = ask(
        app,
        [(ids.BASEMAP_LAYER, "children"), (ids.MAP_FRAME, "data-basemap")],
        [(ids.BASEMAP_MENU, "value", "osm")],
        changed=f"{ids.BASEMAP_MENU}.value",
    )
    assert answer.get_json()["response"][ids.MAP_FRAME] == {"data-basemap": "osm"}
