"""The admin's feeds page with a real transmitter on a real socket."""

import contextlib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from data.domain.words import DeviceKind, Way
from data.embedded import free_port
from data.feeds import gb26875 as gb
from data.store import dead_letters
from data.store.database import Database
from data.store.dead_letters import Letter
from data.store.models import Device
from tests.browser.actions import calm_devices
from tests.browser.conftest import OpenPage
from tests.servers import Application, run_application, wait_for
from tests.transmitters import frame, part

pytestmark = pytest.mark.browser

CONFIRM, DENY, CONTROL = gb.Command.CONFIRM, gb.Command.DENY, gb.Command.CONTROL
PORT = "XT_GB26875_PORT"
STRANGERS, TRANSMITTERS, LETTERS = "#feeds-strangers", "#feeds-transmitters", "#feeds-letters"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """An application that takes transmitters."""
    port = {PORT: str(free_port())}
    with run_application(tmp_path_factory.mktemp("feeds"), **port) as running:
        yield running


class Panel:
    """A transmitter's side of a connection."""

    def __init__(self, application: Application, source: int) -> None:
        address = ("127.0.0.1", int(application.environment[PORT]))
        self.socket = socket.create_connection(address, timeout=10)
        self.stream = gb.FrameStream()
        self.found: list[gb.Frame] = []
        self.source = source
        self.serial = 0

    def read(self) -> gb.Frame:
        while not self.found:
            for one in self.stream.feed(self.socket.recv(4096)):
                assert isinstance(one, gb.Frame)
                self.found.append(one)
        return self.found.pop(0)

    def ask(self, kind: int | None = None, *objects: object) -> int:
        """Send a frame; the command of its answer."""
        self.serial += 1
        said = frame(datetime.now(UTC), kind, *objects, serial=self.serial, source=self.source)
        self.socket.sendall(said.encode())
        answer = self.read()
        assert answer.serial == self.serial
        return answer.command

    def burn(self, part_address: int) -> int:
        now = datetime.now(UTC)
        return self.ask(gb.Kind.PART_STATE, part(now, part_address=part_address, text="3层 走廊"))


@contextlib.contextmanager
def panel(application: Application, source: int) -> Iterator[Panel]:
    it = Panel(application, source)
    try:
        yield it
    finally:
        it.socket.close()


def register_transmitter(page: Page, source: int) -> None:
    """Register a transmitter as a new device in some building, by mouse."""
    row = page.locator(f"{STRANGERS} tr", has_text=str(source)).first
    row.get_by_role("button", name="登记").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_text("新建设备").click()
    dialog.locator(".feeds-new .act-option").first.click()
    dialog.get_by_role("button", name="登记").click()
    expect(page.locator(f"{STRANGERS} .feeds-said")).to_contain_text(f"已登记为 GB-{source}")


def open_alarms(page: Page) -> list[tuple[str, str | None]]:
    alarms = page.request.get("/live/snapshot").json()["alarms"]
    return [(alarm["device"], alarm["point"]) for alarm in alarms]


def test_who_speaks_and_is_not_known_is_registered_on_the_page(
    open_page: OpenPage, application: Application
) -> None:
    page = open_page(user="admin", path="/feeds/")
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(STRANGERS)).to_contain_text("没有未登记的传输装置")
    with panel(application, 4242) as it:
        assert it.ask() == DENY
        register_transmitter(page, 4242)
        assert it.ask() == CONFIRM
        link = page.locator(f"{TRANSMITTERS} tr", has_text="4242")
        expect(link).to_contain_text("在线")

        # A part that nobody knows alarms at its transmitter; then it becomes a device, by keyboard.
        assert it.burn(300) == CONFIRM
        assert ("GB-4242", "1-1-300") in open_alarms(page)
        row = page.locator(f"{STRANGERS} tr", has_text="1-1-300")
        expect(row).to_contain_text("火警")
        device, _ = calm_devices(application)[0]
        row.get_by_role("button", name="登记").press("Enter")
        page.keyboard.press("Tab")
        search = page.locator("dialog[open] input[type=search]")
        search.focus()
        page.keyboard.type(device.id)
        choice = page.locator("dialog[open] .act-option")
        expect(choice).to_have_count(1)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        said = page.locator(f"{STRANGERS} .feeds-said")
        expect(said).to_contain_text(f"部件 1-1-300 已登记为 {device.id}；它名下还有 1 条未结报警")
        expect(row).to_have_count(0)
        assert it.burn(300) == CONFIRM
        wait_for(lambda: (device.id, None) in open_alarms(page))
    expect(link).to_contain_text("断开")


