"""Many clients: browser windows, stream readers, and Dash callbacks in flight beside them."""

import contextlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page

from bench import goals
from bench.baselines import WINDOWS
from bench.goals import Bases, print_figure
from bench.harness import quantile, report, spread
from bench.page import Delays, Site, are_seen, delays, open_page
from bench.procs import cpu_seconds, private_mb, resident_mb
from bench.readers import PAGES_READ
from bench.stage import Stage, web_process
from tests.servers import ROOT, wait_for

READERS = 99
SECONDS = 20
STEADY_S = 10
#: In the measurement of callbacks alarms come faster, for two sound p95 in a minute.
CALLBACK_ALARMS_PER_S = 4
CALLBACK_TURNS = 10
CALLBACK_S = 2.0


class Readers:
    """A process of stream readers, with what they have received so far."""

    def __init__(self, site: Site, number: int, kind: str = PAGES_READ) -> None:
        parts = urlsplit(site.url)
        cookies = {"xt_session": site.token}
        answer = httpx.get(f"{site.url}live/snapshot", cookies=cookies, trust_env=False, timeout=30)
        answer.raise_for_status()
        where = [str(parts.hostname), str(parts.port), site.token, answer.json()["id"]]
        command = [sys.executable, "-m", "bench.readers", kind, *where, str(number)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0
        )
        self.count: dict[str, int] = {"open": 0, "lost": 0, "bytes": 0, "frames": 0}
        threading.Thread(target=self._listen, daemon=True).start()
        wait_for(lambda: self.count["open"] == number or self._process.poll() is not None, 30)
        assert self._process.poll() is None, "the readers could not open the stream"

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.count = json.loads(line)

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


@contextlib.contextmanager
def reading(site: Site, number: int) -> Iterator[Readers]:
    """Have some readers on the stream."""
    readers = Readers(site, number)
    try:
        yield readers
    finally:
        readers.close()


def print_delays(figure: goals.Figure, stage: Stage, got: Delays, bases: Bases) -> None:
    """Print the p95 to painted pixels, and all that belongs to it."""
    if not got.painted:
        report(figure.name, devices=stage.devices, failed="no alarm was painted")
        return
    details = {"painted": spread(got.painted), "missed": got.missed}
    if got.shown:
        details["frame_shown"] = spread(got.shown)
    print_figure(figure, stage.devices, quantile(got.painted, 0.95), bases, **details)


def alarms_on(stage: Stage, pages: list[Page], seconds: float) -> Delays:
    """Let devices change and alarms come for some time; return their delays on the pages."""
    known = set(stage.alarms.alarms)
    with stage.changing(), stage.burning():
        pages[0].wait_for_timeout(seconds * 1000)
        written = {i: at for i, at in stage.alarms.alarms.items() if i not in known}
        pages[0].wait_for_timeout(1000)
    return delays(pages, written)


def measure_steady_bytes(stage: Stage, site: Site, bases: Bases) -> None:
    """Measure what one client receives: changes alone, then with an alarm a second as well."""
    with reading(site, 1) as readers:
        alone, frames = _bytes_per_change(stage, readers)
        with stage.burning():
            both, _ = _bytes_per_change(stage, readers)
    details = {"with_an_alarm_a_second": round(both, 2), "frames_per_s": round(frames, 1)}
    print_figure(goals.BYTES_PER_CHANGE, stage.devices, alone, bases, stream=PAGES_READ, **details)


def _bytes_per_change(stage: Stage, readers: Readers) -> tuple[float, float]:
    """Count over a time at whose ends no device changes: no change is counted on one side only."""
    time.sleep(1)
    before, changes, started = readers.count, stage.changes.changes, time.monotonic()
    with stage.changing():
        time.sleep(STEADY_S)
    time.sleep(1)
    after, elapsed = readers.count, time.monotonic() - started
    changed = stage.changes.changes - changes
    frames = (after["frames"] - before["frames"]) / elapsed
    return (after["bytes"] - before["bytes"]) / changed, frames


