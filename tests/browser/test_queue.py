"""The officer's work at the queue, by keyboard, in a real Chromium."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from data.domain.words import FalseCause, Verdict
from data.store.database import Database
from data.store.models import AlarmRow, Building, Device
from tests.browser.actions import calm_devices, row, send
from tests.browser.conftest import OpenPage
from tests.servers import Application, wait_for

pytestmark = pytest.mark.browser

FIRES = 10
TO_SEEN = 3  # keys from alarm to acknowledged with its building open
MANY = 70  # alarms: more than the rows that exist at once
MOST_ROWS = 40
TO_CLOSED = 12  # keys from alarm to closed with verdict and note
ROWS = "#queue-list .queue-row"
#: The topmost row that is seen whole, and where it stands.
SEEN = """() => {
  const top = document.getElementById("queue-list").getBoundingClientRect().top;
  const rows = [...document.querySelectorAll(".queue-row")];
  const row = rows.find((one) => one.getBoundingClientRect().top >= top);
  return [row.dataset.alarm, Math.round(row.getBoundingClientRect().top - top)];
}"""
Calm = Iterator[tuple[Device, Building]]


@pytest.fixture(scope="module")
def calm(application: Application) -> Calm:
    """Smoke detectors that nobody has used yet, one by one."""
    return iter(calm_devices(application))


@pytest.fixture
def desk(page: Page) -> Page:
    """A desk without fires whose officer is at work."""
    page.wait_for_selector("html[data-ready]")
    page.mouse.move(900, 500)
    fires = page.locator(f'{ROWS}[data-kind="fire"]')
    while fires.count():
        number = fires.first.get_attribute("data-alarm")
        command(page, f"alarms/{number}/close", verdict="test", note="测试")
        expect(page.locator(f"#alarm-{number}")).to_have_count(0)
    return page


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.pressed += 1


def command(page: Page, path: str, **body: object) -> Any:
    """What another screen of the same account does."""
    token = page.locator('meta[name="xt-csrf"]').get_attribute("content") or ""
    headers = {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"}
    answer = page.request.post(f"/api/v1/{path}", data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def stored(application: Application, number: str | None) -> AlarmRow:
    database = Database(application.database_url)
    with database.reading() as session:
        found = session.scalars(select(AlarmRow).where(AlarmRow.id == int(number or 0))).one()
    database.close()
    return found


def fault(page: Page, application: Application, calm: Calm) -> tuple[Locator, Building]:
    """A fault that nobody has acknowledged."""
    device, building = next(calm)
    send(application, device.id, battery_pct=5)
    found = row(page, building)
    expect(found).to_contain_text("待确认")
    return found, building


def test_ten_fires_by_keyboard_alone(desk: Page, application: Application, calm: Calm) -> None:
    for device, _ in (next(calm) for _ in range(FIRES)):
        send(application, device.id, smoke_pct=60)
    fires = desk.locator(f'{ROWS}[data-kind="fire"]')
    expect(fires).to_have_count(FIRES)
    for left in range(FIRES, 0, -1):
        number = fires.first.get_attribute("data-alarm")
        place = fires.first.locator(".queue-where").inner_text()
        fire, keyboard = desk.locator(f"#alarm-{number}"), Keyboard(desk)
        keyboard.press("a", "Enter")
        expect(fire).to_have_attribute("data-acked", "true")
        expect(desk.locator("#drilldown h2")).to_have_text(place)
        assert keyboard.pressed <= TO_SEEN
        keyboard.press("v", "2", "1", "1", "Enter")
        expect(fires).to_have_count(left - 1)
        assert keyboard.pressed <= TO_CLOSED
        alarm = stored(application, number)
        assert (alarm.verdict, alarm.false_cause) == (Verdict.FALSE, FalseCause.COOKING)
        assert alarm.note == "现场查看，无火情"


def test_a_written_note_a_taken_back_answer_and_a_missing_cause(
    desk: Page, application: Application, calm: Calm
) -> None:
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    number = row(desk, building).first.get_attribute("data-alarm")
    for key in ("a", "v", "2"):
        desk.keyboard.press(key)
    desk.keyboard.press("Enter")
    expect(desk.locator(".step-form .queue-error")).to_have_text("请选择误报原因")
    for key in ("Backspace", "4", "n"):
        desk.keyboard.press(key)
    desk.keyboard.type("a j v 2")  # letters are written, they are no shortcuts
    desk.keyboard.press("Enter")
    expect(row(desk, building)).to_have_count(0)
    alarm = stored(application, number)
    assert (alarm.verdict, alarm.false_cause, alarm.note) == (Verdict.DRILL, None, "a j v 2")


def test_a_fire_is_confirmed_and_never_shelved(
    desk: Page, application: Application, calm: Calm
) -> None:
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    fire = row(desk, building)
    expect(fire).to_have_count(1)
    desk.keyboard.press("s")
    expect(desk.locator(".step-form")).to_have_count(0)
    for key in ("f", "1", "Enter"):
        desk.keyboard.press(key)
    expect(fire).to_contain_text("duty 已确认起火")
    number = fire.get_attribute("data-alarm")
    assert stored(application, number).confirmed_by == "duty"


def test_shelved_alarms_sink_say_why_and_come_back(
    desk: Page, application: Application, calm: Calm
) -> None:
    shelved, _ = fault(desk, application, calm)
    shelved.click()
    for key in ("s", "3", "1", "Enter"):
        desk.keyboard.press(key)
    expect(shelved).to_contain_text(re.compile("duty 搁置至 .*等待维修"))
    number = shelved.get_attribute("data-alarm")
    assert desk.locator(ROWS).last.get_attribute("data-alarm") == number
    desk.locator("#queue-kind [data-show=held]").click()
    expect(desk.locator(ROWS)).to_have_count(1)
    desk.keyboard.press("s")
    expect(desk.locator("#queue-list .empty")).to_be_visible()
    desk.locator("#queue-kind [data-show=held]").click()
    expect(shelved).to_contain_text("待确认")


def test_bulk_takes_two_presses_and_leaves_fires(
    desk: Page, application: Application, calm: Calm
) -> None:
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    fault(desk, application, calm)
    fault(desk, application, calm)
    waiting = desk.locator(f'{ROWS}[data-acked="false"]')
    n = waiting.count()
    desk.keyboard.press("Shift+A")
    expect(desk.locator(".queue-said")).to_contain_text(f"确认所列 {n - 1} 条")
    expect(waiting).to_have_count(n)
    desk.keyboard.press("Shift+A")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text(building.name)
    expect(desk.locator(".queue-said")).to_contain_text(f"已确认 {n - 1} 条")


def test_a_click_that_finds_no_server_is_sent_again_with_its_key(
    desk: Page, application: Application, calm: Calm, console_errors: list[str]
) -> None:
    keys: list[str] = []

    def fail_once(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.abort()
        else:
            route.continue_()

    found, _ = fault(desk, application, calm)
    found.focus()  # a click may meet a list that moves under the mouse
    desk.route("**/acknowledge", fail_once)
    desk.keyboard.press("a")
    expect(found).to_contain_text("duty 已确认")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    console_errors[:] = [e for e in console_errors if "ERR_FAILED" not in e]


def test_who_was_first_is_said_in_the_row(
    desk: Page, application: Application, calm: Calm, console_errors: list[str]
) -> None:
    found, _ = fault(desk, application, calm)
    number = found.get_attribute("data-alarm")

    def overtaken(route: Route) -> None:
        command(desk, f"alarms/{number}/acknowledge")
        route.continue_()

    desk.route("**/acknowledge", overtaken)
    found.get_by_role("button", name=re.compile("确认")).click()
    expect(found).to_contain_text(re.compile(r"duty 已于 \d\d:\d\d:\d\d 确认这条报警"))
    console_errors[:] = [e for e in console_errors if "409" not in e]


def test_a_form_says_when_somebody_else_has_closed_its_alarm(
    desk: Page, application: Application, calm: Calm
) -> None:
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    expect(row(desk, building)).to_have_count(1)
    number = row(desk, building).get_attribute("data-alarm")
    desk.keyboard.press("v")
    expect(desk.locator(".step-form")).to_be_focused()
    command(desk, f"alarms/{number}/close", verdict="test", note="测试")
    expect(desk.locator("#queue-dock")).to_have_text("这条报警已被他人结束")


def test_filters_stand_in_the_address_beside_the_selection(
    open_page: OpenPage, desk: Page, application: Application, calm: Calm
) -> None:
    device, building = next(calm)
    send(application, device.id, battery_pct=5)
    desk.goto(f"/?building={building.id}")
    desk.wait_for_selector("html[data-ready]")
    desk.keyboard.press("q")
    desk.keyboard.type(device.id)  # the words of a building's name are found in others too
    expect(desk.locator(ROWS)).to_have_count(1)
    desk.locator("#queue-kind [data-kind=fault]").click()
    address = desk.url
    assert f"building={building.id}" in address
    assert "kind=fault" in address

    other = open_page(path=address.removeprefix(application.url))
    expect(other.locator(ROWS)).to_have_count(1)
    expect(other.locator("#drilldown h2")).to_have_text(building.name)
    other.locator("#drilldown .crumbs a").first.click()
    expect(other.locator("#drilldown h2")).to_have_text("新塘街道")
    assert "kind=fault" in other.url
    expect(other.locator(ROWS)).to_have_count(1)

    desk.go_back()
    expect(desk.locator("#queue-kind [data-kind=fault]")).to_have_attribute("aria-pressed", "false")
    desk.go_back()
    expect(desk.locator("#queue-filter input")).to_have_value("")
    expect(desk.locator("#drilldown h2")).to_have_text(building.name)


def test_a_long_queue_holds_few_rows_and_stays_where_one_looks(
    desk: Page, application: Application, calm: Calm
) -> None:
    devices = [device.id for device, _ in calm_devices(application)[-MANY:]]
    for device_id in devices:
        send(application, device_id, battery_pct=5)
    queue = desk.locator("#queue-list")
    expect(desk.locator("#queue-kind [data-kind=fault] b")).to_have_text(re.compile(r"\d\d"))
    expect(desk.locator(ROWS)).to_have_count(MOST_ROWS)
    queue.evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    expect(desk.locator(ROWS).last).to_be_in_viewport()
    expect(desk.locator(ROWS)).to_have_count(MOST_ROWS)
    queue.evaluate("(list) => list.scrollTo(0, list.scrollHeight / 2)")
    desk.wait_for_timeout(300)
    seen = desk.evaluate(SEEN)
    device, building = next(calm)
    send(application, device.id, smoke_pct=60)
    expect(desk.locator("#queue-kind [data-kind=fire] b")).to_have_text("1")
    assert desk.evaluate(SEEN) == seen
    desk.keyboard.press("j")
    expect(row(desk, building)).to_be_focused()
    for _ in range(65):
        desk.keyboard.press("j")
    expect(desk.locator(f"{ROWS}:focus")).to_be_in_viewport()
    expect(desk.locator(f"{ROWS}:focus")).not_to_have_attribute("data-kind", "fire")
    for device_id in devices:
        send(application, device_id, battery_pct=100)
    desk.keyboard.press("Shift+A")
    desk.keyboard.press("Shift+A")
    expect(desk.locator("#queue-kind [data-show=waiting] b")).to_have_text("1")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_head_of_the_queue_holds_on_a_small_screen(open_page: OpenPage, lang: str) -> None:
    desk = open_page(lang=lang, viewport={"width": 1280, "height": 720})
    desk.wait_for_selector("html[data-ready]")
    desk.keyboard.press("m")
    desk.keyboard.press("q")
    desk.keyboard.type("x")  # the count says how many of how many
    expect(desk.locator("#queue-count")).to_contain_text("/")
    head = desk.locator(".desk-queue .panel-head").bounding_box()
    notify, sound = (desk.locator(f".{name}-button").bounding_box() for name in ("notify", "sound"))
    assert head
    assert notify
    assert sound
    assert notify["y"] == sound["y"]
    assert max(notify["height"], sound["height"]) < 30  # one line
    assert sound["x"] + sound["width"] <= head["x"] + head["width"]


def test_sound_is_muted_by_a_key_and_counts_down(desk: Page) -> None:
    button = desk.locator(".sound-button")
    desk.keyboard.press("m")
    expect(button).to_have_text(re.compile(r"静音 0[45]:\d\d"))
    first = button.inner_text()
    wait_for(lambda: button.inner_text() != first, 3)
    desk.keyboard.press("m")
    expect(button).to_have_attribute("aria-pressed", "false")


def fullest(application: Application, among: set[str]) -> list[str]:
    """The smoke detectors of the building that has most of them."""
    database = Database(application.database_url)
    inhabitants: dict[str, list[str]] = {}
    with database.reading() as session:
        working = select(Device).where(Device.kind == "smoke", Device.disabled.is_(False))
        for device in session.scalars(working.where(Device.building_id.in_(among))):
            inhabitants.setdefault(str(device.building_id), []).append(device.id)
    database.close()
    return max(inhabitants.values(), key=len)


def test_a_flood_groups_by_building_and_cause_and_hides_nothing(
    desk: Page, application: Application, calm: Calm
) -> None:
    crowd = fullest(application, {building.id for _, building in calm_devices(application)})
    assert len(crowd) > 1
    others = [device.id for device, _ in (next(calm) for _ in range(11))]
    for device_id in (*crowd, *others):
        send(application, device_id, smoke_pct=60)
    expect(desk.locator("#queue-flood")).to_contain_text("报警洪泛")
    behind = len(crowd) - 1
    lead = desk.locator(ROWS, has=desk.locator(".queue-group:visible")).first
    expect(lead.locator(".queue-group")).to_contain_text(f"另有 {behind} 条，{behind} 条待确认")
    expect(desk.locator("#queue-count")).to_have_text(re.compile(r"\d+ 条"))
    lead.locator(".queue-where").click()
    desk.keyboard.press("g")
    expect(desk.locator(f"{ROWS}[data-member]")).to_have_count(behind)
    desk.keyboard.press("g")
    expect(desk.locator(f"{ROWS}[data-member]")).to_have_count(0)
