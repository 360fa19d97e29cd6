"""Two officers work on one incident."""

import pytest
from playwright.sync_api import expect

from tests.browser.actions import calm_devices, send
from tests.browser.conftest import OpenPage
from tests.servers import Application, wait_for

pytestmark = pytest.mark.browser


def incident_of(application: Application, building: str) -> int:
    with application.client() as client:
        rows = client.get("/api/v1/incidents").json()
    return next(row["id"] for row in rows if row["building"] == building)


def test_what_one_officer_does_the_other_sees(
    application: Application, open_page: OpenPage, console_errors: list[str]
) -> None:
    device, building = calm_devices(application)[3]
    send(application, device.id, smoke_pct=30.0)
    number = incident_of(application, building.id)
    one, other = (open_page(path=f"/?incident={number}") for _ in range(2))
    one.locator("textarea[name=text]").fill("半句")
    other.locator(".act-dispatched input").fill("微型消防站 01")
    other.keyboard.press("Enter")
    expect(one.locator(".step-reached", has_text="微型消防站 01")).to_be_visible()
    expect(one.locator("textarea[name=text]")).to_have_value("半句")
    following = other.locator(".act-arrived input")
    expect(following).to_be_visible()
    wait_for(lambda: following.evaluate("input => input === document.activeElement"))

    other.keyboard.press("Enter")
    expect(one.locator(".act-controlled")).to_be_visible()
    one.locator("[data-check=call_site]").press("Enter")
    expect(other.locator(".check-done", has_text="电话核实现场")).to_be_visible()

    # The same stage again, by a screen that is behind.
    one.evaluate(
        """() => { const place = document.querySelector('[data-act=controlled]');
                   place.dataset.act = 'arrived'; }"""
    )
    one.locator(".act-arrived button").click()
    expect(one.locator(".handling-said")).to_contain_text("duty 在")
    assert "409" in console_errors.pop()
