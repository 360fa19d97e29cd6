"""What the benchmarks share: a running application, a browser, a load of readings, statistics."""

import contextlib
import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, BrowserType, sync_playwright
from sqlalchemy import func, select

from data.embedded import free_port
from data.store.database import Database
from data.store.models import AlarmRow, Device
from tests.servers import ROOT, Application, environment_of, run_application, wait_for

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def report(figure: str, **values: Any) -> None:
    """Print one result as a JSON line."""
    line = {"figure": figure, **values}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def quantile(values: Sequence[float], q: float) -> float:
    """Return a quantile by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(q * (len(ordered) - 1)))]


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Return median, p95 and extremes."""
    return {
        "n": len(values),
        "min": round(min(values), digits),
        "p50": round(quantile(values, 0.5), digits),
        "p95": round(quantile(values, 0.95), digits),
        "max": round(max(values), digits),
    }


@contextlib.contextmanager
def application(devices: int = 6000) -> Iterator[Application]:
    """Run the real application with a demo town of this size and without its simulator."""
    folder = Path(tempfile.mkdtemp(prefix="xt-bench-"))
    size = str(devices)
    try:
        environment = environment_of(folder, free_port(), XT_DEMO_DEVICES=size)
        make_town = [sys.executable, str(ROOT / "app.py"), "demo"]
        subprocess.run(make_town, env=environment, cwd=folder, check=True, capture_output=True)
        with run_application(folder, XT_DEMO_DEVICES=size) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def bare_dash() -> Iterator[str]:
    """Run a Dash application that has an empty map and nothing else; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.bare_dash", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_for(lambda: _answers(url), 30)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
    return False


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium without a window."""
    with sync_playwright() as playwright, launched(playwright.chromium) as browser:
        yield browser


@contextlib.contextmanager
def launched(kind: BrowserType) -> Iterator[Browser]:
    """Run one more browser: ``browser.browser_type`` of another, or Playwright's own."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    browser = kind.launch(executable_path=path, args=CHROMIUM_ARGS)
    try:
        yield browser
    finally:
        browser.close()


def signed_in(browser: Browser, running: Application, user: str = "duty") -> BrowserContext:
    """Return a fresh browser context (empty cache) that is signed in."""
    with running.client(user) as client:
        token = client.cookies["xt_session"]
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    cookie = {"name": "xt_session", "value": token, "url": running.url, "sameSite": "Lax"}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context


def healthy_devices(running: Application, kind: str = "smoke") -> list[str]:
    """Return ids of devices of a kind, one a building: a flood's groups fold no row away."""
    database = Database(running.database_url)
    with database.reading() as session:
        troubled = select(AlarmRow.device_id).where(AlarmRow.closed_at.is_(None))
        query = select(func.min(Device.id)).where(
            Device.kind == kind, Device.building_id.is_not(None), Device.id.not_in(troubled)
        )
        query = query.where(Device.disabled.is_(False)).group_by(Device.building_id)
        found = sorted(session.scalars(query))
    database.close()
    return found


class Load(threading.Thread):
    """Sends normal readings of many devices at a steady rate until it is stopped."""

    def __init__(self, running: Application, device_ids: Sequence[str], rate: float) -> None:
        super().__init__(daemon=True)
        self._running = running
        self._ids = list(device_ids)
        self._rate = rate
        self._halt = threading.Event()
        self.sent = 0

    def run(self) -> None:
        """Send a batch five times a second."""
        chance = random.Random(1)
        per_batch = max(1, round(self._rate / 5))
        due = time.monotonic()
        for number in itertools.count():
            if self._halt.is_set():
                return
            ids = chance.sample(self._ids, min(per_batch, len(self._ids)))
            values = {"smoke_pct": round(chance.uniform(0, 2), 2), "temperature_c": 25.0}
            self._running.post_readings([reading(i, f"load-{number}", values) for i in ids])
            self.sent += len(ids)
            due += 0.2
            self._halt.wait(max(0.0, due - time.monotonic()))

    def stop(self) -> None:
        """Stop sending."""
        self._halt.set()
        self.join()


def reading(device_id: str, message_id: str, values: dict[str, float]) -> dict[str, Any]:
    """Return a reading of now as a gateway sends it."""
    return {
        "device_id": device_id,
        "message_id": message_id,
        "measured_at": datetime.now(UTC).isoformat(),
        "values": values,
    }
