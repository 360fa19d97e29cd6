"""Acknowledge pressed → shown on all other screens: ``python -m bench.acknowledge``.

One officer presses A on real fires; a second desk, a leader's desk, a wall and many readers of the
stream see it. Beside it the floor of the same run: a key in an empty page, a POST, a message of
Redis, pushed over WebSockets to as many clients.
"""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
import typer
from playwright.sync_api import Browser, Page
from redis import Redis

from bench.harness import (
    Load,
    application,
    chromium,
    healthy_devices,
    quantile,
    reading,
    report,
    signed_in,
    spread,
)
from bench.page import PAINTED, Site, new_window
from bench.stage import helper
from data.live.keys import EVENTS
from tests.servers import ROOT, Application, wait_for

GOAL_MS = 300
#: Who sees it: account and page. The officer is one more desk.
SCREENS = (("admin", "/"), ("leader", "/"), ("duty", "/wall/"))
#: What a new fire sets off (the wall takes over) is over by then.
SETTLE_MS = 1500
AFTER_MS = 700
# Everybody is at work ("pointermove"), so that a new fire does not move their maps.
#: The officer's own page: when the key went down, and how long the command was under way.
PRESSES = """() => {
  setInterval(() => document.dispatchEvent(new Event("pointermove")), 500);
  window.xtPresses = [];
  window.xtCommands = [];
  const origin = performance.timeOrigin;
  addEventListener("keydown", (event) => {
    if (event.key === "a") window.xtPresses.push(origin + event.timeStamp);
  }, true);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name.endsWith("/acknowledge"))
        window.xtCommands.push([origin + entry.startTime, origin + entry.responseEnd]);
  }).observe({type: "resource"});
}"""
#: A desk by the alarm's row, a wall by the place: its list says so, or its card leaves the screen.
#: Noted when the frame that shows it is drawn.
SHOWN = """() => {
  setInterval(() => document.dispatchEvent(new Event("pointermove")), 500);
  const shown = (window.xtShown = {});
  const noted = new Set();
  const note = (what) => {
    if (noted.has(what)) return;
    noted.add(what);
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        shown[what] = performance.timeOrigin + performance.now();
        channel.port1.close();
      };
      channel.port2.postMessage(0);
    });
  };
  let burning = null;
  const look = () => {
    const card = document.querySelector(".wall-card-head + h2");
    const now = card?.checkVisibility() ? card.textContent : null;
    if (burning && burning !== now) note(burning);
    burning = now;
    for (const row of document.querySelectorAll('.queue-row[data-acked="true"]'))
      note(row.dataset.alarm);
    for (const row of document.querySelectorAll(".wall-row"))
      if (row.querySelector(".wall-row-detail").textContent.includes("已确认"))
        note(row.querySelector(".wall-row-place").textContent);
  };
  new MutationObserver(look).observe(document.body,
    {subtree: true, childList: true, attributes: true,
     attributeFilter: ["data-acked", "data-says", "hidden"]});
}"""


@dataclass
class Heard:
    """When something happened, by alarm; ms of the clock."""

    pressed: dict[int, float] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    begun: dict[int, float] = field(default_factory=dict)
    published: dict[int, float] = field(default_factory=dict)
    read: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    #: By screen.
    shown: dict[str, dict[int, float]] = field(default_factory=dict)
    #: Name of the building, by alarm.
    places: dict[int, str] = field(default_factory=dict)

    @property
    def at_readers(self) -> list[float]:
        """How long after the key each reader knew."""
        return [t - at for alarm, at in self.pressed.items() for t in self.read[alarm]]

    def on_screen(self, name: str) -> list[float]:
        """Return how long after the key a screen showed each."""
        return [t - self.pressed[alarm] for alarm, t in self.shown[name].items()]

    def between(self, first: dict[int, float], then: dict[int, float]) -> dict[str, float]:
        """Return how far two moments lie apart, for each fire that has both."""
        fires = [alarm for alarm in self.pressed if alarm in first and alarm in then]
        return spread([then[alarm] - first[alarm] for alarm in fires])


@contextlib.contextmanager
def watching(redis_url: str, heard: Heard) -> Iterator[None]:
    """Note when each acknowledgement stands in Redis, and the time that its command wrote."""
    halt = threading.Event()
    thread = threading.Thread(target=watch, args=(redis_url, heard, halt), daemon=True)
    thread.start()
    try:
        yield
    finally:
        halt.set()
        thread.join()


