"""The two baselines of a run: the bare floor, and the usual Dash way."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Error, Page

from bench import goals
from bench.goals import Bases
from bench.harness import bare_dash, launched, quantile, report, spread
from bench.page import (
    Site,
    browser_pid,
    cold_loads,
    count_bytes,
    delays,
    new_window,
    open_page,
    pan,
    renderers,
    tab_memory,
)
from bench.procs import private_mb
from bench.stage import Stage, helper

FLOOR_S = 8
FLOOR_RATE = 4
USUAL_S = 15
PAN_S = 3
LOADS = 3
WINDOWS = 10
#: All that is measured of the usual way has to be there in this time.
USUAL_LIMIT_S = 100
MAP_THERE = ".leaflet-control-zoom"


def measure_floor(browser: Browser, stage: Stage, bases: Bases) -> None:
    """Measure the empty page: an alarm's delay, memory; where the table has ten windows, ten."""
    with helper("bench.floor", stage.redis_url) as (url, pid):
        before = renderers(browser)
        page = open_page(browser, Site(url))
        one = _floor_delay(stage, [page], "floor: Redis message → empty page, ms")
        bases.floor |= dict.fromkeys((goals.ALARM, goals.ALARM_WINDOWS, goals.ALARM_CLIENTS), one)
        bases.floor[goals.TAB_MEMORY], _ = tab_memory(browser, page, before)
        bases.floor[goals.WEB_MEMORY] = private_mb(pid)
        page.context.close()
        if stage.devices in goals.ALARM_WINDOWS.goals:
            for path, name in (("", "empty pages"), ("pulse", "pages with twenty pulsing marks")):
                pages = [open_page(browser, Site(url), path) for _ in range(WINDOWS)]
                ten = _floor_delay(stage, pages, f"floor: the same, ten {name}, ms")
                bases.floor[goals.ALARM_WINDOWS] = ten
                for page in pages:
                    page.context.close()


def _floor_delay(stage: Stage, pages: list[Page], name: str) -> float:
    known = set(stage.alarms.alarms)
    with stage.changing(), stage.burning(FLOOR_RATE, floor=True):
        pages[0].wait_for_timeout(FLOOR_S * 1000)
    pages[0].wait_for_timeout(1000)
    written = {i: at for i, at in stage.alarms.alarms.items() if i not in known}
    got = delays(pages, written)
    line = {"devices": stage.devices, "shown": spread(got.shown), "missed": got.missed}
    report(name, **spread(got.painted), **line)
    return quantile(got.painted, 0.95)


def measure_bare_map(browser: Browser, bases: Bases) -> None:
    """Measure a bare Dash page with an empty map: load and panning. It does not depend on N."""
    with bare_dash() as url:
        site = Site(url, ready=MAP_THERE)
        cold_loads(browser, site, "", 1)
        times, sizes = cold_loads(browser, site, "", LOADS)
        page = open_page(browser, site)
        fps, longest = pan(page, PAN_S)
        page.context.close()
    bases.floor |= {
        goals.DESK_LOAD: quantile(times, 0.5),
        goals.WALL_LOAD: quantile(times, 0.5),
        goals.BYTES_AT_LOAD: quantile(sizes, 0.5),
        goals.PAN_FPS: fps,
        goals.PAN_TASK: longest,
    }
    line = {"load_ms": spread(times), "pan_fps": round(fps, 1), "longest_task_ms": longest}
    report("floor: bare Dash page with an empty map", **line)


def measure_usual(browser: Browser, stage: Stage, bases: Bases) -> None:
    """Measure the usual Dash way in a browser of its own, which is killed if it hangs."""
    arguments = (stage.running.database_url, stage.redis_url)
    with (
        helper("bench.usual_dash", *arguments) as (url, pid),
        launched(browser.browser_type) as own,
        limited(own, USUAL_LIMIT_S) as hung,
    ):
        try:
            _usual(own, Site(url), stage, bases, pid)
        except Error as error:
            why = f"not within {USUAL_LIMIT_S} s" if hung else str(error).splitlines()[0]
            report("usual Dash way", devices=stage.devices, failed=why)


def _usual(browser: Browser, site: Site, stage: Stage, bases: Bases, pid: int) -> None:
    times, sizes = cold_loads(browser, site, "", 1)
    bases.usual |= dict.fromkeys((goals.DESK_LOAD, goals.WALL_LOAD), times[0])
    bases.usual[goals.BYTES_AT_LOAD] = sizes[0]
    before = renderers(browser)
    page = new_window(browser, site).new_page()
    received = count_bytes(page)
    page.goto(site.url, wait_until="commit")
    page.wait_for_selector(site.ready, state="attached")
    known, at_start = set(stage.alarms.alarms), sum(received.values())
    changes = stage.changes.changes
    with stage.changing(), stage.burning():
        page.wait_for_timeout(USUAL_S * 1000)
        fps, longest = pan(page, PAN_S)
    written = {i: at for i, at in stage.alarms.alarms.items() if i not in known}
    page.wait_for_timeout(3000)
    got = delays([page], written)
    total = sum(received.values()) - at_start
    per_change = total / max(1, stage.changes.changes - changes)
    bases.usual |= {goals.PAN_FPS: fps, goals.PAN_TASK: longest}
    bases.usual[goals.BYTES_PER_CHANGE] = per_change
    bases.usual[goals.TAB_MEMORY], _ = tab_memory(browser, page, before)
    bases.usual[goals.WEB_MEMORY] = private_mb(pid)
    rate = round(total / (USUAL_S + PAN_S + 3))
    line: dict[str, Any] = {"load_ms": round(times[0]), "bytes_per_s": rate}
    if got.painted:
        for figure in (goals.ALARM, goals.ALARM_WINDOWS, goals.ALARM_CLIENTS):
            bases.usual[figure] = quantile(got.painted, 0.95)
        line |= {"alarm_ms": spread(got.painted), "missed": got.missed}
    line |= {"pan_fps": round(fps, 1), "longest_task_ms": longest}
    report("usual Dash way", devices=stage.devices, **line)


@contextlib.contextmanager
def limited(browser: Browser, seconds: float) -> Iterator[list[bool]]:
    """Kill the browser after some time: a page that hangs would never answer. Yields if it was."""
    hung: list[bool] = []
    pid = browser_pid(browser)

    def kill() -> None:
        hung.append(True)
        os.kill(pid, signal.SIGKILL)

    timer = threading.Timer(seconds, kill)
    timer.start()
    try:
        yield hung
    finally:
        timer.cancel()
