"""The page of the rules, with a change by an admin."""

import json

import pytest

from callbacks.rules import view_page
from data.domain.rules import RULES
from data.domain.words import DeviceKind
from layouts.header import HeaderView
from layouts.rules import rules_page
from layouts.shown import Shown
from tests.markup import bound, by_class, text
from tests.site import FROM_HERE, PAGE, close_site, make_site

NUMBERS = {"on": 20.0, "off": 10.0, "on_delay_s": 0, "off_delay_s": 30}


@pytest.fixture(scope="module")
def site(tmp_path_factory, embedded_redis):
    site = make_site(tmp_path_factory.mktemp("site"), embedded_redis.url)
    admin = site.client("admin")
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(admin)}
    body = {**NUMBERS, "reason": "香火多"}
    answer = admin.post("/api/v1/rules/smoke/smoke_fire", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    yield site
    close_site(site)


def shown_to(site, role, lang="zh"):
    who = HeaderView("某", role, lang)
    return rules_page(view_page(site.services, who), Shown(lang, site.clock()))


def test_every_rule_is_in_the_table(site):
    page = shown_to(site, "duty")
    rows = by_class(page, "rules-table")[0].children[1:]
    assert sum(len(body.children) for body in rows) == sum(map(len, RULES.values()))
    assert len(rows) == sum(bool(RULES[kind]) for kind in DeviceKind)


def test_a_change_is_told_with_the_programs_own_and_its_reason(site):
    page = shown_to(site, "leader")
    (changed,) = by_class(page, "rules-changed")
    assert "烟雾浓度 ≥ 20.0 %" in text(changed)
    assert "烟雾浓度 < 10.0 %" in text(changed)
    assert "15.0 / 8.0 %" in text(changed)
    history = text(by_class(page, "rules-history"))
    for said in ("admin", "15.0 / 8.0 %", "20.0 / 10.0 %, 0 / 30 s", "香火多"):
        assert said in history


def test_only_an_admin_gets_the_forms(site):
    assert bound(shown_to(site, "duty"), "rule") == []
    rules = [json.loads(rule) for rule in bound(shown_to(site, "admin"), "rule")]
    fire = next(rule for rule in rules if rule["path"] == "/api/v1/rules/smoke/smoke_fire")
    assert (fire["limits"]["on"], fire["delays"]["on_delay_s"]) == ([5, 30], 0)
    assert (fire["numbers"], fire["changed"]) == (NUMBERS, True)


def test_english(site):
    said = text(shown_to(site, "duty", "en"))
    assert "Only an admin may change them." in said
    assert "警" not in said


def test_the_surface_is_served_and_closed_to_displays(site):
    assert site.client("duty").get("/rules/", headers=PAGE).status_code == 200
    assert site.client("display").get("/rules/").status_code == 403