def measure_windows(browser: Browser, stage: Stage, site: Site, bases: Bases) -> None:
    """Measure an alarm's delay in ten windows that are all visible."""
    pages = [open_page(browser, site) for _ in range(WINDOWS)]
    try:
        if not are_seen(pages):
            report(goals.ALARM_WINDOWS.name, devices=stage.devices, failed="a window has no frames")
            return
        print_delays(goals.ALARM_WINDOWS, stage, alarms_on(stage, pages, SECONDS), bases)
    finally:
        for page in pages:
            page.context.close()


def measure_clients(browser: Browser, stage: Stage, site: Site, bases: Bases) -> None:
    """Measure an alarm's delay and the server's CPU with one window and 99 readers."""
    page = open_page(browser, site)
    with reading(site, READERS) as readers:
        pids = stage.web_pids
        started, used = time.monotonic(), cpu_seconds(pids)
        got = alarms_on(stage, [page], SECONDS)
        elapsed, count = time.monotonic() - started, readers.count
        cores = (cpu_seconds(pids) - used) / elapsed
    print_delays(goals.ALARM_CLIENTS, stage, got, bases)
    memory = {
        "web_private_mb": [round(private_mb(pid), 1) for pid in pids],
        "web_rss_mb": [round(resident_mb(pid), 1) for pid in pids],
    }
    read = {
        "lost": count["lost"],
        "kb_per_client_s": round(count["bytes"] / READERS / elapsed / 1000, 2),
    }
    line = {"processes": len(pids), **read, **memory}
    print_figure(goals.CPU, stage.devices, cores, bases, **line)
    page.context.close()


def measure_callbacks(browser: Browser, stage: Stage, bases: Bases) -> None:
    """Measure an alarm's delay beside a callback that waits, and beside one that computes."""
    for kind in ("sleep", "compute"):
        _measure_callback(browser, stage, bases, kind)


def _measure_callback(browser: Browser, stage: Stage, bases: Bases, kind: str) -> None:
    """Compare alarms that came while a 2 s callback was in flight with those between."""
    with (
        web_process(
            ["-m", "bench.slow_web"], stage.running.folder, dict(stage.running.environment)
        ) as slow,
        slow.client() as client,
    ):
        site = Site(slow.url + "/", client.cookies["xt_session"])
        page = open_page(browser, site)
        known = set(stage.alarms.alarms)
        with stage.changing(), stage.burning(CALLBACK_ALARMS_PER_S):
            spans = list(itertools.islice(_turns(client, slow.url, kind, page), CALLBACK_TURNS))
            page.wait_for_timeout(500)
    written = {i: at for i, at in stage.alarms.alarms.items() if i not in known}
    beside = {i: t for i, t in written.items() if any(a <= t <= b for a, b in spans)}
    alone = {i: t for i, t in written.items() if i not in beside and t > spans[0][0]}
    with_it, without = delays([page], beside), delays([page], alone)
    page.context.close()
    adds = quantile(with_it.painted, 0.95) - quantile(without.painted, 0.95)
    details = {"with": spread(with_it.painted), "without": spread(without.painted)}
    missed = with_it.missed + without.missed
    line = {"callback": kind, "missed": missed, **details}
    print_figure(goals.CALLBACK_ADDS, stage.devices, adds, bases, **line)


def _turns(client: httpx.Client, url: str, kind: str, page: Page) -> Iterator[tuple[float, float]]:
    """Call the slow callback, rest as long, and again; yields when each was in flight (ms)."""
    output = {"id": "answer", "property": "children"}
    body = {
        "output": "answer.children",
        "outputs": output,
        "inputs": [{"id": "kind", "property": "value", "value": kind}],
        "changedPropIds": ["kind.value"],
        "state": [],
    }
    while True:
        started = time.time() * 1000
        call = threading.Thread(
            target=lambda: client.post(
                "/bench/_dash-update-component", json=body, headers={"origin": url}
            ).raise_for_status()
        )
        call.start()
        while call.is_alive():
            page.wait_for_timeout(20)
        yield started, time.time() * 1000
        page.wait_for_timeout(CALLBACK_S * 1000)