def watch(redis_url: str, heard: Heard, halt: threading.Event) -> None:
    """Read the stream until told to stop."""
    last: Any = "$"
    with Redis.from_url(redis_url) as redis:
        while not halt.is_set():
            for _, entries in redis.xread({EVENTS: last}, block=500) or ():
                at = time.time() * 1000
                last = entries[-1][0]
                for _, fields in entries:
                    note_published(heard, fields, at)


def note_published(heard: Heard, fields: dict[bytes, bytes], at: float) -> None:
    """Note the acknowledged alarms of one event."""
    for alarm in orjson.loads(fields.get(b"d", b"{}")).get("a", ()):
        if alarm["acked_at"] is not None:
            heard.published.setdefault(alarm["id"], at)
            heard.begun.setdefault(alarm["id"], alarm["acked_at"])


@contextlib.contextmanager
def readers(url: str, token: str, after: str, number: int, heard: Heard) -> Iterator[None]:
    """Have readers on the stream who note what they learn."""
    parts = urlsplit(url)
    where = [str(parts.hostname), str(parts.port), token, after, str(number)]
    command = [sys.executable, "-m", "bench.ack_readers", *where]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0
    )
    opened = threading.Event()

    def listen() -> None:
        assert process.stdout
        for line in process.stdout:
            said = json.loads(line)
            if "open" in said:
                opened.set()
            else:
                heard.read[said["alarm"]].append(said["at"])

    threading.Thread(target=listen, daemon=True).start()
    try:
        assert opened.wait(30), "the readers could not open the stream"
        yield
    finally:
        process.terminate()
        process.wait()


def open_screen(browser: Browser, running: Application, user: str, path: str) -> Page:
    """Open a page as somebody, and wait until all is painted."""
    page = signed_in(browser, running, user).new_page()
    page.goto(running.url + path)
    page.wait_for_selector(PAINTED, timeout=60_000)
    return page


def command(page: Page, path: str, body: Mapping[str, object]) -> None:
    """Carry out a command as the page's account."""
    token = page.locator('meta[name="xt-csrf"]').get_attribute("content") or ""
    headers = {"X-CSRF-Token": token, "Origin": urljoin(page.url, "/").rstrip("/")}
    url = urljoin(page.url, f"/api/v1/alarms/{path}")
    answer = page.request.post(url, data=body, headers=headers)
    assert answer.ok, answer.text()


def snapshot(page: Page) -> dict[str, Any]:
    """Return the present as a screen gets it."""
    found: dict[str, Any] = page.request.get(urljoin(page.url, "/live/snapshot")).json()
    return found


def open_alarms(page: Page) -> list[dict[str, Any]]:
    """Return the open alarms as a screen gets them."""
    found: list[dict[str, Any]] = snapshot(page)["alarms"]
    return found


