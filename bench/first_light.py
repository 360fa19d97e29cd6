"""Figures of the first light: cold load, delay, steady bytes: ``python -m bench.first_light``.

Each is printed with a baseline of the same run: the load beside that of a bare Dash page with an
empty Leaflet map, the delay in the browser beside a bare reader of the same stream.
"""

import threading
import time
from typing import Any

import typer
from playwright.sync_api import Browser, Page

from bench.harness import (
    Load,
    application,
    bare_dash,
    chromium,
    healthy_devices,
    quantile,
    reading,
    report,
    signed_in,
    spread,
)
from tests.servers import Application

PAINTED = "html[data-ready]"  # a string to evaluate is refused by the page's security policy
PAINTED_AT = "() => performance.getEntriesByName('xt-painted')[0].startTime"
WATCH_QUEUE = """() => {
  window.seen = {};
  new MutationObserver(() => requestAnimationFrame(() => {
    for (const row of document.querySelectorAll('#queue-list [data-alarm]'))
      window.seen[row.dataset.alarm] ??= performance.timeOrigin + performance.now();
  })).observe(document.getElementById('queue-list'), {childList: true, subtree: true});
}"""


def cold_load(browser: Browser, running: Application, path: str, runs: int) -> float:
    """Measure loads with an empty cache; return the median in ms."""
    times, sizes = [], []
    for _ in range(runs):
        context = signed_in(browser, running)
        page = context.new_page()
        sizes.append(count_bytes(page))
        page.goto(running.url + path)
        page.wait_for_selector(PAINTED, timeout=30_000)
        times.append(page.evaluate(PAINTED_AT))
        page.wait_for_timeout(300)
        context.close()
    kilobytes = [size["bytes"] / 1000 for size in sizes]
    report(f"cold load {path} to all painted, ms", **spread(times))
    report(f"bytes over the wire for {path}, kB", **spread(kilobytes))
    return quantile(times, 0.5)


def count_bytes(page: Page) -> dict[str, int]:
    """Count the bytes that a page receives, from now on, as Chromium sees them on the wire."""
    total = {"bytes": 0}

    def add(event: dict[str, Any]) -> None:
        total["bytes"] += max(0, round(event["encodedDataLength"]))

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.dataReceived", add)
    session.on("Network.responseReceived", lambda e: add(e["response"]))
    return total


def bare_page(browser: Browser, runs: int) -> float:
    """Measure the floor: a page with nothing but Dash and an empty Leaflet map; median in ms."""
    times = []
    with bare_dash() as url:
        for _ in range(runs):
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            page = context.new_page()
            page.goto(url, wait_until="commit")
            page.wait_for_selector(".leaflet-control-zoom")
            times.append(page.evaluate("() => performance.now()"))
            context.close()
    report("baseline: bare Dash page with an empty Leaflet map, ms", **spread(times))
    return quantile(times, 0.5)


class StreamReader(threading.Thread):
    """A bare reader of ``/live/events``: when each alarm came, and how many bytes."""

    def __init__(self, running: Application) -> None:
        super().__init__(daemon=True)
        self._running = running
        self._halt = threading.Event()
        self.seen: dict[str, float] = {}
        self.bytes = 0

    def run(self) -> None:
        """Read until it is closed; the beat comes every second."""
        with (
            self._running.client("duty") as client,
            client.stream("GET", "/live/events", timeout=None) as answer,
        ):
            buffer = b""
            for part in answer.iter_raw():
                if self._halt.is_set():
                    return
                self.bytes += len(part)
                *frames, buffer = (buffer + part).split(b"\n\n")
                for frame in frames:
                    self._note(frame)

    def _note(self, frame: bytes) -> None:
        if b"event: alarm" in frame:
            number = frame.partition(b'"id":')[2].partition(b",")[0].decode()
            self.seen.setdefault(number, time.time() * 1000)

    def close(self) -> None:
        """End the reader."""
        self._halt.set()
        self.join(5)


def delays(browser: Browser, running: Application, alarms: int) -> None:
    """Measure reading posted → row painted, while 50 readings/s flow."""
    ids = healthy_devices(running)
    quiet, burning = ids[alarms:], ids[:alarms]
    context = signed_in(browser, running)
    page = context.new_page()
    page.goto(running.url + "/")
    page.wait_for_selector(PAINTED)
    page.evaluate(WATCH_QUEUE)
    reader, load = StreamReader(running), Load(running, quiet, 50)
    reader.start()
    load.start()
    page.wait_for_timeout(1000)
    posted: dict[str, float] = {}
    for number, device_id in enumerate(burning):
        before = set(reader.seen)
        page.mouse.move(900 + number % 2, 500)  # the officer is at work: the map stays where it is
        started = time.time() * 1000
        running.post_readings([reading(device_id, f"bench-{number}", {"smoke_pct": 60})])
        while not (new := set(reader.seen) - before):
            page.wait_for_timeout(5)
        posted[new.pop()] = started
        page.wait_for_timeout(150)
    page.wait_for_timeout(1000)
    seen = page.evaluate("() => window.seen")
    load.stop()
    reader.close()
    context.close()
    in_page = [seen[number] - at for number, at in posted.items()]
    on_stream = [reader.seen[number] - at for number, at in posted.items()]
    report("reading posted → row painted in the page, ms", **spread(in_page))
    report(
        "baseline: reading posted → event at a bare reader, ms",
        **spread(on_stream),
        page_over_bare=round(quantile(in_page, 0.95) / quantile(on_stream, 0.95), 2),
    )


def steady_state(running: Application, seconds: float) -> None:
    """Measure the bytes that a client receives while 50 readings/s flow and nothing changes."""
    reader = StreamReader(running)
    load = Load(running, healthy_devices(running), 50)
    reader.start()
    load.start()
    time.sleep(2)
    before, sent, started = reader.bytes, load.sent, time.monotonic()
    time.sleep(seconds)
    elapsed = time.monotonic() - started
    report(
        "steady bytes to one client at 50 readings/s",
        bytes_per_s=round((reader.bytes - before) / elapsed, 1),
        readings_per_s=round((load.sent - sent) / elapsed, 1),
    )
    load.stop()
    reader.close()


def main(runs: int = 7, alarms: int = 30, seconds: float = 20, devices: int = 6000) -> None:
    """Run everything once."""
    with application(devices) as running, chromium() as browser:
        cold_load(browser, running, "/", 1)  # the first load also warms the server's caches
        floor = bare_page(browser, runs)
        for path in ("/", "/wall/"):
            median = cold_load(browser, running, path, runs)
            report(f"ratio: load of {path} over the bare page", ratio=round(median / floor, 2))
        delays(browser, running, alarms)
        steady_state(running, seconds)


if __name__ == "__main__":
    typer.run(main)
