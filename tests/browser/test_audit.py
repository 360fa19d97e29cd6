"""The audit page in Chromium: filters that the address keeps, a refusal, what a row changed."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

ROWS = ".audit-table tbody tr"


def test_an_admin_finds_who_did_what(open_page: OpenPage, console_errors: list[str]) -> None:
    duty = open_page()
    assert duty.request.get("/audit/").status == 403
    page = open_page(user="admin", path="/audit/")
    expect(page.locator("#audit-state")).to_have_attribute("data-state", "whole")
    page.get_by_label("人员").fill("duty")
    expect(page.locator(ROWS).first).to_contain_text("duty")
    page.get_by_label("结果").select_option("refused")
    refused = page.locator(ROWS).first
    expect(refused).to_contain_text("拒绝请求")
    expect(refused).to_contain_text("GET /audit/")
    refused.locator("summary").press("Enter")
    expect(refused.locator("dd")).to_have_text("403")
    page.wait_for_url("**/audit/?actor=duty&result=refused")
    page.reload()
    expect(page.locator(ROWS).first).to_contain_text("GET /audit/")
    page.get_by_label("对象").fill("nothing:like-this")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    page.get_by_role("button", name="清除筛选").click()
    expect(page.locator(ROWS).nth(3)).to_be_visible()
    with page.expect_download() as begun:
        page.get_by_text("导出 CSV").click()
    assert begun.value.suggested_filename.endswith(".csv")
    page.route("**/api/v1/audit?*", lambda route: route.abort())
    page.get_by_label("人员").fill("x")
    expect(page.get_by_role("alert")).to_have_text("暂时无法读取数据")
    console_errors[:] = [e for e in console_errors if "ERR_FAILED" not in e]


@pytest.mark.parametrize("width", [1920, 1280])
def test_the_page_fits(open_page: OpenPage, width: int) -> None:
    size = {"width": width, "height": 1080 if width == 1920 else 720}
    page = open_page(user="admin", path="/audit/", lang="en", viewport=size)
    expect(page.locator(ROWS).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
