"""The duty desk in a real Chromium, fed over HTTP as devices feed it."""

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from data.store.models import Building, Device
from tests.browser.actions import (
    FIRE_RED,
    acknowledge_all,
    around,
    calm_devices,
    count_colour,
    moves,
    row,
    send,
)
from tests.browser.conftest import OpenPage
from tests.servers import Application, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def calm(application: Application) -> Iterator[tuple[Device, Building]]:
    """Smoke detectors that nobody has used yet, one by one."""
    return iter(calm_devices(application))


def ready(page: Page) -> Page:
    page.wait_for_selector("html[data-ready]")
    return page


def close_fire(page: Page, building: Building) -> None:
    """End a building's fire with a verdict, as an officer does."""
    token = page.locator('meta[name="xt-csrf"]').get_attribute("content")
    alarm = row(page, building).first.get_attribute("data-alarm")
    answer = page.request.post(
        f"/api/v1/alarms/{alarm}/close",
        data={"verdict": "test", "note": "测试"},
        headers={"X-CSRF-Token": token or "", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.ok, answer.text()


def test_an_alarm_posted_over_http_is_in_queue_and_map_within_two_seconds(
    page: Page, application: Application, calm: Iterator[tuple[Device, Building]]
) -> None:
    ready(page)
    device, building = next(calm)
    page.mouse.move(900, 500)  # the officer is busy: the map must not fly away
    started = time.monotonic()
    send(application, device.id, smoke_pct=60)
    expect(row(page, building)).to_contain_text("火警", timeout=2000)
    while count_colour(around(page, device.lon, device.lat), FIRE_RED) < 30:
        assert time.monotonic() - started < 2.5, "the fire is not on the map"
        page.wait_for_timeout(50)
    close_fire(page, building)
    expect(row(page, building)).to_have_count(0)


def test_acknowledging_on_one_page_clears_the_pulse_on_a_second(
    open_page: OpenPage, application: Application, calm: Iterator[tuple[Device, Building]]
) -> None:
    first, second = ready(open_page()), ready(open_page())
    device, building = next(calm)
    for page in (first, second):
        page.mouse.move(900, 500)
    acknowledge_all(first)  # nothing else may pulse beside it
    send(application, device.id, smoke_pct=60)
    expect(row(second, building)).to_contain_text("待确认")
    assert moves(second, device.lon, device.lat)

    row(first, building).get_by_role("button", name=re.compile("确认")).click()
    expect(row(second, building)).to_contain_text("已确认", timeout=2000)
    second.wait_for_timeout(300)
    assert not moves(second, device.lon, device.lat)
    close_fire(first, building)


def test_drill_down_by_keyboard(
    page: Page, application: Application, calm: Iterator[tuple[Device, Building]]
) -> None:
    ready(page)
    device, building = next(calm)
    page.mouse.move(900, 500)
    send(application, device.id, smoke_pct=60)
    expect(row(page, building)).to_have_count(1)
    page.locator("body").press("j")
    while building.name not in page.locator(":focus").inner_text():
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"building={building.id}"))
    expect(page.locator("#drilldown h2")).to_have_text(building.name)
    page.keyboard.press("Escape")
    expect(page.locator("#drilldown h2")).not_to_have_text(building.name)
    close_fire(page, building)


def test_drill_down_by_url_click_and_back(
    page: Page, application: Application, calm: Iterator[tuple[Device, Building]]
) -> None:
    device, building = next(calm)
    page.goto(f"/?building={building.id}")
    ready(page)
    expect(page.locator("#drilldown h2")).to_have_text(building.name)
    page.locator("#drilldown a.row-link", has_text=device.name).first.click()
    expect(page).to_have_url(re.compile("device="))
    expect(page.locator("#drilldown .thresholds")).to_be_visible()
    page.go_back()
    expect(page.locator("#drilldown h2")).to_have_text(building.name)


def test_a_building_is_opened_by_a_click_on_the_map(
    page: Page, calm: Iterator[tuple[Device, Building]]
) -> None:
    _, building = next(calm)
    page.goto(f"/?building={building.id}")
    ready(page)
    expect(page.locator("#drilldown h2")).to_have_text(building.name)
    page.wait_for_timeout(1500)
    page.locator("#drilldown .crumbs a").first.click()
    expect(page.locator("#drilldown h2")).to_have_text("新塘街道")
    page.wait_for_timeout(1500)
    x, y = page.evaluate(
        """async ([lon, lat]) => {
          const map = window.xt.maps.at(-1), box = map.getContainer().getBoundingClientRect();
          map.setView([lat, lon], 19, {animate: false});
          await new Promise((done) => setTimeout(done, 500));
          const point = map.latLngToContainerPoint([lat, lon]);
          return [point.x + box.x, point.y + box.y];
        }""",
        [building.lon, building.lat],
    )
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile("building=|device="))


def test_last_values_and_their_age_stay_current_without_reload(
    page: Page, application: Application, calm: Iterator[tuple[Device, Building]]
) -> None:
    device, building = next(calm)
    page.goto(f"/?building={building.id}")
    ready(page)
    expect(page.locator("#drilldown h2")).to_have_text(building.name)
    value = page.locator(f'[data-value-of="{device.id}:temperature_c"]').first
    page.wait_for_timeout(500)
    send(application, device.id, temperature_c=33.25, smoke_pct=0.5)
    expect(value).to_contain_text("33.3", timeout=2000)


