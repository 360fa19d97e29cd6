"""Every route, callback and stream, asked by every role and key, compared with the table.

A route or surface that is not named here fails: say first who may ask for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from data.domain.api_keys import KeyScope, KeyWish
from data.domain.rights import Right, key_may, may
from data.domain.words import Role
from data.store import api_keys
from tests.callbacks.http.test_gate import EXAMPLE, OPEN_TEMPLATES, routes_of
from tests.servers import wait_for
from tests.site import FROM_HERE, Site

#: Right that a GET needs, by its template.
READS: Final[dict[str, Right]] = {
    "/live/geometry/{version}/{name}": Right.SEE_LIVE,
    "/live/snapshot": Right.SEE_LIVE,
    "/live/events": Right.SEE_LIVE,
    "/live/building/{building_id}": Right.SEE_LIVE,
    "/live/day": Right.SEE_LIVE,
    "/live/camera/{device_id}/index.m3u8": Right.SEE_LIVE,
    "/live/camera/{device_id}/init.mp4": Right.SEE_LIVE,
    "/live/camera/{device_id}/{number}.m4s": Right.SEE_LIVE,
    "/tiles/{source}/{z}/{x}/{y}": Right.SEE_LIVE,
    "/wall": Right.SEE_LIVE,
    "/weekly": Right.READ_WEEK,
    "/risk": Right.READ_RISK,
    "/live/risk/weeks": Right.SEE_LIVE,
    "/live/risk/now": Right.SEE_LIVE,
    "/live/risk/building/{building_id}": Right.SEE_LIVE,
    "/live/risk/measures/{community}": Right.SEE_LIVE,
    "/live/risk/surface/{week}": Right.SEE_LIVE,
    "/live/risk/buildings/{week}": Right.SEE_LIVE,
    "/live/risk/places/{week}": Right.SEE_LIVE,
    "/history": Right.READ_HISTORY,
    "/history/export/progress/{key}": Right.EXPORT,
    "/history/export/{tab}.{file_format}": Right.EXPORT,
    "/rules": Right.READ_RULES,
    "/api/v1/rules": Right.READ_RULES,
    "/api/v1/rules/history": Right.READ_RULES,
    "/feeds": Right.SEE_FEEDS,
    "/api/v1/feeds": Right.SEE_FEEDS,
    "/api/v1/feeds/devices": Right.SEE_FEEDS,
    "/api/v1/feeds/buildings": Right.SEE_FEEDS,
    "/api/v1/keys": Right.MANAGE_KEYS,
    "/audit": Right.READ_AUDIT,
    "/api/v1/audit": Right.READ_AUDIT,
    "/audit/export/audit.{file_format}": Right.READ_AUDIT,
    "/displays": Right.MANAGE_DISPLAYS,
    "/api/v1/displays": Right.MANAGE_DISPLAYS,
    "/api/v1/dead-letters": Right.MANAGE_LETTERS,
    "/api/v1/dead-letters/{letter_id}": Right.MANAGE_LETTERS,
    "/api/v1/transmitters/{address}/duty-checks": Right.LOOK_INTO,
    "/api/v1/incidents": Right.LOOK_INTO,
    "/api/v1/incidents/{incident_id}": Right.LOOK_INTO,
    "/api/v1/incidents/{incident_id}/handover": Right.LOOK_INTO,
    "/api/v1/incidents/{incident_id}/photos/{photo_id}": Right.LOOK_INTO,
    "/handover/{incident_id}": Right.LOOK_INTO,
    "/metrics": Right.READ_METRICS,
    "/api/openapi.json": Right.READ_API,
    "/api/docs": Right.READ_API,
}
#: Right that a command needs and a body that it takes, so that nothing else refuses it first.
COMMANDS: Final[dict[str, tuple[Right, Any]]] = {
    "/api/v1/readings": (Right.SEND_READINGS, {"readings": []}),
    "/api/v1/alarms/acknowledge": (Right.ACKNOWLEDGE, {"ids": [424242]}),
    "/api/v1/alarms/{alarm_id}/acknowledge": (Right.ACKNOWLEDGE, None),
    "/api/v1/alarms/{alarm_id}/confirm": (Right.CONFIRM_FIRE, {}),
    "/api/v1/alarms/{alarm_id}/close": (Right.JUDGE, {"verdict": "test"}),
    "/api/v1/alarms/{alarm_id}/shelve": (Right.SHELVE, {"minutes": 5, "reason": "施工"}),
    "/api/v1/alarms/{alarm_id}/unshelve": (Right.SHELVE, None),
    "/api/v1/devices/{device_id}/out-of-service": (Right.SERVICE, {"reason": "检修"}),
    "/api/v1/devices/{device_id}/back-in-service": (Right.SERVICE, {"reason": "修好"}),
    "/api/v1/rules/{device_kind}/{cause}": (
        Right.EDIT_RULES,
        {"on": 10, "off": 6, "reason": "厨房"},
    ),
    "/api/v1/rules/{device_kind}/{cause}/reset": (Right.EDIT_RULES, {"reason": "改造"}),
    "/api/v1/transmitters/{address}/duty-checks": (Right.DUTY_CHECK, {"minutes": 5}),
    "/api/v1/feeds/transmitters/{address}/register": (Right.REGISTER_DEVICES, {"device": "S0"}),
    "/api/v1/feeds/points/{point_id}/register": (Right.REGISTER_DEVICES, {"device": "S0"}),
    "/api/v1/keys": (Right.MANAGE_KEYS, {"name": "walk"}),
    "/api/v1/keys/{key_id}/revoke": (Right.MANAGE_KEYS, {}),
    "/api/v1/displays/pair": (Right.MANAGE_DISPLAYS, {"code": "ABCD2345", "place": "大厅"}),
    "/api/v1/displays/{display_id}/revoke": (Right.MANAGE_DISPLAYS, {}),
    "/api/v1/dead-letters/replay": (Right.MANAGE_LETTERS, {"ids": [424242]}),
    "/api/v1/dead-letters/discard": (Right.MANAGE_LETTERS, {"ids": [424242]}),
    "/api/v1/incidents/{incident_id}/dispatched": (Right.RESPOND, {"to": "沙塘站"}),
    "/api/v1/incidents/{incident_id}/arrived": (Right.RESPOND, {}),
    "/api/v1/incidents/{incident_id}/controlled": (Right.RESPOND, {}),
    "/api/v1/incidents/{incident_id}/ended": (Right.RESPOND, {}),
    "/api/v1/incidents/{incident_id}/note": (Right.NOTE, {"text": "到场"}),
    "/api/v1/incidents/{incident_id}/check": (Right.RESPOND, {"item": "call_site"}),
    "/api/v1/incidents/{incident_id}/close": (Right.END_INCIDENT, {"verdict": "test"}),
    "/api/v1/incidents/{incident_id}/merge": (Right.REGROUP, {"other": 424243}),
    "/api/v1/incidents/{incident_id}/split": (Right.REGROUP, {"alarms": [1]}),
    "/api/v1/incidents/{incident_id}/photos": (Right.NOTE, None),
    "/history/export/cancel/{key}": (Right.EXPORT, None),
}
#: Right of everything below a mount: its page and Dash's own endpoints.
SURFACES: Final[dict[str, Right]] = {
    "": Right.LOOK_INTO,
    "/wall": Right.SEE_LIVE,
    "/weekly": Right.READ_WEEK,
    "/risk": Right.READ_RISK,
    "/history": Right.READ_HISTORY,
    "/rules": Right.READ_RULES,
    "/feeds": Right.SEE_FEEDS,
    "/audit": Right.READ_AUDIT,
    "/displays": Right.MANAGE_DISPLAYS,
}
#: Answered without an end, so it is asked by a test of its own.
STREAM: Final = "/live/events"
SOCKETS: Final[dict[str, Right]] = {"/live/ws": Right.SEE_LIVE}
#: Answered to everybody who is signed in, or to everybody.
ANYBODYS: Final = {"/logout", "/login", "/healthz", "/readyz", "/language/{lang}"} | {
    "/assets/{asked}/{name:path}",
    "/pair",
    "/pair/session",
}
#: Ids that nothing has: a command that is let through changes nothing.
NOWHERE: Final = {
    **EXAMPLE,
    **{f"{{{name}_id}}": "424242" for name in ("alarm", "incident", "photo", "point", "key")},
    "{device_id}": "none",
    "{letter_id}": "424242",
    "{display_id}": "424242",
}
REFUSED: Final = {401, 403}


@dataclass(frozen=True)
class Ask:
    """A request and the right that it needs."""

    method: str
    path: str
    right: Right
    body: Any = None


def asks(site: Site) -> Iterator[Ask]:
    """Every request of the application, with its right from this module's tables."""
    for route in routes_of(site.app):
        if not isinstance(route, Route) or route.path in ANYBODYS:
            continue
        for method in route.methods or ():
            if method == "GET" and route.path in READS:
                yield Ask(method, example(route.path), READS[route.path])
            elif method == "POST":
                right, body = COMMANDS[route.path]
                yield Ask(method, example(route.path), right, body)
            else:
                assert route.path == "/api/v1/readings", f"{method} {route.path} has no entry"


