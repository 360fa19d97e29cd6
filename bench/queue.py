"""The desk's queue with thousands of open alarms while more arrive: ``make bench-queue``.

Alarms alone come and go, ten a second, anywhere in the town, so that a flood runs and the list is
folded. The officer first looks on, then walks, filters and scrolls through the list meanwhile, then
looks at the waiting faults, the newest on top, for the time from a Redis write to the alarm's row.
"""

import contextlib
import itertools
import json
import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from playwright.sync_api import Browser, Page
from redis import Redis
from rich.console import Console
from sqlalchemy import select

from bench import goals
from bench.baselines import measure_floor
from bench.goals import Bases
from bench.harness import chromium, quantile, report, spread
from bench.live_map import site_of
from bench.page import PAINTED, open_page, renderers, tab_memory
from bench.stage import Stage, stage
from data.domain.words import AlarmKind
from data.live.present import Changes, Present
from data.store.alarms import AlarmView, open_alarm_views
from data.store.database import Database
from data.store.models import Building, Community, Device

console = Console(stderr=True)
LONGEST_MS = 100
PER_S = 10.0
AT_ONCE = 500
FIRST_ID = 800_000_000
#: Shares of the open alarms; the rest are faults.
FIRES, PREALARMS = 0.05, 0.2
CAUSES = {
    AlarmKind.FIRE: ("smoke_fire", "heat_fire"),
    AlarmKind.PREALARM: ("smoke_high", "heat_high"),
    AlarmKind.FAULT: ("battery_low", "reported_fault"),
}
#: Names in Chromium's trace: the thread that runs a page's code, and one task of it.
PAGE_THREAD, TASK = "CrRendererMain", "ThreadControllerImpl::RunTask"
#: How far the officer scrolls at once.
STEP_PX = 20_000
WATCH = """() => {
  window.xtTasks = [];
  window.xtWatch ??= new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.xtTasks.push(duration);
  });
  window.xtWatch.observe({type: "longtask"});
}"""
TASKS = "() => window.xtTasks"
#: When each alarm's row is in the list, and when the frame with it has been drawn.
WATCH_ROWS = """() => {
  const rows = (window.xtRows = {made: {}, drawn: {}});
  const now = () => performance.timeOrigin + performance.now();
  const afterFrame = (fn) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { fn(); channel.port1.close(); };
    channel.port2.postMessage(0);
  });
  new MutationObserver((records) => {
    const nodes = records.flatMap(({addedNodes}) => [...addedNodes]);
    const fresh = nodes.map((node) => node.dataset?.alarm).filter((id) => id && !rows.made[id]);
    for (const id of fresh) rows.made[id] = now();
    if (fresh.length) afterFrame(() => fresh.forEach((id) => (rows.drawn[id] ??= now())));
  }).observe(document.getElementById("queue-list"), {childList: true});
}"""
#: Newest first: a fault that comes stands on top.
WAITING_FAULTS = "?kind=fault&show=waiting"
ROW_GOAL_MS = 300
#: What the page holds: elements, rows of the queue, and what the queue says of itself.
HELD = """() => [
  document.querySelectorAll("*").length,
  document.querySelectorAll(".queue-row").length,
  document.getElementById("queue-count").textContent,
]"""


#: Private memory and heap of the tab after a collection, MB.
Memory = Callable[[], dict[str, float]]