def test_the_trend_brings_plotly_only_when_it_is_opened(
    page: Page, calm: Iterator[tuple[Device, Building]]
) -> None:
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url))
    device, _ = next(calm)
    page.goto(f"/?device={device.id}")
    ready(page)
    assert not [url for url in fetched if "plotly" in url]
    page.locator("#trend-open").click()
    expect(page.locator("#trend-graph .main-svg").first).to_be_visible()
    assert [url for url in fetched if "plotly" in url]


def test_search_finds_a_building_and_opens_it(
    page: Page, calm: Iterator[tuple[Device, Building]]
) -> None:
    ready(page)
    _, building = next(calm)
    page.locator("body").press("/")
    page.keyboard.type(building.name)  # as fast as it goes: no letter may change its place
    expect(page.locator("#search-input")).to_have_value(building.name)
    page.locator("#search-results a", has_text=building.name).first.click()
    expect(page.locator("#drilldown h2")).to_have_text(building.name)


def test_search_by_keyboard(page: Page, calm: Iterator[tuple[Device, Building]]) -> None:
    ready(page)
    _, building = next(calm)
    box, results = page.locator("#search-input"), page.locator("#search-results")
    box.fill("烟感")
    expect(results.locator("a").nth(1)).to_be_visible()
    box.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(results.locator("a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    box.press("ArrowDown")
    page.keyboard.press("a")  # writes on: it must not acknowledge an alarm
    expect(box).to_have_value("烟感a")
    box.fill("烟感")
    expect(results.locator("a").first).to_be_visible()
    box.press("Escape")
    expect(results).to_be_hidden()
    expect(box).to_have_value("烟感")
    box.fill(building.name)
    box.press("Enter")  # also before anything was found
    expect(page.locator("#drilldown h2")).to_have_text(building.name)


def test_a_hidden_layer_is_told_on_the_button_and_after_a_reload(page: Page) -> None:
    ready(page)
    button = page.locator("details.menu:has(#layers-menu) > summary")
    assert button.get_attribute("data-hidden") is None
    button.click()
    page.locator("#layers-menu input").nth(2).uncheck()
    expect(button).to_have_attribute("data-hidden", "隐藏 1")
    page.reload()
    ready(page)
    expect(button).to_have_attribute("data-hidden", "隐藏 1")


def test_an_unknown_selection_says_so(page: Page) -> None:
    page.goto("/?building=nowhere")
    expect(page.locator("#drilldown [role=alert]")).to_be_visible()


@pytest.mark.parametrize(("lang", "words"), [("zh", "值班台"), ("en", "Duty desk")])
def test_both_languages(open_page: OpenPage, lang: str, words: str) -> None:
    page = ready(open_page(lang=lang))
    expect(page.locator("header")).to_contain_text(words)
    expect(page.locator("html")).to_have_attribute("lang", re.compile(lang))


def test_a_leader_sees_but_cannot_acknowledge(open_page: OpenPage) -> None:
    page = ready(open_page(user="leader"))
    expect(page.locator("#queue-list .queue-row").first).to_be_visible()
    expect(page.locator("#queue-list button[data-action]")).to_have_count(0)


def test_a_wiped_redis_heals_while_the_page_is_open(
    page: Page, application: Application, calm: Iterator[tuple[Device, Building]]
) -> None:
    ready(page)
    before = page.locator("#queue-count").inner_text()
    with Redis.from_url(application.redis_url) as client:
        client.flushall()
        wait_for(lambda: client.exists("xt:epoch"), 5)
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    expect(row(page, building)).to_have_count(1)
    close_fire(page, building)
    expect(row(page, building)).to_have_count(0)
    expect(page.locator("#queue-count")).to_have_text(before)


def test_a_killed_redis_is_told_within_five_seconds_and_heals(
    page: Page,
    application: Application,
    calm: Iterator[tuple[Device, Building]],
    console_errors: list[str],
) -> None:
    ready(page)
    os.kill(application.child("app.py worker"), signal.SIGSTOP)  # nobody heals for now
    try:
        os.kill(application.child("redis-server"), signal.SIGKILL)
        # 5 s, and a slow machine
        expect(page.locator("#stream-lost")).to_be_visible(timeout=10_000)
        expect(page.locator("#stream-lost")).to_contain_text("数据中断")
        frame, notice = (
            page.locator(part).bounding_box() for part in ("#map-frame", "#stream-lost")
        )
        assert frame
        assert notice
        assert (notice["x"], notice["width"]) == (frame["x"], frame["width"])  # not over the queue
    finally:
        os.kill(application.child("app.py worker"), signal.SIGCONT)
    wait_for(application.is_ready, 30)
    expect(page.locator("#stream-lost")).to_be_hidden(timeout=30_000)
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    expect(row(page, building)).to_have_count(1)
    close_fire(page, building)
    # While Redis was away the page asked for snapshots and was told to come again.
    console_errors[:] = [e for e in console_errors if "503" not in e]
