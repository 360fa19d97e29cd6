"""A page that lives: does a desk or a wall grow or slow down over hours? ``make bench-soak``.

Fifty changes a second and an alarm every ten seconds, both times the speed; each minute both pages
are collected and counted. At the end the first minutes are compared with the last.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Browser, Page
from rich.console import Console

from bench.harness import chromium, quantile, report
from bench.live_map import site_of
from bench.page import heap_mb, open_page
from bench.procs import resident_mb
from bench.stage import Stage, stage

CHANGES_PER_S = 50
ALARMS_PER_S = 0.1
#: The first samples are of a page that still fills its lists: the queue, the last ten minutes.
WARM_UP_S = 60
COMPARED = 3
WITHIN = 0.1
#: So many detached trees come and go with lists that are written anew.
LOOSE_TREES = 3
PAGES = {"desk": "", "wall": "wall/"}
#: Median time of the frame in which the whole map is painted anew.
REPAINT = """() => new Promise((done) => {
  const map = window.xt.maps.at(-1), times = [];
  const again = () => {
    const started = performance.now();
    map.fire("viewreset");
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        times.push(performance.now() - started);
        if (times.length < 15) return void requestAnimationFrame(again);
        done(times.sort((a, b) => a - b)[7]);
      };
      channel.port2.postMessage(0);
    });
  };
  requestAnimationFrame(again);
})"""

Sample = dict[str, float]


@dataclass(frozen=True, slots=True)
class Watched:
    """A page under watch."""

    name: str
    page: Page

    def sample(self) -> Sample:
        """Collect garbage and count."""
        session = self.page.context.new_cdp_session(self.page)
        heap = heap_mb(session)
        counters = session.send("Memory.getDOMCounters")
        in_document = self.page.evaluate("() => document.getElementsByTagName('*').length")
        session.send("DOM.enable")
        detached = session.send("DOM.getDetachedDomNodes")["detachedNodes"]
        session.detach()
        return {
            "heap_mb": round(heap, 2),
            "nodes": counters["nodes"],
            "elements": in_document,
            "detached_trees": len(detached),
            "listeners": counters["jsEventListeners"],
            "repaint_ms": round(self.page.evaluate(REPAINT), 2),
        }


def load(stage: Stage, speed: float) -> None:
    """Let changes and alarms come at some speed; 0 stops them."""
    stage.changes.tell(rate=CHANGES_PER_S * speed)
    stage.alarms.tell(rate=ALARMS_PER_S * speed)


def watch(
    browser: Browser, stage: Stage, minutes: float, every_s: float, speed: float
) -> dict[str, list[Sample]]:
    """Take a sample of both pages at every interval; returns all of them by page."""
    site = site_of(stage)
    pages = [Watched(name, open_page(browser, site, path)) for name, path in PAGES.items()]
    samples: dict[str, list[Sample]] = {name: [] for name in [*PAGES, "web"]}
    started = time.monotonic()
    load(stage, speed)
    pages[0].page.wait_for_timeout(WARM_UP_S * 1000)
    while time.monotonic() - started < WARM_UP_S + minutes * 60:
        minute = round((time.monotonic() - started) / 60, 1)
        load(stage, 0)  # what is counted is the page, not what it is doing just now
        pages[0].page.wait_for_timeout(1000)
        for watched in pages:
            samples[watched.name].append(watched.sample())
            report(f"soak: {watched.name}", minute=minute, **samples[watched.name][-1])
        web = {"rss_mb": round(sum(map(resident_mb, stage.web_pids)), 1)}
        samples["web"].append(web)
        report("soak: web process", minute=minute, changes=stage.changes.changes, **web)
        load(stage, speed)
        pages[0].page.wait_for_timeout(every_s * 1000)
    return samples


def judge(samples: dict[str, list[Sample]]) -> bool:
    """Print first against last of everything; return whether all is within ten per cent."""
    if min(map(len, samples.values())) < 2 * COMPARED:
        report("soak verdict", failed=f"fewer than {2 * COMPARED} samples: let it run longer")
        return False
    good = True
    for name, taken in samples.items():
        for what in taken[0]:
            first = quantile([s[what] for s in taken[:COMPARED]], 0.5)
            last = quantile([s[what] for s in taken[-COMPARED:]], 0.5)
            slack = LOOSE_TREES if what == "detached_trees" else 0
            within = last <= first * (1 + WITHIN) + slack
            good &= within
            line = {"first": first, "last": last, "within_10_percent": within}
            report(f"soak verdict: {name} {what}", **line)
    return good


def main(
    devices: int = 6000,
    minutes: Annotated[float, typer.Option(help="how long, after a minute of warming up")] = 120,
    speed: Annotated[float, typer.Option(help="times 50 changes a second")] = 1,
    every_s: Annotated[float, typer.Option(help="seconds between samples")] = 60,
    town_dir: Annotated[Path | None, typer.Option(help="keep the town for the next run")] = None,
) -> None:
    """Watch a desk and a wall for some time."""
    console = Console(stderr=True)
    with chromium() as browser, stage(devices, kept=town_dir, say=console.print) as ready:
        console.print(f"{minutes:g} minutes at {CHANGES_PER_S * speed:g} changes/s")
        samples = watch(browser, ready, minutes, every_s, speed)
    if not judge(samples):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
