import statistics
import time

import pytest
from sqlalchemy import select

from callbacks.http.auth import VERIFY_WAITING, SignIn
from data.store.management import Audit
from tests.site import FROM_HERE, PASSWORD, form_token, sign_in


def cookie_flags(answer, name):
    line = next(
        v for k, v in answer.headers.multi_items() if k == "set-cookie" and v.startswith(name)
    )
    return {part.strip().lower() for part in line.split(";")[1:]}


def test_right_password_opens_the_page_asked_for(site):
    client = site.client()
    answer = sign_in(client, "duty", next="/?building=B1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?building=B1")
    assert {"httponly", "samesite=lax", "path=/"} <= cookie_flags(answer, "xt_session")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_sign_in_never_leads_elsewhere(site, target):
    client = site.client()
    assert target not in client.get("/login", params={"next": target}).text
    assert sign_in(client, "duty", next=target).headers["location"] == "/"
    assert client.get("/login", params={"next": target}).headers["location"] == "/"


def test_wrong_password_and_unknown_name_answer_the_same(site):
    client = site.client()
    wrong = sign_in(client, "duty", "wrong horse")
    unknown = sign_in(client, "nobody", "wrong horse")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不正确" in wrong.text
    token = 'name="csrf" value="'
    shown = [
        a.text.replace(name, "NAME").partition(token)[0]
        for a, name in ((wrong, "duty"), (unknown, "nobody"))
    ]
    assert shown[0] == shown[1]
    assert "xt_session" not in wrong.cookies


def test_wrong_password_and_unknown_name_take_the_same_time(site):
    def seconds(name):
        started = time.thread_time()
        site.users.fits(name, "wrong horse")
        return time.thread_time() - started

    known = statistics.median(seconds("duty") for _ in range(7))
    unknown = statistics.median(seconds("nobody") for _ in range(7))
    assert 0.5 < known / unknown < 2


def test_failure_is_written_down_without_the_password(site):
    sign_in(site.client(), "mallory", "wrong horse")
    with site.services.database.reading() as session:
        row = session.scalars(select(Audit).order_by(Audit.id.desc())).first()
    assert (row.action, row.actor, row.address) == ("sign-in-failed", "mallory", "testclient")


def test_form_without_its_cookie_or_token_is_not_looked_at(site):
    client = site.client()
    fields = {"name": "duty", "password": PASSWORD, "csrf": "made-up"}
    answer = client.post("/login", data=fields, headers=FROM_HERE)
    assert answer.status_code == 403
    assert "登录页面已过期" in answer.text
    token = form_token(client)
    other = site.client()
    assert (
        other.post("/login", data={**fields, "csrf": token}, headers=FROM_HERE).status_code == 403
    )


def test_two_open_forms_do_not_shut_each_other_out(site):
    client = site.client()
    first, second = form_token(client), form_token(client)
    fields = {"name": "duty", "password": PASSWORD}
    for token in (first, second):
        answer = client.post("/login", data={**fields, "csrf": token}, headers=FROM_HERE)
        assert answer.status_code == 303


@pytest.mark.parametrize("held", ["", "short", "x" * 33, '"><script>alert(1)</script>' + "x" * 5])
def test_token_that_is_not_ours_is_not_taken_over(site, held):
    client = site.client()
    client.cookies.set("xt_login", held, path="/login")
    token = form_token(client)
    assert len(token) == 32
    assert token != held


def test_form_of_another_site_is_refused(site):
    client = site.client()
    fields = {"name": "duty", "password": PASSWORD, "csrf": form_token(client)}
    answer = client.post("/login", data=fields, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_page_escapes_what_was_typed(site):
    answer = sign_in(site.client(), '"><script>alert(1)</script>', "wrong horse")
    assert "<script>alert" not in answer.text


def test_sign_out_ends_the_session(site):
    client = site.client("duty")
    token = client.cookies["xt_session"]
    assert client.post("/logout", headers=FROM_HERE).headers["location"] == "/login"
    thief = site.client()
    thief.cookies["xt_session"] = token
    assert thief.get("/live/snapshot").status_code == 401


def test_sign_out_cannot_be_forced_by_another_site(site):
    client = site.client("duty")
    assert client.post("/logout", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.get("/live/snapshot").status_code == 200


def test_language_switch_sets_the_cookie_and_goes_back(site):
    client = site.client()
    answer = client.get("/language/en?next=/weekly/")
    assert (answer.headers["location"], client.cookies["xt_lang"]) == ("/weekly/", "en")
    assert "Sign in" in client.get("/login").text
    back = client.get("/language/zh", headers={"referer": "http://testserver/?device=S0"})
    assert back.headers["location"] == "/?device=S0"
    assert client.get("/language/zh?next=//evil.example").headers["location"] == "/"
    assert client.get("/language/fr").status_code == 422


def test_language_switch_on_the_sign_in_page_stays_there(site):
    headers = {"referer": "http://testserver/login?next=/weekly/"}
    answer = site.client().get("/language/en", headers=headers)
    assert answer.headers["location"] == "/login?next=/weekly/"


def test_too_many_waiting_sign_ins_are_turned_away(site):
    sign_in_desk = SignIn(site.services.sessions)
    assert not sign_in_desk.busy
    sign_in_desk._waiting = VERIFY_WAITING
    assert sign_in_desk.busy