def alarm_of(page: Page, device: str) -> dict[str, Any]:
    """Return a device's fire, once it is there."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = [a for a in open_alarms(page) if a["device"] == device and a["kind"] == "fire"]
        return bool(found)

    wait_for(look, 10, 0.1)
    return found[0]


def handle_fire(
    officer: Page, running: Application, device: str, number: int, heard: Heard
) -> None:
    """Raise a fire, let the officer press A, and close it."""
    running.post_readings([reading(device, f"ack-{number}", {"smoke_pct": 60})])
    alarm = alarm_of(officer, device)
    officer.wait_for_timeout(SETTLE_MS)
    heard.places[alarm["id"]] = alarm["building_name"]
    officer.keyboard.press("a")
    end = time.monotonic() + 10
    while len(commands := officer.evaluate("() => window.xtCommands")) <= number:
        assert time.monotonic() < end, "the command was not answered"
        officer.wait_for_timeout(50)
    officer.wait_for_timeout(AFTER_MS)
    heard.pressed[alarm["id"]] = officer.evaluate("() => window.xtPresses.at(-1)")
    heard.sent[alarm["id"]], heard.answered[alarm["id"]] = commands[-1]
    verdict = {"verdict": "test", "cause": None, "note": "bench"}
    command(officer, f"{alarm['id']}/close", verdict)


def shown_on(page: Page, heard: Heard) -> dict[int, float]:
    """Return when a screen showed that a fire was acknowledged."""
    shown = page.evaluate("() => window.xtShown")
    both = {alarm: shown.get(str(alarm), shown.get(place)) for alarm, place in heard.places.items()}
    return {alarm: at for alarm, at in both.items() if at is not None}


def measure(browser: Browser, running: Application, fires: int, clients: int) -> Heard:
    """Let the officer acknowledge so many fires before so many clients."""
    heard = Heard()
    ids = healthy_devices(running)
    load = Load(running, ids[fires:], 50)
    officer = open_screen(browser, running, "duty", "/")
    for alarm in open_alarms(officer):
        if alarm["kind"] == "fire" and alarm["acked_at"] is None:
            command(officer, f"{alarm['id']}/acknowledge", {})
    screens = [open_screen(browser, running, *screen) for screen in SCREENS]
    officer.evaluate(PRESSES)
    for page in screens:
        page.evaluate(SHOWN)
    token = next(c["value"] for c in officer.context.cookies() if c["name"] == "xt_session")
    after = snapshot(officer)["id"]
    others = clients - 1 - len(screens)
    load.start()
    with (
        readers(running.url, token, after, others, heard),
        watching(running.redis_url, heard),
    ):
        for number, device in enumerate(ids[:fires]):
            handle_fire(officer, running, device, number, heard)
        officer.wait_for_timeout(1000)
    load.stop()
    heard.shown = {
        user: shown_on(page, heard) for (user, _), page in zip(SCREENS, screens, strict=True)
    }
    for page in (officer, *screens):
        page.context.close()
    return heard


def measure_floor(browser: Browser, redis_url: str, presses: int, clients: int) -> float:
    """Measure a key in an empty page → a POST → Redis → the other empty pages; p95."""
    with helper("bench.floor", redis_url) as (url, _):
        pages = []
        for path in ("keys", *("" for _ in SCREENS)):
            page = new_window(browser, Site(url)).new_page()
            page.goto(url + path)
            page.wait_for_selector(PAINTED, state="attached")
            pages.append(page)
        officer, *screens = pages
        with readers(url, "", "0-0", clients - len(pages), Heard()):
            for _ in range(presses):
                officer.keyboard.press("a")
                officer.wait_for_timeout(300)
        pressed = dict(enumerate(officer.evaluate("() => window.xtPresses")))
        shown = [page.evaluate("() => window.xtBench.shown") for page in screens]
        for page in pages:
            page.context.close()
    times = [own[str(n)] - at for own in shown for n, at in pressed.items() if str(n) in own]
    report("floor: key → POST → Redis → empty pages, ms", **spread(times), clients=clients)
    return quantile(times, 0.95)


def print_result(heard: Heard, floor: float, clients: int) -> None:
    """Print the figure and its parts."""
    fires = len(heard.pressed)
    screens = {name: heard.on_screen(name) for name in heard.shown}
    shown = [t for own in screens.values() for t in own]
    everybody = [*heard.at_readers, *shown]
    value = quantile(shown, 0.95)
    report(
        "acknowledge pressed → shown on the other screens, p95",
        unit="ms",
        value=round(value, 1),
        goal=GOAL_MS,
        met=value <= GOAL_MS,
        clients=clients,
        fires=fires,
        screens=spread(shown),
        **{f"{user} {path}": spread(screens[user]) for user, path in SCREENS},
        readers=spread(heard.at_readers),
        missed=fires * (clients - 1) - len(everybody),
        floor=round(floor, 1),
        over_floor=round(value / floor, 2),
    )
    first = {alarm: min(times) for alarm, times in heard.read.items()}
    report(
        "its parts, ms",
        key_to_request=heard.between(heard.pressed, heard.sent),
        request_to_command=heard.between(heard.sent, heard.begun),
        command_to_redis=heard.between(heard.begun, heard.published),
        redis_to_first_reader=heard.between(heard.published, first),
        key_to_answer=heard.between(heard.pressed, heard.answered),
    )


def main(fires: int = 30, clients: int = 50, devices: int = 6000) -> None:
    """Measure with so many clients, the officer among them."""
    with application(devices) as running, chromium() as browser:
        floor = measure_floor(browser, running.redis_url, fires, clients)
        print_result(measure(browser, running, fires, clients), floor, clients)


if __name__ == "__main__":
    typer.run(main)
