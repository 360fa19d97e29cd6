"""Two officers work on one incident."""

import pytest
from playwright.sync_api import Page, expect

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
    expect(one.locator(".handling-said")).to_contain_text("duty 已于")
    assert "409" in console_errors.pop()


def test_the_end_of_an_incident_is_seen_when_all_its_alarms_are_over(
    application: Application, open_page: OpenPage, console_errors: list[str]
) -> None:
    device, building = calm_devices(application)[4]
    send(application, device.id, smoke_pct=30.0)
    number = incident_of(application, building.id)
    one, other = (open_page(path=f"/?incident={number}") for _ in range(2))
    one.locator(".act-confirm button").click()
    expect(one.locator(".act-confirm")).to_have_count(0)
    one.locator(".act-dispatched input").fill("微型消防站 01")
    one.keyboard.press("Enter")
    expect(other.locator(".step-reached", has_text="微型消防站 01")).to_be_visible()
    (alarm,) = other.request.get(f"/api/v1/incidents/{number}").json()["alarms"]
    close(other, alarm["id"])
    expect(one.locator(f"#alarm-{alarm['id']}")).to_have_count(0)
    row = one.locator(f'.work-row[data-incident="{number}"]')
    expect(row).to_contain_text("已派出 · 微型消防站 01")

    # No alarm is open any more: what happens now only the incident can tell.
    for stage in ("arrived", "controlled", "ended"):
        one.locator(f".act-{stage} button").click()
    expect(other.locator(".status-word")).to_have_text("真警")
    expect(row).to_have_count(0)
    expect(other.locator(".timeline-item").last).to_contain_text("已记入火灾记录")
    one.locator("textarea[name=text]").fill("收队")
    one.locator(".act-note button").click()
    expect(other.locator(".timeline-item").last).to_contain_text("收队")
    expect(open_page(path=f"/?building={building.id}").locator("#drilldown")).to_contain_text(
        "线缆老化，已扑灭"
    )


def test_an_incident_without_alarms_is_reached_by_keys_which_then_mean_no_alarm(
    application: Application, open_page: OpenPage
) -> None:
    device, building = calm_devices(application)[6]
    send(application, device.id, smoke_pct=30.0)
    number = incident_of(application, building.id)
    desk = open_page()
    command(desk, f"incidents/{number}/dispatched", to="微型消防站 01")
    (alarm,) = desk.request.get(f"/api/v1/incidents/{number}").json()["alarms"]
    command(desk, f"alarms/{alarm['id']}/close", verdict="test", note="")
    row = desk.locator(f'.work-row[data-incident="{number}"]')
    expect(row).to_be_visible()
    expect(desk.locator(".work-title")).to_contain_text("处置中 1 起")
    desk.keyboard.press("k")
    expect(row).to_be_focused()
    desk.keyboard.press("v")
    expect(desk.locator(".step-form")).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk.locator("#drilldown .act-arrived")).to_be_visible()
    desk.keyboard.press("j")
    expect(desk.locator("#queue-list .queue-row").first).to_be_focused()
    for stage in ("arrived", "controlled", "ended"):
        command(desk, f"incidents/{number}/{stage}", note="")
    expect(row).to_have_count(0)


def command(page: Page, path: str, **body: object) -> None:
    """What another screen of the same account does."""
    token = page.locator('meta[name="xt-csrf"]').get_attribute("content") or ""
    headers = {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"}
    assert page.request.post(f"/api/v1/{path}", data=body, headers=headers).ok


def test_who_only_looks_can_press_nothing(application: Application, open_page: OpenPage) -> None:
    device, building = calm_devices(application)[5]
    send(application, device.id, smoke_pct=30.0)
    number = incident_of(application, building.id)
    leader = open_page(user="leader", path=f"/?incident={number}")
    expect(leader.locator("#drilldown")).to_contain_text("核对清单")
    expect(leader.locator("#queue-list .queue-row").first).to_be_visible()
    pressable = "#queue-list button:visible, .act form, [data-check], .bulk-button:visible"
    expect(leader.locator(pressable)).to_have_count(0)
    sent: list[str] = []
    leader.on("request", lambda request: sent.append(request.url))
    leader.locator("#queue-list .queue-row").first.focus()
    for key in ("a", "f", "s", "v", "Shift+A", "Shift+A"):
        leader.keyboard.press(key)
    expect(leader.locator(".step-form")).to_have_count(0)
    assert not [url for url in sent if "/api/v1/" in url]
    leader.keyboard.press("?")
    expect(leader.locator("#help-dialog")).not_to_contain_text("批量确认")


def close(page: Page, alarm: int) -> None:
    """End an alarm as another screen does; real needs what was found."""
    token = page.locator('meta[name="xt-csrf"]').get_attribute("content") or ""
    headers = {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"}
    path, body = f"/api/v1/alarms/{alarm}/close", {"verdict": "real", "note": ""}
    refused = page.request.post(path, data=body, headers=headers)
    assert (refused.status, refused.json()["error"]) == (409, "FindingMissing")
    body["note"] = "线缆老化，已扑灭"
    assert page.request.post(path, data=body, headers=headers).ok
