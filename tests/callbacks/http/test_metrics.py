import pytest
from starlette.routing import Route

from callbacks.http.metrics import route_label
from tests.site import KEY

BEARER = {"authorization": f"Bearer {KEY}"}


def lines(site):
    text = site.client().get("/metrics", headers=BEARER).text
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_requests_are_counted_by_route_template(site):
    client = site.client("duty")
    for building in ("B1", "B2", "B3"):
        client.get(f"/live/building/{building}")
    client.get("/%2e/made/up/path")
    client.get("/")
    counted = [line for line in lines(site) if line.startswith("xt_http_requests_total")]
    routes = {line.partition('route="')[2].partition('"')[0] for line in counted}
    assert "/live/building/{building_id}" in routes
    assert {"/", "other", "/login"} <= routes
    assert not any("B1" in route or "made" in route for route in routes)


def test_rejected_readings_and_streams_are_there(site):
    site.client().post("/api/v1/readings", content=b"[", headers=BEARER)
    names = {line.partition("{")[0].partition(" ")[0] for line in lines(site)}
    assert {"xt_readings_refused_total", "xt_stream_clients"} <= names


@pytest.mark.parametrize(("name", "status"), [("duty", 401), ("leader", 401), ("admin", 200)])
def test_metrics_need_an_administrator_or_a_key(site, name, status):
    assert site.client(name).get("/metrics").status_code == status
    assert site.client().get("/metrics").status_code == 401
    wrong = {"authorization": "Bearer wrong-key-wrong-key"}
    assert site.client().get("/metrics", headers=wrong).status_code == 401
    assert site.client().get("/metrics", headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    ("scope", "label"),
    [
        ({"path": "/a/1", "route": Route("/a/{b}", lambda _: None)}, "/a/{b}"),
        ({"path": "/wall/"}, "/wall/"),
        ({"path": "/wall/_dash-layout"}, "/wall/_dash-layout"),
        ({"path": "/_dash-component-suites/dash/dcc/x.js"}, "/_dash-component-suites"),
        ({"path": "/wp-admin.php"}, "other"),
    ],
)
def test_route_label(scope, label):
    assert route_label(scope) == label
