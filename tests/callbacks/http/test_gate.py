import pytest
from starlette.routing import Mount, Route

from callbacks.http.paths import is_open
from data.store.models import Audit
from tests.site import FROM_HERE, PAGE

OPEN_TEMPLATES = {
    "/login",
    "/healthz",
    "/pair",
    "/pair/session",
    "/readyz",
    "/metrics",
    "/api/v1/readings",
    "/api/docs",
    "/api/openapi.json",
    "/assets/{asked}/{name:path}",
    "/language/{lang}",
}
EXAMPLE = {
    "{alarm_id}": "1",
    "{device_id}": "S0",
    "{incident_id}": "1",
    "{address}": "889",
    "{photo_id}": "1",
    "{point_id}": "1",
    "{key_id}": "1",
    "{display_id}": "1",
    "{letter_id}": "1",
    "{device_kind}": "gas",
    "{cause}": "gas_leak",
    "{version}": "lane",
    "{name}": "context.json",
    "{building_id}": "B1",
    "{community}": "350582005001",
    "{week}": "2026-06-01",
    "{tab}": "alarms",
    "{file_format}": "csv",
    "{key}": "0123456789abcdef",
    "{number}": "1",
    "{source}": "osm",
    "{z}": "1",
    "{x}": "1",
    "{y}": "1",
}


def routes_of(router):
    """Every route, also those of included routers."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        yield from (route,) if included is None else routes_of(included)


def every_route(site):
    """(method, path) of every route and of what Dash serves below every mount."""
    for route in routes_of(site.app):
        if isinstance(route, Mount):
            for path in (
                "/",
                "/_dash-layout",
                "/_dash-dependencies",
                "/_dash-component-suites/a/b.js",
            ):
                yield "GET", route.path + path
            yield "POST", f"{route.path}/_dash-update-component"
        elif isinstance(route, Route) and route.path not in OPEN_TEMPLATES:
            path = route.path
            for name, value in EXAMPLE.items():
                path = path.replace(name, value)
            assert "{" not in path, f"give {route.path} an example"
            for method in route.methods or ():
                yield method, path


def test_every_route_is_closed_to_strangers(site):
    client = site.client()
    asked = list(every_route(site))
    assert len(asked) > 20
    open_ones = [
        (method, path) for method, path in asked if client.request(method, path).status_code != 401
    ]
    assert open_ones == []


def test_open_paths_are_exactly_these(site):
    paths = {route.path for route in routes_of(site.app) if isinstance(route, Route)}
    assert {path for path in paths if is_open(path)} == OPEN_TEMPLATES


def test_strangers_page_leads_to_sign_in_and_back(site):
    answer = site.client().get("/weekly/?week=2026-W47", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/weekly/%3Fweek%3D2026-W47"
    assert site.client().get("/", headers=PAGE).headers["location"] == "/login"


def test_made_up_or_revoked_cookie_is_a_stranger(site):
    client = site.client()
    client.cookies["xt_session"] = "made-up"
    assert client.get("/live/snapshot").status_code == 401
    held = site.client("duty")
    assert held.get("/live/snapshot").status_code == 200
    site.users.revoke("duty", site.clock())
    site.services.sessions._known.clear()  # a second later
    assert held.get("/live/snapshot").status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/weekly/", "/history/", "/_dash-layout", "/api/v1/anything"]
)
def test_display_sees_only_the_wall(site, path):
    client = site.client("display")
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_display_sees_the_wall_and_its_data(site):
    client = site.client("display")
    assert client.get("/wall/").status_code == 200
    assert client.get("/live/snapshot").status_code == 200


@pytest.mark.parametrize("role", ["duty", "leader", "display"])
def test_the_feeds_are_for_admins_alone(site, role):
    client = site.client(role)
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    paths = [(method, path) for method, path in every_route(site) if "/feeds" in path]
    assert {path for _, path in paths} >= {
        "/feeds/",
        "/api/v1/feeds",
        "/api/v1/feeds/points/1/register",
    }
    answers = {client.request(method, path, headers=headers).status_code for method, path in paths}
    assert answers == {403}
    assert site.client("admin").get("/feeds/", headers=PAGE).status_code == 200


@pytest.mark.parametrize("role", ["leader", "display"])
def test_those_who_only_look_cannot_command(site, role):
    client = site.client(role)
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    assert client.post("/api/v1/alarms/1/acknowledge", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        FROM_HERE,
        {"x-csrf-token": "guess"},
        {"x-csrf-token": "guess", **FROM_HERE},
        {"origin": "http://evil.example"},
    ],
)
def test_command_needs_the_token_of_the_page(site, headers):
    client = site.client("duty")
    answer = client.post("/api/v1/alarms/1/acknowledge", json={}, headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_token_does_not_help_another_site(site):
    client = site.client("duty")
    headers = {"x-csrf-token": site.csrf(client), "sec-fetch-site": "cross-site"}
    assert client.post("/api/v1/alarms/1/acknowledge", json={}, headers=headers).status_code == 403


def test_command_with_token_reaches_the_domain(site):
    client = site.client("duty")
    headers = {"x-csrf-token": site.csrf(client), **FROM_HERE}
    answer = client.post("/api/v1/alarms/424242/acknowledge", json={}, headers=headers)
    assert answer.status_code == 404
    assert "424242" in answer.json()["detail"]


def test_dash_callback_is_taken_from_our_pages_only(site):
    client = site.client("duty")
    asked = {"output": "x.y", "inputs": [], "changedPropIds": []}
    for headers in ({}, {"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
        assert (
            client.post("/_dash-update-component", json=asked, headers=headers).status_code == 403
        )


def test_what_is_refused_to_somebody_is_in_the_audit(site):
    leader = site.client("leader", headers={**FROM_HERE, "x-csrf-token": "wrong"})
    assert leader.post("/api/v1/alarms/1/acknowledge").status_code == 403
    assert leader.get("/feeds/").status_code == 403
    with site.services.database.reading() as session:
        rows = session.query(Audit).order_by(Audit.id.desc()).limit(2).all()
    assert [(row.actor, row.action, row.subject, row.result, row.detail) for row in rows] == [
        ("leader", "request.refused", "GET /feeds/", "refused", {"status": 403}),
        (
            "leader",
            "request.refused",
            "POST /api/v1/alarms/1/acknowledge",
            "refused",
            {"status": 403},
        ),
    ]
    assert rows[0].address == "testclient"
