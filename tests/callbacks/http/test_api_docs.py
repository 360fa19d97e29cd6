"""The description of the API: complete, closed to strangers, and a page that needs no network."""

import re
from typing import Any

import pytest
from starlette.routing import Route

from callbacks.http.api_description import ROUTES
from tests.callbacks.http.test_gate import routes_of
from tests.site import KEY, PAGE, Site

DOCS, OPENAPI = "/api/docs", "/api/openapi.json"
#: What its own route tells: a page, or why another method is wrong.
UNDESCRIBED = {DOCS, OPENAPI}
CHINESE = re.compile("[\u4e00-\u9fff]")


def described(site: Site) -> Any:
    return site.client("duty").get(OPENAPI).json()


def test_every_route_of_the_api_is_described(site: Site) -> None:
    served = {
        f"{method} {route.path}"
        for route in routes_of(site.app)
        if isinstance(route, Route) and route.path.startswith("/api/")
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if route.path not in UNDESCRIBED and not (route.path.endswith("/readings"))
    }
    assert served <= set(ROUTES)
    paths = described(site)["paths"]
    told = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert told == set(ROUTES)


def test_every_answer_and_every_reference_leads_somewhere(site: Site) -> None:
    description = described(site)
    names = set(re.findall(r"#/components/schemas/(\w+)", str(description)))
    assert names == set(description["components"]["schemas"])
    for path, item in description["paths"].items():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                ((media, _content),) = answer["content"].items()
                refused = not status.startswith("2") and path != "/readyz"
                assert ("problem+json" in media) is refused


@pytest.mark.parametrize("path", [DOCS, OPENAPI])
def test_it_is_closed_to_strangers_and_displays(site: Site, path: str) -> None:
    assert site.client().get(path).status_code == 401
    assert site.client("display").get(path).status_code == 403
    wrong = {"authorization": "Bearer wrong"}
    assert site.client(headers=wrong).get(path).status_code == 401
    for client in (
        site.client("leader"),
        site.client(headers={"authorization": f"Bearer {KEY}"}),
    ):
        assert client.get(path).status_code == 200


def test_a_stranger_who_opens_the_page_is_led_to_the_sign_in(site: Site) -> None:
    answer = site.client().get(DOCS, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/api/docs")


def test_what_the_operations_do_is_said_in_the_language_of_the_page(site: Site) -> None:
    client = site.client("admin")
    for lang in ("zh", "en"):
        client.cookies["xt_lang"] = lang
        paths = client.get(OPENAPI).json()["paths"]
        operations = [operation for item in paths.values() for operation in item.values()]
        said = [one["description"] for one in operations if one["description"]]
        assert len(said) == sum(bool(route.about) for route in ROUTES.values()) > 0
        assert {bool(CHINESE.search(text)) for text in said} == {lang == "zh"}


@pytest.mark.parametrize(("lang", "title"), [("zh", "上报读数"), ("en", "Send readings")])
def test_the_page_needs_neither_network_nor_script(site: Site, lang: str, title: str) -> None:
    client = site.client("admin")
    client.cookies["xt_lang"] = lang
    answer = client.get(DOCS)
    assert title in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert re.findall(r'(?:src|href)="(?!/|#)[^"]*"', answer.text) == []
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    anchors = set(re.findall(r'href="#([^"]+)"', answer.text))
    assert anchors <= set(re.findall(r'id="([^"]+)"', answer.text))
    assert len(anchors) > len(ROUTES)