def test_a_duty_room_is_asked_and_answers(open_page: OpenPage, application: Application) -> None:
    page = open_page(user="admin", path="/feeds/")
    with panel(application, 4343) as it:
        assert it.ask() == DENY
        register_transmitter(page, 4343)
        assert it.ask() == CONFIRM
        row = page.locator(f"{TRANSMITTERS} tr", has_text="4343")
        row.get_by_role("button", name="查岗").click()
        order = it.read()
        assert gb.parse_unit(order.data).kind == gb.Kind.DUTY_CHECK
        expect(row).to_contain_text("等待应答")
        it.socket.sendall(order.reply(CONFIRM, datetime.now(UTC)).encode())
        here = gb.TransmitterOperation(
            gb.OperationFlag.ANSWERED, 7, gb.Moment.of(datetime.now(UTC))
        )
        assert it.ask(gb.Kind.TRANSMITTER_OPERATION, here) == CONFIRM
        expect(row).to_contain_text("操作员 7 应答")
        row.get_by_role("button", name="历次").click()
        expect(page.locator("dialog[open] li")).to_contain_text("admin")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


def set_aside(application: Application, *raws: bytes) -> None:
    database = Database(application.database_url)
    with database.writing() as session:
        letters = [
            Letter(Way.HTTP, "水务平台", datetime.now(UTC), raw, "device", "unknown device 'S0'")
            for raw in raws
        ]
        dead_letters.add_all(session, letters)
    database.close()


def smoke(application: Application) -> str:
    database = Database(application.database_url)
    with database.reading() as session:
        smoke = Device.kind == DeviceKind.SMOKE
        found = session.scalars(
            select(Device.id).where(smoke, ~Device.disabled).order_by(Device.slot.desc())
        ).first()
    database.close()
    assert found
    return found


def test_dead_letters_are_seen_as_they_came_replayed_and_discarded(
    open_page: OpenPage, application: Application
) -> None:
    device = smoke(application)
    at = datetime.now(UTC).isoformat()
    item = {"device_id": device, "message_id": "late", "measured_at": at}
    good = orjson.dumps({**item, "values": {"battery_pct": 5}})
    set_aside(application, good, b"[{", b"{")
    page = open_page(user="admin", path="/feeds/")
    rows = page.locator(f"{LETTERS} tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("没有设备 S0")
    rows.last.locator("summary").click()
    expect(rows.last.locator("pre").first).to_contain_text('"message_id":"late"')
    expect(rows.last.locator("pre").last).to_contain_text("0000  7b 22 64 65")
    page.locator(f"{LETTERS} thead input").check()
    page.get_by_role("button", name="重放所选 3").click()
    said = page.locator(f"{LETTERS} .feeds-said")
    expect(said).to_contain_text("已重放 1 条；2 条仍无法接收：不是 JSON")
    expect(rows).to_have_count(2)
    wait_for(lambda: (device, None) in open_alarms(page))
    for _ in range(2):
        page.locator(f"{LETTERS} .feeds-tools button").last.click()
    expect(said).to_have_text("已丢弃 2 条")
    expect(page.locator(LETTERS)).to_contain_text("没有死信")
    page.get_by_role("button", name="已处理").click()
    settled = page.locator(f"{LETTERS} .feeds-settled tbody tr")
    expect(settled).to_have_count(3)
    for row, outcome in enumerate(["已丢弃", "已丢弃", "已重放"]):
        expect(settled.nth(row)).to_contain_text(outcome)
        expect(settled.nth(row).locator("td").last).to_have_text("admin")


def test_an_old_page_says_so_and_recovers_by_itself(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(user="admin", path="/feeds/")
    page.wait_for_selector("html[data-ready]")
    shown = page.locator(".feeds")
    expect(shown).to_have_attribute("data-state", "fresh")

    def away(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/feeds", away)
    expect(page.locator(".feeds-age")).to_contain_text("数据停在")
    expect(shown).to_have_attribute("data-state", "stale")
    page.unroute("**/api/v1/feeds")
    expect(shown).to_have_attribute("data-state", "fresh")
    console_errors[:] = [e for e in console_errors if "ERR_FAILED" not in e]


def test_only_an_admin_is_led_there(open_page: OpenPage) -> None:
    duty = open_page()
    expect(duty.locator(".header-nav-item")).to_have_count(6)
    assert duty.request.get("/feeds/").status == 403
    english = open_page(user="admin", path="/feeds/", lang="en")
    expect(english.locator(".header-nav-item[aria-current]")).to_have_text("Feeds")
    expect(english.locator(TRANSMITTERS)).to_contain_text("Last message")
