"""Displays: a code on the screen, an admin who enters it, one session, and its end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from data.domain.displays import CODE_LIFE, OPEN_PER_ADDRESS
from data.store.models import Audit, DisplayPairing
from tests.lane import T0
from tests.site import FROM_HERE, PAGE, Site

PAIR = "/api/v1/displays/pair"


@pytest.fixture
def hall(site: Site) -> Iterator[Site]:
    """A site where no screen waits."""
    with site.services.database.writing() as session:
        session.query(DisplayPairing).delete()
    yield site
    site.clock.now = T0


class Screen:
    """A browser on a wall, without a session."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client = site.client(headers=FROM_HERE)
        answer = self.client.get("/wall/", headers=PAGE)
        assert answer.headers["location"] == "/pair"
        self.page = self.client.get("/pair", headers=PAGE)

    @property
    def code(self) -> str:
        return self.page.text.partition("pairing-code")[2].partition(">")[2].partition("<")[0]

    def ask(self) -> Any:
        return self.client.post("/pair/session")


class Admin:
    """An admin who enters codes."""

    def __init__(self, site: Site, role: str = "admin") -> None:
        self.client = site.client(role)
        self.client.headers.update({**FROM_HERE, "x-csrf-token": site.csrf(self.client)})

    def pair(self, code: str, place: str = "指挥大厅") -> Any:
        return self.client.post(PAIR, json={"code": code, "place": place})


def test_a_screen_is_let_in_by_its_code_once(hall: Site) -> None:
    screen, admin = Screen(hall), Admin(hall)
    assert screen.ask().json() == {"paired": False}
    assert screen.client.get("/live/snapshot").status_code == 401
    answer = admin.pair(screen.code.lower().replace("-", " "), " 指挥大厅 ")
    assert (answer.status_code, answer.json()["place"]) == (200, "指挥大厅")
    paired = screen.ask()
    assert paired.json() == {"paired": True}
    assert "httponly" in paired.headers["set-cookie"].lower()
    assert screen.client.get("/wall/").status_code == 200
    assert screen.client.get("/live/snapshot").status_code == 200
    assert screen.client.get("/", headers=PAGE).status_code == 403
    # Used: neither the code nor the screen's own cookie opens anything again.
    assert admin.pair(screen.code).status_code == 404
    assert screen.ask().json() == {"paired": False}
    hall.clock.now = T0 + timedelta(days=1000)
    assert screen.client.get("/live/snapshot").status_code == 200


def test_what_could_be_copied_opens_nothing(hall: Site) -> None:
    screen, admin = Screen(hall), Admin(hall)
    admin.pair(screen.code)
    thief = hall.client(headers=FROM_HERE)
    assert thief.get("/pair", headers=PAGE).status_code == 200
    assert thief.post("/pair/session").json() == {"paired": False}
    secret = screen.client.cookies["xt_pair"]
    assert secret not in screen.page.text
    assert screen.code.replace("-", "") not in str(screen.client.cookies)
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert screen.client.post("/pair/session", headers=elsewhere).status_code == 403
    assert screen.ask().json() == {"paired": True}


def test_a_code_is_short_lived_and_kept_while_it_lasts(hall: Site) -> None:
    screen, admin = Screen(hall), Admin(hall)
    again = screen.client.get("/pair", headers=PAGE)
    assert screen.code in again.text
    hall.clock.now = T0 + CODE_LIFE
    assert admin.pair(screen.code).status_code == 404
    assert screen.code not in screen.client.get("/pair", headers=PAGE).text


def test_too_many_codes_are_not_given_out(hall: Site) -> None:
    for _ in range(OPEN_PER_ADDRESS):
        Screen(hall)
    answer = hall.client().get("/pair", headers=PAGE)
    assert (answer.status_code, "十分钟后" in answer.text) == (429, True)


def test_only_an_admin_pairs_and_a_wrong_code_is_in_the_audit(hall: Site) -> None:
    screen = Screen(hall)
    for role in ("duty", "leader"):
        assert Admin(hall, role).pair(screen.code).status_code == 403
    admin = Admin(hall)
    assert admin.pair("ABCD-2345").status_code == 404
    assert admin.pair(screen.code, "  ").status_code == 422
    with hall.services.database.reading() as session:
        row = session.query(Audit).order_by(Audit.id.desc()).first()
    assert row is not None
    assert (row.action, row.actor, row.result) == ("display.paired", "admin", "refused")
    assert "ABCD" not in str(row.detail)


def test_a_revoked_display_is_shut_out(hall: Site) -> None:
    screen, admin = Screen(hall), Admin(hall)
    number = admin.pair(screen.code, "东门").json()["id"]
    screen.ask()
    (listed,) = [one for one in admin.client.get("/api/v1/displays").json() if one["id"] == number]
    assert (listed["place"], listed["address"]) == ("东门", "testclient")
    revoke = f"/api/v1/displays/{number}/revoke"
    assert admin.client.post(revoke, json={"reason": "搬走"}).status_code == 200
    hall.services.sessions._known.clear()  # a second later
    assert screen.client.get("/live/snapshot").status_code == 401
    assert admin.client.post(revoke, json={}).status_code == 404


def test_one_revoked_before_it_fetched_its_session_never_gets_one(hall: Site) -> None:
    screen, admin = Screen(hall), Admin(hall)
    number = admin.pair(screen.code).json()["id"]
    admin.client.post(f"/api/v1/displays/{number}/revoke", json={})
    assert screen.ask().json() == {"paired": False}
