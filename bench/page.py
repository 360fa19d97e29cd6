"""Measuring inside pages: alarms as they are painted, loads, memory, panning."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from bench.procs import private_mb

#: Every page of the bench, the baselines' too, says by this event which alarms it has painted.
WATCH = """(() => {
  const bench = (window.xtBench = {painted: {}, shown: {}, longest: 0, frames: 0});
  const now = () => performance.timeOrigin + performance.now();
  const afterFrame = (fn) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { fn(); channel.port1.close(); };
    channel.port2.postMessage(0);
  });
  document.addEventListener("xt-alarms-painted", (event) => {
    const at = now();
    const fresh = event.detail.filter((id) => !(id in bench.painted));
    for (const id of fresh) bench.painted[id] = at;
    if (fresh.length) afterFrame(() => fresh.forEach((id) => (bench.shown[id] = now())));
  });
  // The officer is at work, so that a new fire does not move the map.
  setInterval(() => document.dispatchEvent(new Event("pointermove")), 500);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) bench.longest = Math.max(bench.longest, task.duration);
  }).observe({type: "longtask"});
})();"""
SEEN = "() => [window.xtBench.painted, window.xtBench.shown]"
IS_SEEN = """() => new Promise((done) => {
  const late = setTimeout(() => done(false), 3000);
  const frames = (n) => requestAnimationFrame(() => (n ? frames(n - 1) : (clearTimeout(late),
    done(document.visibilityState === "visible"))));
  frames(3);
})"""
COUNT_FRAMES = """() => {
  window.xtBench.longest = 0;
  window.xtBench.frames = 0;
  window.xtBench.counting = true;
  const count = () => {
    window.xtBench.frames += 1;
    if (window.xtBench.counting) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
}"""
COUNTED = """() => {
  window.xtBench.counting = false;
  return [window.xtBench.frames, window.xtBench.longest];
}"""
PAINTED = "html[data-ready]"  # a string to evaluate is refused by the page's security policy
PAINTED_AT = "() => performance.getEntriesByName('xt-painted')[0]?.startTime ?? performance.now()"
CODE_TYPES = {"Script", "Stylesheet", "Font", "Image"}
DESK_SIZE = {"width": 1920, "height": 1080}
LOAD_MS = 60_000


@dataclass(frozen=True, slots=True)
class Site:
    """A site under measurement: the application, or one of the baselines."""

    url: str
    #: Session token; empty for a site without sign-in.
    token: str = ""
    ready: str = PAINTED


@dataclass(frozen=True, slots=True)
class Delays:
    """Write of an alarm → its pixels written, and → the frame after that is shown; ms."""

    painted: list[float]
    shown: list[float]
    missed: int


def new_window(browser: Browser, site: Site) -> BrowserContext:
    """Return a window of its own (empty cache), signed in and watched."""
    context = browser.new_context(viewport=DESK_SIZE, locale="zh-CN")  # type: ignore[arg-type]
    if site.token:
        cookie = {"name": "xt_session", "value": site.token, "url": site.url, "sameSite": "Lax"}
        context.add_cookies([cookie])  # type: ignore[list-item]
    context.add_init_script(WATCH)
    return context


def open_page(browser: Browser, site: Site, path: str = "") -> Page:
    """Open a page in a window of its own and wait until all is painted."""
    page = new_window(browser, site).new_page()
    page.goto(site.url + path, wait_until="commit", timeout=LOAD_MS)
    page.wait_for_selector(site.ready, state="attached", timeout=LOAD_MS)
    return page


def cold_loads(
    browser: Browser, site: Site, path: str, runs: int
) -> tuple[list[float], list[float]]:
    """Return time to all painted (ms) and bytes besides code (kB) of loads with an empty cache."""
    times, sizes = [], []
    for _ in range(runs):
        page = new_window(browser, site).new_page()
        size = count_bytes(page)
        page.goto(site.url + path, wait_until="commit", timeout=LOAD_MS)
        page.wait_for_selector(site.ready, state="attached", timeout=LOAD_MS)
        times.append(page.evaluate(PAINTED_AT))
        page.wait_for_timeout(300)
        sizes.append(sum(size.values()) / 1000)
        page.context.close()
    return times, sizes


def count_bytes(page: Page) -> dict[str, float]:
    """Count from now on the encoded bytes of each request that brings no code, font or image."""
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def on_response(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        if event["type"] not in CODE_TYPES:
            sizes[event["requestId"]] = max(0, event["response"]["encodedDataLength"])

    def on_data(event: dict[str, Any]) -> None:
        if event["requestId"] in sizes:
            sizes[event["requestId"]] += max(0, event["encodedDataLength"])

    def on_frame(event: dict[str, Any]) -> None:
        key = event["requestId"]
        sizes[key] = sizes.get(key, 0) + len(event["response"]["payloadData"])

    session.on("Network.responseReceived", on_response)
    session.on("Network.dataReceived", on_data)
    session.on("Network.webSocketFrameReceived", on_frame)
    return sizes


def delays(pages: Sequence[Page], written: dict[int, float]) -> Delays:
    """Compare when alarms were written with when each page had them."""
    painted: list[float] = []
    shown: list[float] = []
    for page in pages:
        first, second = page.evaluate(SEEN)
        painted += [first[str(i)] - at for i, at in written.items() if str(i) in first]
        shown += [second[str(i)] - at for i, at in written.items() if str(i) in second]
    return Delays(painted, shown, len(written) * len(pages) - len(painted))


def are_seen(pages: Sequence[Page]) -> bool:
    """Say whether every page is visible and gets frames."""
    return all(page.evaluate(IS_SEEN) for page in pages)


def pan(page: Page, seconds: float) -> tuple[float, float]:
    """Drag the map to and fro; return frames per second and the longest task in ms."""
    page.mouse.move(960, 500)
    page.mouse.down()
    page.evaluate(COUNT_FRAMES)
    started = time.monotonic()
    while (elapsed := time.monotonic() - started) < seconds:
        turn = abs((elapsed * 0.8) % 2 - 1)  # 1 → 0 → 1, over 2.5 s
        page.mouse.move(660 + 600 * turn, 400 + 200 * turn)
        page.wait_for_timeout(8)
    frames, longest = page.evaluate(COUNTED)
    page.mouse.up()
    return frames / (time.monotonic() - started), longest


def renderers(browser: Browser) -> set[int]:
    """Return the pids of the browser's renderer processes."""
    return {p["id"] for p in _processes(browser) if p["type"] == "renderer"}


def browser_pid(browser: Browser) -> int:
    """Return the pid of the browser itself."""
    return next(int(p["id"]) for p in _processes(browser) if p["type"] == "browser")


def _processes(browser: Browser) -> list[dict[str, Any]]:
    session = browser.new_browser_cdp_session()
    found: list[dict[str, Any]] = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return found


def tab_memory(browser: Browser, page: Page, before: set[int]) -> tuple[float, float]:
    """Return the private memory of the tab's process, and its heap after collection; MB.

    The tab's process is the largest of the renderers that were not there ``before`` it opened.
    """
    session = page.context.new_cdp_session(page)
    heap = heap_mb(session)
    private = max(private_mb(pid) for pid in renderers(browser) - before)
    session.detach()
    return private, heap


def heap_mb(session: CDPSession) -> float:
    """Return the JavaScript heap and the buffers that it holds, after a forced collection."""
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6
