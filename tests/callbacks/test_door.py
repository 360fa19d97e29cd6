"""Callbacks called by hand: what no page sends reaches none of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from callbacks.door import TYPES
from data.embedded import EmbeddedRedis
from tests.site import FROM_HERE, Site, close_site, make_site

PATH = "/_dash-update-component"
GOOD: dict[str, Any] = {
    "output": "drilldown.children",
    "outputs": {"id": "drilldown", "property": "children"},
    "inputs": [{"id": "url", "property": "search", "value": ""}],
    "state": [],
    "changedPropIds": ["url.search"],
}
SURFACES = ("", "/wall", "/weekly", "/history", "/rules", "/feeds", "/audit", "/displays")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, embedded_redis: EmbeddedRedis) -> Iterator[Site]:
    site = make_site(tmp_path_factory.mktemp("site"), embedded_redis.url)
    yield site
    close_site(site)


def wrong(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def search(value: Any) -> dict[str, Any]:
    return wrong(inputs=[{"id": "url", "property": "search", "value": value}])


def test_what_the_page_sends_is_answered(site: Site) -> None:
    answer = site.client("duty", headers=FROM_HERE).post(PATH, json=GOOD)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        wrong(output="nothing.children"),
        wrong(output=["drilldown.children"]),
        wrong(outputs=None),
        wrong(outputs=[{"id": "drilldown", "property": "children"}]),
        wrong(outputs={"id": "search-results", "property": "children"}),
        wrong(inputs=[]),
        wrong(inputs=["url.search"]),
        wrong(inputs=[{"id": "other", "property": "search", "value": ""}]),
        wrong(state=[{"id": "url", "property": "search", "value": ""}]),
        wrong(changedPropIds=["other.data"]),
        wrong(changedPropIds={"url.search": 1}),
        search(1),
        search(["?a=1"]),
        search({"$ne": ""}),
        search("\0"),
        search("?" + "a" * 10_001),
    ],
)
def test_what_no_page_sends_is_refused(site: Site, body: Any) -> None:
    client = site.client("duty", headers=FROM_HERE)
    answer = client.post(PATH, content=json.dumps(body))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.post(PATH, content=b"{").status_code == 400


def test_every_property_of_a_callback_has_a_type(site: Site) -> None:
    client = site.client("admin")
    for surface in SURFACES:
        for callback in client.get(f"{surface}/_dash-dependencies").json():
            for given in (*callback["inputs"], *callback["state"]):
                assert given["property"] in TYPES, callback["output"]


@pytest.mark.parametrize("surface", SURFACES)
def test_a_script_that_is_not_there_is_not_found(site: Site, surface: str) -> None:
    client = site.client("admin")
    for path in ("nothing/a.js", "dash/nothing.js", "%22%3E/a.js", "dash/..%2f..%2fsecret.js"):
        answer = client.get(f"{surface}/_dash-component-suites/{path}")
        assert answer.status_code == 404
        assert "Traceback" not in answer.text
