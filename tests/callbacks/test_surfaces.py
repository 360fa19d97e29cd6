import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import dash_leaflet as dl
import pytest
from dash import Input, Output, dash_table, dcc, html

from callbacks.surfaces import (
    NOBODY,
    USER,
    Surface,
    library_of,
    make_surface,
    with_user,
)
from data.store.database import Database
from tests.site import BUILD

ASKED = {USER: NOBODY}


def surface(name, prefix, libraries, entry=""):
    return Surface(name, "值班台", prefix, frozenset(libraries), entry, ("base.css",))


def layout():
    return html.Div([dcc.Location(id="url"), html.P(id="p"), dl.Map(id="map")])


def register(app, _services):
    @app.callback(Output("p", "children"), Input("url", "search"))
    def show(search):
        return search


@pytest.fixture(scope="module")
def services(empty_database_file):
    """Only what a surface itself needs."""
    database = Database(f"sqlite:///{empty_database_file}")
    yield SimpleNamespace(build=BUILD, database=database)
    database.close()


@pytest.fixture(scope="module")
def desk(services):
    return make_surface(
        services, surface("desk", "/", {"html", "dcc", "dash_leaflet"}), layout, register
    )


@pytest.fixture(scope="module")
def wall(services):
    spec = surface("wall", "/wall/", {"html", "dash_leaflet"})
    return make_surface(services, spec, dl.Map, lambda _app, _services: None)


def page(app, **cookies):
    client = app.server.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return client.get("/", environ_overrides=ASKED).text


def libraries(app):
    tags = re.findall(r"<script src[^>]*>", page(app))
    return {library_of(tag) for tag in tags} - {None}


def test_each_surface_sends_exactly_its_libraries(desk, wall):
    assert dash_table.DataTable is not None  # imported in this process, sent to nobody
    assert libraries(desk) == {"html", "dcc", "dash_leaflet"}
    assert libraries(wall) == {"html", "dash_leaflet"}
    assert "polyfill" not in page(desk)


def test_bundles_are_the_files_of_the_page(wall):
    bundles = dict(wall.bundles())
    assert {f"/wall{path}" for path in bundles} == set(
        re.findall(r'src="(/wall/_dash-component-suites[^"]*)"', page(wall))
    )
    assert all(len(content) > 1000 for content in bundles.values())


def test_library_of_names_core_and_packages():
    def tag(path):
        return f'<script src="/wall/_dash-component-suites/{path}"></script>'

    assert library_of(tag("dash/dcc/dash_core_components.js")) == "dcc"
    assert library_of(tag("dash_leaflet/dash_leaflet.js")) == "dash_leaflet"
    assert library_of(tag("dash/deps/react@18.js")) is None
    assert library_of('<script src="/assets/x/js/boot.js"></script>') is None


def test_scripts_stand_in_the_order_that_leaflet_needs(desk):
    text = page(desk)
    order = ["dash_leaflet", "/js/boot.js", "new DashRenderer"]
    assert sorted(order, key=text.index) == order


def test_page_carries_language_token_and_build(desk):
    text = page(desk, xt_lang="en")
    assert '<html lang="en">' in text
    assert "Duty desk" in text
    assert f'<meta name="xt-build" content="{BUILD}">' in text
    asked = {USER: replace(NOBODY, csrf="token-1")}
    signed_in = desk.server.test_client().get("/", environ_overrides=asked).text
    assert '<meta name="xt-csrf" content="token-1">' in signed_in


def test_paths_carry_the_prefix(wall):
    assert '"requests_pathname_prefix":"\\u002fwall\\u002f"' in page(wall)
    assert 'src="/wall/_dash-component-suites/' in page(wall)


def test_unknown_paths_are_problems_not_pages(desk):
    answer = desk.server.test_client().get("/anything", environ_overrides=ASKED)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_first_requests_in_many_threads_all_answer(services, desk, wall):
    fresh = [
        make_surface(
            services, surface(f"s{i}", "/", {"html", "dcc", "dash_leaflet"}), layout, register
        )
        for i in range(2)
    ]
    scripts = re.findall(r'src="(/_dash-component[^"]*)"', page(desk))

    def status(app, path):
        return app.server.test_client().get(path, environ_overrides=ASKED).status_code

    asked = [(app, path) for app in fresh for path in (*scripts, "/", "/_dash-layout")]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda pair: status(*pair), asked)) == {200}
    assert libraries(wall) == {"html", "dash_leaflet"}


def test_callback_answers(desk):
    body = {
        "output": "p.children",
        "outputs": {"id": "p", "property": "children"},
        "inputs": [{"id": "url", "property": "search", "value": "?device=S0"}],
        "changedPropIds": ["url.search"],
    }
    answer = desk.server.test_client().post("/_dash-update-component", json=body)
    assert answer.json["response"] == {"p": {"children": "?device=S0"}}


def test_page_that_cannot_be_made_stops_the_start(services):
    def broken():
        raise LookupError("no such table")

    with pytest.raises(LookupError, match="no such table"):
        make_surface(services, surface("b", "/", {"html"}), broken, lambda _app, _services: None)


def test_with_user_hands_the_holder_over():
    seen = {}
    wrapped = with_user(lambda environ, _start: seen.update(environ) or [])
    wrapped({"asgi.scope": {"state": {"user": NOBODY}}}, None)
    assert seen[USER] is NOBODY
    wrapped({"asgi.scope": {}}, None)
    assert seen[USER] is None
