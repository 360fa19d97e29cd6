"""The map's devices in a real Chromium: clusters, marks, devices in one place, alarms above."""

import math
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from data.store.database import Database
from data.store.models import AlarmRow, Building, Device
from tests.browser.actions import FIRE_RED, around, calm_devices, count_colour, row, send
from tests.servers import Application

pytestmark = pytest.mark.browser

FIRES = 12
#: Of the sub-district.
MIDDLE = (118.6, 24.77)


@pytest.fixture
def desk(page: Page) -> Page:
    """The duty desk, all painted; the officer is busy, so that no fire moves the map."""
    page.wait_for_selector("html[data-ready]")
    page.evaluate(
        "() => void setInterval(() => document.dispatchEvent(new Event('pointermove')), 300)"
    )
    return page


@pytest.fixture
def fires(desk: Page, application: Application) -> Iterator[list[tuple[Device, Building]]]:
    """Some fires at once; closed again afterwards."""
    burning = calm_devices(application)[-FIRES:]
    for device, _ in burning:
        send(application, device.id, smoke_pct=60)
    yield burning
    token = desk.locator('meta[name="xt-csrf"]').get_attribute("content") or ""
    for _, building in burning:
        for own in row(desk, building).all():
            desk.request.post(
                f"/api/v1/alarms/{own.get_attribute('data-alarm')}/close",
                data={"verdict": "test", "note": "测试"},
                headers={"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"},
            )


def set_zoom(page: Page, zoom: float, lon: float, lat: float) -> None:
    page.evaluate(
        "([zoom, at]) => window.xt.maps.at(-1).setView(at, zoom, {animate: false})",
        [zoom, [lat, lon]],
    )
    page.wait_for_timeout(400)


def on_page(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a place is in the window."""
    x, y = page.evaluate(
        """([lon, lat]) => {
          const map = window.xt.maps.at(-1), box = map.getContainer().getBoundingClientRect();
          const point = map.latLngToContainerPoint([lat, lon]);
          return [point.x + box.x, point.y + box.y];
        }""",
        [lon, lat],
    )
    return x, y


def tip(page: Page) -> Locator:
    return page.locator(".map-tip")


def test_no_fire_is_hidden_at_any_zoom(desk: Page, fires: list[tuple[Device, Building]]) -> None:
    expect(row(desk, fires[-1][1])).not_to_have_count(0)
    frame = desk.locator("#map-frame").bounding_box()
    assert frame
    seen = 0
    for zoom in (13, 15, 16, 18):
        if zoom < 15:
            set_zoom(desk, zoom, *MIDDLE)
        for device, _ in fires if zoom < 15 else fires[:4]:
            if zoom >= 15:
                set_zoom(desk, zoom, device.lon, device.lat)
            x, _ = on_page(desk, device.lon, device.lat)
            assert frame["x"] < x < frame["x"] + frame["width"]
            # its own mark, or that of the group that it is counted in, which lies within 15 px
            assert count_colour(around(desk, device.lon, device.lat, 56), FIRE_RED) >= 30
            seen += 1
    assert seen == FIRES + 12


def test_a_cluster_says_what_is_in_it_and_opens_on_a_click(desk: Page) -> None:
    zoom = desk.evaluate("() => window.xt.maps.at(-1).getZoom()")
    version = desk.locator('meta[name="xt-geometry"]').get_attribute("content")
    context = desk.request.get(f"/live/geometry/{version}/context.json").json()
    own = context["communities"]["features"][0]["properties"]
    x, y = on_page(desk, own["label_lon"], own["label_lat"])
    desk.mouse.move(x, y + 28)
    expect(tip(desk)).to_contain_text("台设备")
    expect(tip(desk)).to_contain_text("点击放大")
    expect(tip(desk)).to_contain_text("正常")
    desk.mouse.click(x, y + 28)
    desk.wait_for_function("zoom => window.xt.maps.at(-1).getZoom() > zoom", arg=zoom)
    assert "community" not in desk.url


#: As far as this around it a mark of an alarm covers what it stands on, pixels.
ALARM_PX = 60


def devices_together(application: Application, zoom: float) -> list[Device]:
    """Two devices or more whose marks can't be told apart at a zoom level, and no alarm near."""
    database = Database(application.database_url)
    with database.reading() as session:
        devices = list(session.query(Device).order_by(Device.slot))
        alarms = select(AlarmRow.device_id).where(AlarmRow.closed_at.is_(None))
        alarmed = set(session.scalars(alarms))
    database.close()
    pixel = 360 / (256 * 2**zoom)
    fires = [(d.lon / pixel, d.lat / pixel) for d in devices if d.id in alarmed]
    cells: dict[tuple[int, int], list[Device]] = {}
    for device in devices:
        x, y = device.lon / pixel, device.lat / pixel
        if all(math.dist((x, y), fire) > ALARM_PX for fire in fires):
            cells.setdefault((math.floor(x), math.floor(y)), []).append(device)
    return max(cells.values(), key=len)


def test_devices_in_one_place_spread_out_and_each_can_be_chosen(
    desk: Page, application: Application
) -> None:
    together = devices_together(application, 16)
    assert len(together) > 1
    first = together[0]
    set_zoom(desk, 16, first.lon, first.lat)
    x, y = on_page(desk, first.lon, first.lat)
    desk.mouse.move(x, y)
    expect(tip(desk)).to_contain_text("台设备在一处")
    desk.mouse.click(x, y)
    desk.wait_for_timeout(300)
    desk.mouse.move(x, y - 26)  # the first foot stands above
    expect(tip(desk)).not_to_contain_text("在一处")
    desk.mouse.click(x, y - 26)
    expect(desk.locator("#drilldown [data-view=device]")).to_be_visible()


def test_devices_are_switched_off_with_their_clusters(desk: Page) -> None:
    before = desk.locator("#map-frame").screenshot()
    desk.get_by_text("图层").click()
    desk.get_by_role("checkbox", name="设备", exact=True).uncheck()
    desk.keyboard.press("Escape")
    desk.wait_for_timeout(400)
    assert desk.locator("#map-frame").screenshot() != before
    canvas = desk.locator(".leaflet-xt-devices-pane canvas")
    assert canvas.evaluate("canvas => getComputedStyle(canvas).display") == "none"