def example(template: str) -> str:
    for name, value in NOWHERE.items():
        template = template.replace(name, value)
    assert "{" not in template, f"give {template} an example"
    return template


@pytest.fixture(scope="module")
def people(site: Site) -> dict[Role, TestClient]:
    """A browser of each role, with the headers of our own pages."""
    made = {}
    for role in Role:
        client = site.client(str(role))
        client.headers.update({**FROM_HERE, "x-csrf-token": site.csrf(client)})
        made[role] = client
    return made


def refused(client: TestClient, ask: Ask, **more: Any) -> bool:
    """Whether a request is refused; any other answer but an error of ours means it is not."""
    answer = client.request(ask.method, ask.path, json=ask.body, **more)
    assert answer.status_code != 500, (ask, answer.text)
    return answer.status_code in REFUSED


def needed(ask: Ask) -> set[Right]:
    """A command on the API needs the desk as well as its own right; a key needs neither."""
    desk = ask.method == "POST" and ask.path.startswith("/api/v1/")
    return {ask.right, Right.LOOK_INTO} if desk else {ask.right}


def test_every_entry_is_a_route_and_every_route_has_one(site: Site) -> None:
    routes = list(routes_of(site.app))
    found = {route.path for route in routes if isinstance(route, Route)}
    assert found == {*READS, *COMMANDS, *ANYBODYS}
    assert {route.path for route in routes if isinstance(route, Mount)} == set(SURFACES)
    others = {r.path for r in routes if not isinstance(r, Route | Mount)}
    assert others == set(SOCKETS)
    assert set(OPEN_TEMPLATES) - set(ANYBODYS) <= {*READS, *COMMANDS}


