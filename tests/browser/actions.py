"""What tests do from outside: burn devices, look at pixels."""

import io
import itertools
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from data.store.database import Database
from data.store.models import AlarmRow, Building, Device
from tests.servers import Application

FIRE_RED = (0xFF, 0x4D, 0x4F)
_numbers = itertools.count()


def calm_devices(application: Application) -> list[tuple[Device, Building]]:
    """Smoke detectors in buildings in which nothing is wrong now, each in another building."""
    database = Database(application.database_url)
    with database.reading() as session:
        troubled = select(AlarmRow.building_id).where(
            AlarmRow.closed_at.is_(None), AlarmRow.building_id.is_not(None)
        )
        rows = session.execute(
            select(Device, Building)
            .join(Building, Building.id == Device.building_id)
            .where(Device.kind == "smoke", Device.disabled.is_(False), Building.id.not_in(troubled))
            .order_by(Device.slot)
        ).all()
    database.close()
    return list({building.id: (device, building) for device, building in rows}.values())


def send(
    application: Application, device_id: str, *, status: str | None = None, **values: float
) -> dict[str, Any]:
    """Send one reading of now as the device does."""
    reading: dict[str, object] = {
        "device_id": device_id,
        "message_id": f"test-{next(_numbers)}",
        "measured_at": datetime.now(UTC).isoformat(),
        "status": status,
        "values": values,
    }
    answer = application.post_readings([reading])
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["accepted"] == 1
    return body


def row(page: Page, building: Building) -> Locator:
    """The rows of a building's alarms in the queue."""
    return page.locator("#queue-list .queue-row", has_text=building.name)


def acknowledge_all(desk: Page) -> None:
    """Acknowledge every fire that waits, also those that a flood's groups fold away."""
    token = desk.locator('meta[name="xt-csrf"]').get_attribute("content") or ""
    headers = {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"}
    for alarm in desk.request.get("/live/snapshot").json()["alarms"]:
        if alarm["kind"] == "fire" and alarm["acked_at"] is None:
            path = f"/api/v1/alarms/{alarm['id']}/acknowledge"
            answer = desk.request.post(path, data={}, headers=headers)
            assert answer.ok or answer.status == 409, answer.text()


def around(page: Page, lon: float, lat: float, size: int = 48) -> Image.Image:
    """A picture of the map round a place."""
    x, y = page.evaluate(
        """([lon, lat]) => {
          const map = window.xt.maps.at(-1), box = map.getContainer().getBoundingClientRect();
          const point = map.latLngToContainerPoint([lat, lon]);
          return [point.x + box.x, point.y + box.y];
        }""",
        [lon, lat],
    )
    clip = {"x": x - size / 2, "y": y - size / 2, "width": size, "height": size}
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")  # type: ignore[arg-type]


def count_colour(picture: Image.Image, colour: tuple[int, int, int], tolerance: int = 12) -> int:
    """How many pixels have a colour."""
    away = np.abs(np.asarray(picture, dtype=int) - np.array(colour)).max(axis=2)
    return int((away <= tolerance).sum())


def moves(page: Page, lon: float, lat: float) -> bool:
    """Whether anything moves there within a second."""
    first = around(page, lon, lat, 80)
    for _ in range(4):
        page.wait_for_timeout(250)
        if ImageChops.difference(first, around(page, lon, lat, 80)).getbbox():
            return True
    return False
