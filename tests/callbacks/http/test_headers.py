"""Every kind of answer carries every header that protects: a row for each."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from data.embedded import EmbeddedRedis
from tests.site import FROM_HERE, KEY, PAGE, Site, close_site, make_site

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}
KEY_HEADER = {"authorization": f"Bearer {KEY}"}
#: What is asked: who, method, path, its status.
ANSWERS: dict[str, tuple[str | None, str, str, int]] = {
    "page": ("duty", "GET", "/", 200),
    "wall": ("display", "GET", "/wall/", 200),
    "page of admins": ("admin", "GET", "/audit/", 200),
    "sign-in": (None, "GET", "/login", 200),
    "pairing": (None, "GET", "/pair", 200),
    "redirect to sign-in": (None, "GET", "/weekly/", 303),
    "redirect to a slash": ("duty", "GET", "/wall", 308),
    "failed sign-in": (None, "POST", "/login", 403),
    "json": ("duty", "GET", "/api/v1/incidents", 200),
    "refusal": (None, "POST", "/api/v1/keys", 401),
    "forbidden": ("duty", "GET", "/api/v1/audit", 403),
    "not found": ("duty", "GET", "/nothing", 404),
    "no such id": ("duty", "GET", "/api/v1/incidents/999", 404),
    "unreadable": ("duty", "POST", "/api/v1/alarms/x/acknowledge", 422),
    "command refused": ("duty", "POST", "/api/v1/alarms/999/acknowledge", 404),
    "callback refused": ("duty", "POST", "/_dash-update-component", 400),
    "script of Dash": ("duty", "GET", "/_dash-component-suites/nothing/a.js", 404),
    "layout": ("duty", "GET", "/_dash-layout", 200),
    "asset": (None, "GET", "/assets/{build}/css/base.css", 200),
    "no such asset": (None, "GET", "/assets/{build}/css/../../secret.key", 404),
    "module": (None, "GET", "/assets/{build}/js/desk.mjs", 200),
    "export": ("duty", "GET", "/history/export/alarms.csv?key=0123456789abcdef", 200),
    "snapshot": ("duty", "GET", "/live/snapshot", 200),
    "geometry": ("duty", "GET", "/live/geometry/lane/context.json", 200),
    "no such tile": ("duty", "GET", "/tiles/osm/1/1/1", 404),
    "health": (None, "GET", "/healthz", 200),
    "description": ("duty", "GET", "/api/openapi.json", 200),
    "description as a page": ("duty", "GET", "/api/docs", 200),
    "readings without a key": (None, "POST", "/api/v1/readings", 401),
    "broken": ("duty", "GET", "/broken", 500),
}
#: No product and no version of one.
TELLTALE = re.compile(r"uvicorn|werkzeug|flask|starlette|python|dash/\d", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, embedded_redis: EmbeddedRedis) -> Iterator[Site]:
    """A site behind TLS, with a route that breaks."""
    site = make_site(tmp_path_factory.mktemp("https"), embedded_redis.url, https=True)

    @site.app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("inner message")

    site.app.router.routes.insert(0, site.app.router.routes.pop())
    yield site
    close_site(site)


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_carries_every_header(site: Site, kind: str) -> None:
    who, method, path, status = ANSWERS[kind]
    client = browser(site, who)
    answer = client.request(method, path.replace("{build}", site.services.build))
    assert answer.status_code == status, answer.text[:300]
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"]
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers
    assert not TELLTALE.search(str(answer.headers))
    if status >= 400 and kind != "failed sign-in":
        assert "inner message" not in answer.text
        assert "Traceback" not in answer.text


def browser(site: Site, who: str | None) -> Any:
    client = site.client(who, base_url="https://testserver", raise_server_exceptions=False)
    client.headers.update({**FROM_HERE, **PAGE})
    if who:
        client.headers["x-csrf-token"] = site.csrf(client)
    return client


def test_every_cookie_is_secure_behind_tls(site: Site) -> None:
    client = site.client(base_url="https://testserver", headers=FROM_HERE)
    page = client.get("/login")
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    fields = {"name": "duty", "password": "correct horse", "csrf": token}
    answers = [
        page,
        client.get("/pair", headers=PAGE),
        client.get("/language/en"),
        client.post("/login", data=fields),
    ]
    kept = {one.partition("=")[0]: one.lower() for a in answers for one in _cookies(a)}
    assert set(kept) == {"xt_login", "xt_pair", "xt_lang", "xt_session"}
    for name, flags in kept.items():
        assert "; secure" in flags, name
        assert "; httponly" in flags, name
        strict = name in {"xt_login", "xt_pair"}
        assert f"; samesite={'strict' if strict else 'lax'}" in flags, name


def _cookies(answer: Any) -> list[str]:
    return list(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
    ],
)
def test_another_sites_page_follows_nothing(
    site: Site, headers: dict[str, str], status: int
) -> None:
    client = site.client("duty", base_url="https://testserver")
    assert client.get("/live/events", headers=headers).status_code == status
