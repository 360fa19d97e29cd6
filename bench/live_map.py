"""Figures of the live map at city scale: ``python -m bench.live_map`` (docs/benchmarks.md).

Every figure is printed beside its goal and beside two baselines of the same run.
"""

from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Browser
from rich.console import Console

from bench import goals
from bench.baselines import measure_bare_map, measure_floor, measure_usual
from bench.goals import Bases, print_figure
from bench.harness import chromium, quantile, spread
from bench.page import Delays, Site, cold_loads, delays, open_page, renderers, tab_memory
from bench.procs import private_mb, resident_mb
from bench.stage import Stage, stage

console = Console(stderr=True)
ONE_CLIENT_S = 30
SIZES = (2_000, 10_000, 50_000, 200_000)


def site_of(stage: Stage) -> Site:
    """Sign in and return the application's site."""
    with stage.running.client() as client:
        return Site(stage.running.url + "/", client.cookies["xt_session"])


def measure_loads(browser: Browser, stage: Stage, bases: Bases, runs: int) -> None:
    """Measure cold loads of desk and wall while devices change."""
    site = site_of(stage)
    with stage.changing():
        for path, figure in (("", goals.DESK_LOAD), ("wall/", goals.WALL_LOAD)):
            cold_loads(browser, site, path, 1)  # the first also warms the server's caches
            times, sizes = cold_loads(browser, site, path, runs)
            print_figure(figure, stage.devices, quantile(times, 0.5), bases, load=spread(times))
            size = quantile(sizes, 0.5)
            print_figure(goals.BYTES_AT_LOAD, stage.devices, size, bases, page=f"/{path}")


def measure_one_client(browser: Browser, stage: Stage, bases: Bases) -> None:
    """Measure an alarm's delay and memory with one window."""
    before = renderers(browser)
    page = open_page(browser, site_of(stage))
    page.wait_for_timeout(1000)
    known = set(stage.alarms.alarms)
    with stage.changing(), stage.burning():
        page.wait_for_timeout(ONE_CLIENT_S * 1000)
        written = {i: at for i, at in stage.alarms.alarms.items() if i not in known}
        page.wait_for_timeout(1000)
    print_delays(goals.ALARM, stage, delays([page], written), bases)
    private, heap = tab_memory(browser, page, before)
    print_figure(goals.TAB_MEMORY, stage.devices, private, bases, heap_mb=round(heap, 1))
    pids = stage.web_pids
    web = max(map(private_mb, pids))
    rss = round(max(map(resident_mb, pids)), 1)
    print_figure(goals.WEB_MEMORY, stage.devices, web, bases, rss_mb=rss)
    page.context.close()


def print_delays(figure: goals.Figure, stage: Stage, got: Delays, bases: Bases) -> None:
    """Print the p95 to painted pixels, and all that belongs to it."""
    details = {"painted": spread(got.painted), "missed": got.missed}
    if got.shown:
        details["frame_shown"] = spread(got.shown)
    print_figure(figure, stage.devices, quantile(got.painted, 0.95), bases, **details)


def main(
    devices: Annotated[list[int], typer.Option(default_factory=lambda: list(SIZES))],
    runs: int = 5,
    town_dir: Path | None = None,
) -> None:
    """Measure all, size by size."""
    with chromium() as browser:
        bare = Bases()
        measure_bare_map(browser, bare)
        for number in devices:
            bases = Bases(floor=dict(bare.floor))
            with stage(number, kept=town_dir, say=console.print) as ready:
                measure_floor(browser, ready, bases)
                measure_usual(browser, ready, bases)
                measure_loads(browser, ready, bases, runs)
                measure_one_client(browser, ready, bases)


if __name__ == "__main__":
    typer.run(main)
