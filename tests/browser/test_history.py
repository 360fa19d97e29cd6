"""The history as people use it: scroll, filter, sort, open, take out; and the live picture."""

import csv
import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from data.store.database import Database
from data.store.models import Device
from tests.browser.actions import send
from tests.browser.conftest import OpenPage
from tests.servers import Application


def rows(page: Page):
    """The rows that are there and filled."""
    return page.locator(".ag-center-cols-container .ag-row:has([col-id=kind]:not(:empty))")


def counted(page: Page) -> int:
    """How many rows the page says that there are."""
    status = page.locator(".history-status b")
    expect(status).to_contain_text(re.compile(r"\d"))
    return int(re.sub(r"\D", "", status.inner_text()))


def test_filters_go_into_the_address_and_back(open_page: OpenPage) -> None:
    page = open_page(path="/history/")
    expect(rows(page).first).to_be_visible()
    whole = counted(page)
    page.get_by_label("报警类别").select_option("fire")
    expect(page).to_have_url(re.compile(r"kind=fire"))
    expect(rows(page).first).to_contain_text("火警")
    expect(page.locator(".history-status b")).not_to_have_text(f"共 {whole:,} 条报警")
    fires = counted(page)
    assert 0 < fires < whole
    page.reload()
    expect(rows(page).first).to_contain_text("火警")
    assert counted(page) == fires
    page.go_back()
    expect(page.locator(".history-status b")).to_have_text(f"共 {whole:,} 条报警")


def test_an_address_with_unknown_filters_says_which(open_page: OpenPage) -> None:
    page = open_page(path="/history/?kind=bogus&since=yesterday&community=99")
    expect(page.locator(".history-ignored")).to_have_text(re.compile("报警类别 · 从$"))
    expect(page.get_by_label("报警类别")).to_have_value("")
    expect(page.get_by_label("社区")).to_have_value("99")
    expect(page.locator(".history-status")).to_contain_text("没有符合条件的记录")
    page.get_by_role("button", name="清除").click()
    expect(page.locator(".history-ignored")).to_be_hidden()
    assert counted(page) > 0


def test_titles_sort_and_tabs_keep_the_filters(open_page: OpenPage) -> None:
    page = open_page(path="/history/?kind=fire", lang="en")
    expect(rows(page).first).to_be_visible()
    page.locator(".ag-header-cell[col-id=community]").click()
    expect(page).to_have_url(re.compile("sort=-community"))
    page.get_by_role("link", name="Incidents").click()
    expect(page).to_have_url(re.compile(r"tab=incidents"))
    expect(page).to_have_url(re.compile(r"kind=fire"))
    expect(rows(page).first).to_contain_text("Fire")


def test_enter_opens_the_building_of_an_alarm_on_the_desk(open_page: OpenPage) -> None:
    page = open_page(path="/history/?category=rental")
    cell = rows(page).first.locator("[col-id=building]")
    name = cell.inner_text()
    cell.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?building="))
    expect(page.locator("#drilldown h2")).to_have_text(name)


def test_a_click_opens_an_incident_with_its_timeline(open_page: OpenPage) -> None:
    page = open_page(path="/history/?tab=incidents&verdict=real")
    rows(page).first.locator("[col-id=building]").click()
    expect(page).to_have_url(re.compile(r"/\?incident=\d+"))
    expect(page.locator("#drilldown .timeline-incident li").first).to_contain_text("警情建立")


def test_nothing_found_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page(path="/history/?q=nowhere-at-all")
    expect(page.locator(".history-status")).to_contain_text("没有符合条件的记录")


def test_a_file_is_taken_out_with_its_progress(open_page: OpenPage) -> None:
    page = open_page(path="/history/?kind=fire")
    total = counted(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="导出 CSV").click()
    path = started.value.path()
    expect(page.locator(".history-export")).to_contain_text(f"已导出 {total:,} 行")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == total + 1
    assert {line[1] for line in lines[1:]} == {"火警"}
    assert started.value.suggested_filename.endswith(".csv")


def test_a_cameras_picture_moves_and_says_when_it_stops(
    open_page: OpenPage, application: Application, console_errors: list[str]
) -> None:
    database = Database(application.database_url)
    with database.reading() as session:
        query = select(Device.id).where(Device.kind == "camera", Device.disabled.is_(False))
        camera = session.scalar(query.order_by(Device.id).limit(1))
    database.close()
    assert camera is not None
    send(application, camera, status="alive")  # with every test before this one it grew more silent
    page = open_page(path=f"/?device={camera}")
    page.get_by_role("button", name="查看画面").click()
    expect(page.locator(".camera-view")).to_have_attribute("data-state", "live")
    expect(page.locator(".camera-state")).to_contain_text("实时")
    page.route("**/live/camera/**", lambda route: route.abort())
    expect(page.locator(".camera-view")).to_have_attribute("data-state", "frozen", timeout=40_000)
    expect(page.locator(".camera-state")).to_contain_text("画面停滞")
    assert all(
        "ERR_FAILED" in error for error in console_errors
    )  # those requests were ours to fail
    console_errors.clear()
