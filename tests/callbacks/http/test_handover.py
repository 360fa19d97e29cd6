"""The record for 119 as a page."""

import re
import time

import pytest

from data.domain.readings import Reading
from data.domain.words import PersonRole
from data.store.models import Device, Person
from tests.site import FROM_HERE, PAGE, Site


@pytest.fixture(scope="module")
def fire(site: Site) -> int:
    """A fire with a value that would break a page, confirmed by a person."""
    now = site.clock()
    reading = Reading("S0", "handover", now, now, None, {"smoke_pct": 40.0})
    site.services.pipeline.ingest([reading])
    duty = site.client("duty")
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(duty)}
    (incident,) = duty.get("/api/v1/incidents").json()
    path = f"/api/v1/incidents/{incident['id']}"
    alarm = duty.get(path).json()["alarms"][0]["id"]
    duty.post(f"/api/v1/alarms/{alarm}/confirm", json={"note": ""}, headers=headers)
    duty.post(f"{path}/dispatched", json={"to": "</textarea><script>微站"}, headers=headers)
    return int(incident["id"])


def test_the_page_is_there_within_three_seconds_and_says_all(site: Site, fire: int) -> None:
    began = time.perf_counter()
    answer = site.client("duty").get(f"/handover/{fire}", headers=PAGE)
    assert time.perf_counter() - began < 3
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    titles = re.findall(r"<h2>(.*?)</h2>", answer.text)
    assert titles == ["地点", "情况", "人员", "设备", "水源与力量", "进场", "处置"]
    for said in ("沙塘一路 1 号", "CGCS2000", "duty", "烟雾达到火警值", "200 米内没有消火栓"):
        assert said in answer.text


def test_values_can_not_break_out_of_the_page(site: Site, fire: int) -> None:
    text = site.client("duty").get(f"/handover/{fire}", headers=PAGE).text
    assert "</textarea><script>微站" not in text
    assert text.count("&lt;/textarea&gt;&lt;script&gt;微站") == 2  # to read and to copy


def test_what_is_copied_is_what_is_shown(site: Site, fire: int) -> None:
    text = site.client("duty").get(f"/handover/{fire}", headers=PAGE).text
    copied = text.partition('id="handover-text"')[2].partition("</textarea")[0]
    for value in re.findall(r"<dd>(.*?)</dd>", text):
        assert value in copied


def test_in_english_the_words_are_english(site: Site, fire: int) -> None:
    client = site.client("duty", cookies={"xt_lang": "en"})
    text = client.get(f"/handover/{fire}", headers=PAGE).text
    assert "<h2>Water and crews</h2>" in text
    assert 'lang="en"' in text


def test_an_incident_that_is_not_there_says_so(site: Site) -> None:
    answer = site.client("duty").get("/handover/999999", headers=PAGE)
    assert (answer.status_code, "没有这起警情" in answer.text) == (404, True)


def test_displays_and_strangers_are_kept_out(site: Site, fire: int) -> None:
    assert site.client("display").get(f"/handover/{fire}").status_code == 403
    stranger = site.client().get(f"/handover/{fire}", headers=PAGE)
    assert stranger.headers["location"] == f"/login?next=/handover/{fire}"


def test_a_telephone_is_whole_for_those_who_call(site: Site, fire: int) -> None:
    with site.services.database.writing() as session:
        community = session.query(Device.community_code).filter_by(id="S0").scalar()
        person = Person(id="P9", role=PersonRole.GRID_OFFICER, label="网格员 09")
        person.phone, person.community_code = "0595-00000009", community
        session.add(person)
    for path in (f"/handover/{fire}", f"/api/v1/incidents/{fire}/handover"):
        assert "0595-00000009" in site.client("duty").get(path).text
        masked = site.client("leader").get(path).text
        assert "0595-00000009" not in masked
        assert "059******0009" in masked
