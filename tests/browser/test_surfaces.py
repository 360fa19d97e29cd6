"""Wall, week and the way in, in a real Chromium."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.actions import acknowledge_all, calm_devices, row, send
from tests.browser.conftest import OpenPage
from tests.servers import Application

pytestmark = pytest.mark.browser


def box(page: Page, selector: str) -> FloatRect:
    """Where an element stands."""
    found = page.locator(selector).bounding_box()
    assert found
    return found


def test_strangers_are_led_to_the_sign_in_page(open_page: OpenPage) -> None:
    page = open_page(user=None, path="/?building=B1")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    expect(page.locator("input[name=password]")).to_be_visible()


def test_a_wrong_password_is_refused_in_words(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(user=None, path="/login")
    page.locator("input[name=name]").fill("duty")
    page.locator("input[name=password]").fill("wrong")
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    console_errors.clear()  # Chromium reports the 401 itself


def test_a_fire_takes_the_wall_over_and_gives_it_back_when_acknowledged(
    open_page: OpenPage, application: Application
) -> None:
    wall, desk = open_page(path="/wall/"), open_page()
    for page in (wall, desk):
        page.wait_for_selector("html[data-ready]")
    desk.mouse.move(900, 500)
    acknowledge_all(desk)
    expect(wall.locator("#wall-takeover")).to_be_hidden()

    device, building = calm_devices(application)[-1]
    send(application, device.id, smoke_pct=60)
    expect(wall.locator("#wall-takeover")).to_contain_text(building.name)
    # A line and a ring for each of the nearest hydrant and micro station, all of them in view.
    expect(wall.locator(".leaflet-xt-ways-pane path")).to_have_count(4)
    frame = box(wall, "#map-frame")
    card = box(wall, "#wall-takeover")
    for path in wall.locator(".leaflet-xt-ways-pane path").all():
        at = path.evaluate("node => node.getBoundingClientRect().toJSON()")
        assert frame["x"] <= at["left"]
        assert at["right"] <= card["x"]
        assert frame["y"] <= at["top"]
        assert at["bottom"] <= frame["y"] + frame["height"]
    row(desk, building).get_by_role("button", name=re.compile("确认")).click()
    expect(wall.locator("#wall-takeover")).to_be_hidden()
    row(desk, building).press("v")
    desk.keyboard.press("Escape")


def test_a_display_is_paired_sees_the_wall_and_nothing_else_and_is_revoked(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    wall = open_page(user=None, path="/wall/")
    code = wall.locator(".pairing-code").inner_text()
    admin = open_page(user="admin", path="/displays/")
    admin.get_by_label("配对码").fill(code.lower())
    admin.get_by_label("安装位置").fill("二楼指挥大厅")
    admin.keyboard.press("Enter")
    wall.wait_for_url("**/wall/")
    wall.wait_for_selector("html[data-ready]")
    expect(wall.locator("#wall-status")).to_contain_text("正常")
    assert wall.request.get("/weekly/").status == 403
    assert wall.request.get("/?building=B1").status == 403
    shown = admin.locator(".displays-table tbody tr", has_text="二楼指挥大厅")
    expect(shown).to_contain_text("127.0.0.1")
    shown.get_by_role("button").click()
    shown.get_by_role("button", name="确定撤销？").click()
    expect(admin.get_by_text("二楼指挥大厅 的大屏已撤销")).to_be_visible()
    wall.wait_for_url("**/pair")
    assert wall.locator(".pairing-code").inner_text() != code
    console_errors[:] = [e for e in console_errors if "40" not in e]


@pytest.mark.parametrize(("lang", "words"), [("zh", "比上周"), ("en", "last week")])
def test_the_week_reads_in_both_languages(open_page: OpenPage, lang: str, words: str) -> None:
    page = open_page(user="leader", path="/weekly/", lang=lang)
    year, week, _ = datetime.now(UTC).isocalendar()
    expect(page.locator("#week-body")).to_contain_text(words)
    page.goto(f"/weekly/?week={year - 1}-W{week:02d}")
    expect(page.locator("#week-body")).to_contain_text(str(year - 1))


def test_an_impossible_week_is_an_error_in_words(open_page: OpenPage) -> None:
    page = open_page(user="leader", path="/weekly/?week=2026-W99")
    expect(page.locator("[role=alert]")).to_be_visible()


def test_the_language_switch_keeps_the_page(page: Page) -> None:
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("link", name=re.compile("EN")).click()
    expect(page.locator("header")).to_contain_text("Duty desk")


def test_signing_out_closes_everything(page: Page) -> None:
    page.wait_for_selector("html[data-ready]")
    page.locator("header details summary, header [aria-haspopup]").first.click()
    page.get_by_role("button", name=re.compile("退出")).click()
    expect(page).to_have_url(re.compile("/login"))
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/login"))