@pytest.mark.parametrize("role", Role)
def test_every_route_answers_whom_the_table_says(
    site: Site, people: dict[Role, TestClient], role: Role
) -> None:
    walked = [ask for ask in asks(site) if ask.path != STREAM]
    assert len(walked) > 60
    wrong = [
        ask
        for ask in walked
        if refused(people[role], ask) is all(may(role, right) for right in needed(ask))
    ]
    assert wrong == []


@pytest.mark.parametrize("surface", SURFACES)
def test_dash_answers_whom_the_table_says(
    site: Site, people: dict[Role, TestClient], surface: str
) -> None:
    """Page, layout, dependencies, and each callback called by hand."""
    dependencies = people[Role.ADMIN].get(f"{surface}/_dash-dependencies").json()
    calls = [callback_body(one) for one in dependencies if not one["clientside_function"]]
    for role, client in people.items():
        may_see = may(role, SURFACES[surface])
        for path in ("/", "/_dash-layout", "/_dash-dependencies"):
            assert (client.get(surface + path).status_code == 200) is may_see, (role, path)
        for body in calls:
            answer = client.post(f"{surface}/_dash-update-component", json=body)
            assert (answer.status_code == 403) is not may_see, (role, body, answer.text)
            if not may_see:
                assert set(answer.json()) == {"type", "title", "status", "detail"}


def callback_body(dependency: dict[str, Any]) -> dict[str, Any]:
    """What a browser posts for a callback whose inputs are all empty."""
    inputs = [{**one, "value": None} for one in dependency["inputs"]]
    state = [{**one, "value": None} for one in dependency["state"]]
    changed = [f"{one['id']}.{one['property']}" for one in inputs[:1]]
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
        for name in dependency["output"].strip(".").split("...")
    ]
    return {
        "output": dependency["output"],
        "outputs": outputs if dependency["output"].startswith("..") else outputs[0],
        "inputs": inputs,
        "changedPropIds": changed,
        "state": state,
    }


def test_the_stream_opens_for_whom_the_table_says(
    site: Site, people: dict[Role, TestClient]
) -> None:
    with site.client() as running:
        assert running.portal is not None
        for role, client in people.items():
            assert may(role, SOCKETS["/live/ws"])
            assert may(role, READS[STREAM])
            path = f"/live/ws?after={client.get('/live/snapshot').json()['id']}"
            cookie = f"xt_session={client.cookies['xt_session']}"
            headers = {"origin": "http://testserver", "cookie": cookie}
            with running.websocket_connect(path, headers=headers) as socket:
                assert socket.receive_bytes()
                socket.close()  # leaving before the server has seen it cancels its clean-up
                wait_for(lambda: site.services.hub.clients == 0)
            assert running.portal.call(first_status, site.app, cookie) == 200
        assert running.portal.call(first_status, site.app, "xt_session=made-up") == 401


async def first_status(app: Any, cookie: str) -> int:
    """The status with which the event stream begins; whoever asked has gone then."""
    sent: list[Any] = []
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": STREAM,
        "query_string": b"",
        "headers": [(b"cookie", cookie.encode()), (b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("scope", KeyScope)
def test_a_key_opens_what_its_scope_says_and_nothing_else(site: Site, scope: KeyScope) -> None:
    key = f"a-key-for-{scope}"
    with site.services.database.writing() as session:
        wish = KeyWish(f"walk-{scope}", frozenset({scope}))
        api_keys.add(session, wish, key, "admin", site.clock())
    site.services.keys._until = 0.0  # a second later
    client = site.client(headers={"authorization": f"Bearer {key}"})
    wrong = [
        ask for ask in asks(site) if refused(client, ask) is key_may(frozenset({scope}), ask.right)
    ]
    assert wrong == []
