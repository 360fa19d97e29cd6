"""The risk page: what it shows, by week, by building; its layer on the desk."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.servers import Application, wait_for

pytestmark = pytest.mark.browser

SIDE, TIME, LEGEND, TOOLS = "#risk-side", "#risk-time", "#risk-legend", "#risk-tools"
#: The first look, and so many past weeks, wait for the risk process, which is in no hurry.
WEEKS_S = 100


@pytest.fixture
def risk_page(open_page: OpenPage) -> Page:
    page = open_page(user="leader", path="/risk/")
    wait_for(lambda: told(page)["now"] is not None, WEEKS_S, 0.5)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    return page


def told(page: Page) -> Any:
    return page.request.get("/live/risk/weeks").json()


def shows(page: Page, kind: str) -> None:
    """Expect the layer to show something, and the map to look so."""
    expect(page.locator(".leaflet-risk-pane")).to_have_attribute("data-shows", kind)


def look(page: Page) -> bytes:
    """What the map looks like."""
    page.wait_for_timeout(400)  # two frames of the page's slow clock
    return page.locator(".leaflet-risk-pane canvas").screenshot()


def test_the_page_shows_what_is_expected_and_where(risk_page: Page) -> None:
    page = risk_page
    expect(page.locator(f"{SIDE} .risk-state")).to_contain_text("预计 4 周内")
    expect(page.locator(f"{SIDE} .risk-place")).to_have_count(14)
    expect(page.locator(LEGEND)).to_contain_text("件/公顷")
    shows(page, "surface")
    seen = {look(page)}
    for mode, word in (("cells", "网格"), ("buildings", "建筑"), ("communities", "社区")):
        page.locator(f"{TOOLS} [data-mode={mode}]").press("Enter")
        expect(page.locator(LEGEND)).to_contain_text(f"{word}按排名分级")
        shows(page, mode)
        seen.add(look(page))
    assert len(seen) == 4


def test_the_tools_fit_above_the_map(risk_page: Page) -> None:
    page = risk_page
    for size in ((1920, 1080), (1280, 720)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        tools = page.locator(TOOLS).bounding_box()
        town = page.locator(".risk-map .leaflet-container").bounding_box()
        assert tools is not None
        assert town is not None
        assert tools["y"] + tools["height"] <= town["y"] + 1
        for part in page.locator(f"{TOOLS} > *").all():
            box = part.bounding_box()
            assert box is not None
            assert tools["y"] <= box["y"]
            assert box["y"] + box["height"] <= tools["y"] + tools["height"]


def test_the_verdict_warns_only_when_a_baseline_was_better(risk_page: Page) -> None:
    page = risk_page
    wait_for(lambda: told(page)["verdict"] is not None, WEEKS_S, 1.0)
    overview = told(page)
    for beaten in ([], ["raw_counts"]):
        overview["verdict"]["beaten_by"] = beaten
        overview["verdict"]["ahead"]["raw_counts"]["high"] = -0.01  # by more than chance
        page.unroute("**/live/risk/weeks")
        page.route("**/live/risk/weeks", lambda route: route.fulfill(json=overview))
        page.reload()
        sentence = page.locator(f"{SIDE} .risk-sentence")
        expect(sentence).to_contain_text("排名前 10%")
        expect(page.locator(f"{SIDE} .risk-sentence[data-beaten]")).to_have_count(len(beaten))
    expect(sentence).to_contain_text("历史次数 比本模型更准")


def test_a_filter_leaves_less(risk_page: Page) -> None:
    page = risk_page
    shows(page, "surface")
    whole = look(page)
    with page.expect_response(lambda answer: "category=bank" in answer.url) as answer:
        page.get_by_label("建筑类别").select_option("bank")
    assert answer.value.ok
    wait_for(lambda: look(page) != whole, 10, 0.2)


def test_weeks_are_played_and_compared(risk_page: Page) -> None:
    page = risk_page
    wait_for(lambda: len(told(page)["weeks"]) >= 5, WEEKS_S, 1.0)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    slider = page.locator(f"{TIME} input")
    expect(page.locator(f"{TIME} output")).to_have_text("现在")
    slider.press("ArrowLeft")
    expect(page.locator(f"{TIME} output")).to_contain_text("事后补算")
    slider.press("Home")
    page.get_by_role("button", name="播放").press("Enter")
    expect(page.get_by_role("button", name="暂停")).to_be_visible()
    expect(page.locator(f"{TIME} output")).to_have_text("现在", timeout=40_000)
    expect(page.get_by_role("button", name="播放")).to_be_visible()
    page.get_by_label("与过去一周相比").select_option(index=3)
    expect(page.locator(LEGEND)).to_contain_text("几倍")


def test_a_community_leads_to_its_measures_and_a_building_says_why(risk_page: Page) -> None:
    page = risk_page
    page.locator(f"{SIDE} .risk-place").first.press("Enter")
    chosen = page.locator(f"{SIDE} .risk-chosen")
    expect(chosen.locator(".risk-do > li")).not_to_have_count(0)
    chosen.locator("summary").first.press("Enter")
    link = chosen.locator(".risk-do a").first
    name = link.text_content() or ""
    link.click()
    page.wait_for_url(re.compile(r"building="))
    risk = page.locator(".drill-risk")
    expect(page.locator("#drilldown h1, #drilldown h2").first).to_contain_text(name)
    expect(risk).to_contain_text("与平均建筑")
    expect(risk.locator(".risk-fall tr")).not_to_have_count(0)


def test_the_layer_is_asked_for_when_somebody_switches_it_on(
    risk_page: Page, open_page: OpenPage
) -> None:
    page = open_page(user="duty", path="/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_selector("html[data-ready]")
    assert not any("/live/risk/surface" in url for url in asked)
    page.get_by_text("图层").click()
    page.get_by_label("风险热力").check()
    shows(page, "surface")
    assert any("/live/risk/surface/now" in url for url in asked)


def test_before_there_is_a_forecast_it_says_what_would_be_here(
    open_page: OpenPage, application: Application, console_errors: list[str]
) -> None:
    page = open_page(user="leader", path="/")
    empty = {"at": 1, "now": None, "weeks": [], "verdict": None, "judged": 0}
    page.route("**/live/risk/weeks", lambda route: route.fulfill(json=empty))
    page.goto(f"{application.url}/risk/")
    expect(page.locator(f"{SIDE} .risk-state")).to_contain_text("还没有预测")
    expect(page.locator(f"{TIME} output")).to_have_text("还没有预测")
    page.unroute("**/live/risk/weeks")
    page.route("**/live/risk/weeks", lambda route: route.fulfill(status=503, json={"title": "x"}))
    page.reload()
    expect(page.locator(f"{SIDE} .risk-state")).to_contain_text("暂时不可用")
    assert all("503" in error for error in console_errors)
    console_errors.clear()