class Flood:
    """Raises alarms all over the town and closes the oldest, so that as many stay open."""

    def __init__(self, patterns: Sequence[AlarmView], present: Present) -> None:
        self._patterns = patterns
        self._present = present
        self._chance = random.Random(5)
        self._numbers = itertools.count(FIRST_ID)
        self._open: deque[dict[str, Any]] = deque()
        self.told = 0
        #: Time just before the write of each alarm that came while it ran, ms.
        self.written: dict[int, float] = {}

    def fill(self, alarms: int) -> None:
        """Open so many at once, raised over the last day."""
        while len(self._open) < alarms:
            n = min(AT_ONCE, alarms - len(self._open))
            batch = [self._new(self._chance.uniform(600, 86_400)) for _ in range(n)]
            self._open.extend(batch)
            self._present.tell(Changes(alarms=tuple(batch)))

    @contextlib.contextmanager
    def running(self, per_s: float) -> Iterator[None]:
        """Raise so many a second meanwhile, and close as many."""
        halt = threading.Event()
        thread = threading.Thread(target=self._run, args=(per_s, halt), daemon=True)
        thread.start()
        try:
            yield
        finally:
            halt.set()
            thread.join()

    def _run(self, per_s: float, halt: threading.Event) -> None:
        due = time.monotonic()
        while not halt.is_set():
            alarm = self._new(0)
            self._open.append(alarm)
            self.written[alarm["id"]] = time.time() * 1000
            self._present.tell(Changes(alarms=(alarm,)))
            self._close(self._open.popleft())
            self.told += 1
            due += 1 / per_s
            halt.wait(max(0.0, due - time.monotonic()))

    def _close(self, alarm: dict[str, Any]) -> None:
        ms = round(time.time() * 1000)
        ended = {"cleared_at": ms, "acked_at": ms, "closed_at": ms, "version": alarm["version"] + 1}
        self._present.tell(Changes(alarms=({**alarm, **ended},)))

    def _new(self, age_s: float) -> dict[str, Any]:
        draw = self._chance.random()
        kind = AlarmKind.FAULT
        if draw < FIRES + PREALARMS:
            kind = AlarmKind.FIRE if draw < FIRES else AlarmKind.PREALARM
        ms = round((time.time() - age_s) * 1000)
        seen = {"acked_at": ms + 1, "acked_by": "duty"} if self._chance.random() < 0.5 else {}
        return {
            **self._chance.choice(self._patterns),
            **seen,
            "id": next(self._numbers),
            "version": 1,
            "kind": str(kind),
            "cause": self._chance.choice(CAUSES[kind]),
            **dict.fromkeys(("raised_at", "received_at", "last_at"), ms),
        }


def load_patterns(database: Database) -> list[AlarmView]:
    """Return what a screen is told of an alarm at each device that stands in a building."""
    ended = ("cleared_at", "acked_at", "acked_by", "closed_at", "closed_by", "verdict", "incident")
    with database.reading() as session:
        pattern = open_alarm_views(session)[0]
        rows = session.execute(
            select(Device, Building.name, Community.name, Community.name_en)
            .join(Building, Building.id == Device.building_id)
            .join(Community, Community.code == Device.community_code)
        )
        return [
            {
                **pattern,
                **dict.fromkeys(ended),
                "slot": device.slot,
                "device": device.id,
                "device_name": device.name,
                "device_kind": device.kind,
                "location": device.location,
                "building": device.building_id,
                "building_name": building,
                "community": device.community_code,
                "community_name": name,
                "community_name_en": name_en,
                "lon": device.lon,
                "lat": device.lat,
                "count": 1,
            }
            for device, building, name, name_en in rows
        ]


def work(page: Page, seconds: float) -> None:
    """Walk, filter and scroll as an officer does, faster."""
    until = time.monotonic() + seconds
    queue_list = page.locator("#queue-list")
    while time.monotonic() < until:
        for key in "jjjjjjjjkkkk":
            page.keyboard.press(key)
        for _ in range(10):
            queue_list.evaluate("(list, step) => list.scrollBy(0, step)", STEP_PX)
            page.wait_for_timeout(50)
        queue_list.evaluate("(list) => list.scrollTo(0, 0)")
        if page.locator("#queue-filter input").count():
            page.locator("#queue-filter input").press_sequentially("沙塘", delay=50)
            page.locator("#queue-filter input").fill("")
            page.keyboard.press("Escape")


@contextlib.contextmanager
def traced(page: Page) -> Iterator[list[int]]:
    """Yield what becomes the processor time of the five longest tasks of the page's own thread, ms.

    What else runs on the machine makes a task last longer, and leaves its processor time as it is.
    """
    browser = page.context.browser
    assert browser
    longest: list[int] = []
    browser.start_tracing(page=page, categories=["toplevel"])
    try:
        yield longest
    finally:
        longest += _longest_tasks(json.loads(browser.stop_tracing())["traceEvents"])[:5]


