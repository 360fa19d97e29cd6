"""The feeds page's API: one overview, choices, registering, dead letters; for admins alone."""

from typing import Any

import pytest

from data.domain.words import Way
from data.feeds.sources import Sources
from data.feeds.transmitters.counters import Counters
from data.pipeline import Outcome
from data.store import dead_letters
from data.store.dead_letters import Letter
from data.store.models import DeadLetter, Transmitter, TransmitterPoint
from tests.lane import T0
from tests.site import FROM_HERE, Site
from tests.transmitters import ADDRESS, register


@pytest.fixture(scope="module")
def known(site: Site) -> Site:
    """A registered transmitter with an unregistered part, a stranger, a link and a source."""
    register(site.services.database)
    with site.services.database.writing() as session:
        session.add(Transmitter(address=5, device_id=None, first_at=T0))
        session.flush()
        facts = {"system_type": 1, "system_address": 1, "first_at": T0, "last_at": T0}
        session.add(
            TransmitterPoint(id=77, transmitter=ADDRESS, part_address=300, part_type=40, **facts)
        )
    counters = Counters()
    link = {"up": True, "peer": "10.0.0.9", "last": 1, "frames": 3, "denied": 1, "error": "sum"}
    counters.link(ADDRESS, link)
    counters.tell(site.services.redis, 4, 1, site.clock())
    sources = Sources(site.clock)
    sources.took(Way.HTTP, "water", (), Outcome(3, 1, ()))
    sources.refused(Way.HTTP, "water", "not JSON")
    sources.tell(site.services.redis)
    return site


def get(site: Site, path: str = "") -> Any:
    answer = site.client("admin").get(f"/api/v1/feeds{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(site: Site, path: str, body: Any, user: str = "admin") -> Any:
    client = site.client(user)
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    return client.post(f"/api/v1/feeds/{path}", json=body, headers=headers)


def set_aside(site: Site, raw: bytes) -> int:
    with site.services.database.writing() as session:
        letter = Letter(Way.HTTP, "water", site.clock(), raw, "device", "unknown device")
        dead_letters.add_all(session, [letter])
        newest = session.query(DeadLetter).order_by(DeadLetter.id.desc()).first()
        assert newest is not None
        return newest.id


def test_the_overview_has_links_sources_strangers_and_letters(known: Site) -> None:
    number = set_aside(known, b"[{")
    told = get(known)
    transmitters = told["transmitters"]
    assert (transmitters["told"], transmitters["waiting"]) == (told["now"], 4)
    (row,) = transmitters["rows"]
    assert (row["address"], row["device"], row["link"]["error"]) == (ADDRESS, "T1", "sum")
    assert [row["address"] for row in told["strangers"]["rows"]] == [5]
    assert [(row["id"], row["kind"]) for row in told["points"]["rows"]] == [(77, "smoke")]
    (source,) = told["sources"]
    counts = ("received", "accepted", "duplicates", "rejected")
    assert [source[count] for count in counts] == [5, 3, 1, 1]
    assert (source["way"], source["name"], source["last_error"]) == ("http", "water", "not JSON")
    assert source["last_error_at"] == told["now"]
    assert told["letters"]["count"] == 1
    assert [letter["id"] for letter in told["letters"]["rows"]] == [number]


def test_devices_and_buildings_to_choose(known: Site) -> None:
    assert [row["id"] for row in get(known, "/devices?q=H0")] == ["H0"]
    assert [row["id"] for row in get(known, "/devices?transmitters=true")] == ["T1"]
    assert [row["id"] for row in get(known, "/buildings?q=沙塘")] == ["B1"]


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("points/77/register", {"device": "X9"}, 404, "NotFound"),
        ("points/77/register", {"device": "T1"}, 422, "Misfit"),
        ("points/999/register", {"device": "S0"}, 404, "NotFound"),
        ("points/77/register", {}, 422, None),
        ("points/77/register", {"device": "S0", "new": {"kind": "smoke", "name": "a"}}, 422, None),
        ("points/77/register", {"new": {"kind": "smoke", "name": " "}}, 422, None),
        ("transmitters/5/register", {"device": "T1"}, 422, "Misfit"),
        ("transmitters/281474976710656/register", {"device": "T1"}, 422, None),
    ],
)
def test_what_is_refused(known: Site, path: str, body: Any, status: int, error: str | None) -> None:
    answer = post(known, path, body)
    assert (answer.status_code, answer.json().get("error")) == (status, error)


def test_a_part_and_a_transmitter_are_registered(known: Site) -> None:
    new = {"kind": "transmitter", "name": "用传 5", "building": "B1"}
    answer = post(known, "transmitters/5/register", {"new": new})
    assert (answer.status_code, answer.json()) == (200, {"address": 5, "device": "GB-5"})
    answer = post(known, "points/77/register", {"new": {"kind": "heat", "name": "感温"}})
    assert answer.json() == {"point": 77, "device": "GB-889-1-1-300", "standing": 0}
    told = get(known)
    assert (told["strangers"]["count"], told["points"]["count"]) == (0, 0)
    again = post(known, "points/77/register", {"device": "H0"})
    assert (again.status_code, again.json()["error"]) == (409, "AlreadyRegistered")


@pytest.mark.parametrize("user", ["duty", "leader"])
def test_nobody_else_may_look_or_act(known: Site, user: str) -> None:
    for path in ("", "/devices", "/buildings"):
        assert known.client(user).get(f"/api/v1/feeds{path}").status_code == 403
    assert known.client(user).get("/feeds/").status_code == 403
    assert post(known, "points/77/register", {"device": "S0"}, user).status_code == 403


def test_without_redis_the_page_says_that_nothing_is_known_of_links(known: Site) -> None:
    known.services.redis.flushall()
    told = get(known)
    assert (told["transmitters"]["told"], told["sources"]) == (None, [])
    assert told["transmitters"]["rows"][0]["link"] is None


def test_who_may_not_replay_sees_no_dead_letters(known: Site) -> None:
    letter = Letter(Way.HTTP, "water", T0, b"x", "format", "no JSON")
    with known.services.database.writing() as session:
        dead_letters.add_all(session, [letter])
    told = {
        role: known.client(role).get("/api/v1/feeds").json()["letters"]
        for role in ("admin", "maintainer")
    }
    assert told["admin"]["rows"]
    assert told["maintainer"]["rows"] == []
    assert told["maintainer"]["count"] == told["admin"]["count"]