def _longest_tasks(events: list[dict[str, Any]]) -> list[int]:
    """Return the processor time of the busiest page's tasks, longest first."""
    is_page = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == PAGE_THREAD}
    tasks: dict[tuple[int, int], list[float]] = defaultdict(list)
    ended: dict[tuple[int, int], float] = defaultdict(float)
    for event in sorted(events, key=lambda e: e.get("ts", 0)):
        thread = (event["pid"], event["tid"])
        if thread not in is_page or event["name"] != TASK or event["ts"] < ended[thread]:
            continue  # not a page's, or inside of the task before
        ended[thread] = event["ts"] + event.get("dur", 0)
        tasks[thread].append(event.get("tdur", 0) / 1000)
    return sorted(map(round, max(tasks.values(), key=sum, default=[])), reverse=True)


def measure(
    page: Page, flood: Flood, name: str, seconds: float, memory: Memory, *, busy: bool
) -> None:
    """Print the long tasks and the growth of one stretch of time."""
    told, before = flood.told, memory()
    page.evaluate(WATCH)
    with flood.running(PER_S), traced(page) as cpu_ms:
        if busy:
            work(page, seconds)
        else:
            page.wait_for_timeout(seconds * 1000)
    tasks = page.evaluate(TASKS)
    elements, rows, count = page.evaluate(HELD)
    longest = round(max(tasks, default=0.0))
    report(
        name,
        unit="ms",
        value=longest,
        goal=LONGEST_MS,
        met=longest <= LONGEST_MS,
        long_tasks=len(tasks),
        longest_cpu_ms=cpu_ms,
        alarms=flood.told - told,
        memory_mb=[before, memory()],
        elements=elements,
        rows=rows,
        open=count,
    )


def measure_rows(page: Page, flood: Flood, seconds: float, floor: float) -> None:
    """Print how long it takes from the write of a fault to its row."""
    page.goto(page.url + WAITING_FAULTS, wait_until="commit")
    page.wait_for_selector(PAINTED, state="attached")
    page.wait_for_timeout(2000)
    page.evaluate(WATCH_ROWS)
    known = set(flood.written)
    with flood.running(PER_S):
        page.wait_for_timeout(seconds * 1000)
    page.wait_for_timeout(1000)
    rows = page.evaluate("() => window.xtRows")
    written = {i: at for i, at in flood.written.items() if i not in known}
    made = [rows["made"][str(i)] - at for i, at in written.items() if str(i) in rows["made"]]
    drawn = [rows["drawn"][str(i)] - at for i, at in written.items() if str(i) in rows["drawn"]]
    value = quantile(made, 0.95)
    report(
        "alarm: Redis write → its row in the list, p95",
        unit="ms",
        value=round(value, 1),
        goal=ROW_GOAL_MS,
        met=value <= ROW_GOAL_MS,
        row=spread(made),
        frame_drawn=spread(drawn),
        alarms=len(written),
        floor=round(floor, 1),
        over_floor=round(value / floor, 2),
    )


def measure_queue(browser: Browser, on: Stage, alarms: int, seconds: float) -> None:
    """Fill the queue, then look on, then work, then look at what comes."""
    database = Database(on.running.database_url)
    patterns = load_patterns(database)
    database.close()
    bases = Bases()
    measure_floor(browser, on, bases)
    with Redis.from_url(on.redis_url) as redis:
        flood = Flood(patterns, Present(redis))
        flood.fill(alarms)
        before = renderers(browser)
        page = open_page(browser, site_of(on))
        page.wait_for_timeout(3000)

        def memory() -> dict[str, float]:
            private, heap = tab_memory(browser, page, before)
            return {"private": round(private, 1), "heap": round(heap, 1)}

        measure(page, flood, "longest task, officer looks on", seconds, memory, busy=False)
        measure(page, flood, "longest task, officer works", seconds, memory, busy=True)
        measure_rows(page, flood, seconds / 2, bases.floor[goals.ALARM])
        page.context.close()


def main(
    devices: int = 10_000,
    alarms: int = 5000,
    seconds: float = 60,
    town_dir: Annotated[Path | None, typer.Option(help="keep the town here")] = None,
) -> None:
    """Measure the queue with so many open alarms."""
    with stage(devices, kept=town_dir, say=console.log) as on, chromium() as browser:
        measure_queue(browser, on, alarms, seconds)


if __name__ == "__main__":
    typer.run(main)
