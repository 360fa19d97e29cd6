"""Figures of the live map at city scale: ``python -m bench.live_map`` (docs/benchmarks.md).

Every figure is printed beside its goal and beside two baselines of the same run.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Browser
from rich.console import Console

from bench import goals
from bench.baselines import PAN_S, measure_bare_map, measure_floor, measure_usual
from bench.clients import (
    alarms_on,
    measure_callbacks,
    measure_clients,
    measure_steady_bytes,
    measure_windows,
    print_delays,
)
from bench.goals import Bases, print_figure, summary
from bench.harness import chromium, quantile, spread
from bench.hidden import measure_hidden
from bench.page import Site, cold_loads, open_page, pan, renderers, tab_memory
from bench.procs import private_mb, resident_mb
from bench.stage import Stage, stage

console = Console(stderr=True)
ONE_CLIENT_S = 30
SIZES = (2_000, 10_000, 50_000, 200_000)


def site_of(stage: Stage) -> Site:
    """Sign in and return the application's site."""
    with stage.running.client() as client:
        return Site(stage.running.url + "/", client.cookies["xt_session"])


def measure_loads(browser: Browser, stage: Stage, site: Site, bases: Bases, runs: int) -> None:
    """Measure cold loads of desk and wall while devices change."""
    with stage.changing():
        for path, figure in (("", goals.DESK_LOAD), ("wall/", goals.WALL_LOAD)):
            cold_loads(browser, site, path, 1)  # the first also warms the server's caches
            times, sizes = cold_loads(browser, site, path, runs)
            print_figure(figure, stage.devices, quantile(times, 0.5), bases, load=spread(times))
            size = quantile(sizes, 0.5)
            print_figure(goals.BYTES_AT_LOAD, stage.devices, size, bases, page=f"/{path}")


def measure_one_client(browser: Browser, stage: Stage, site: Site, bases: Bases) -> None:
    """Measure an alarm's delay and memory with one window."""
    before = renderers(browser)
    page = open_page(browser, site)
    page.wait_for_timeout(1000)
    print_delays(goals.ALARM, stage, alarms_on(stage, [page], ONE_CLIENT_S), bases)
    private, heap = tab_memory(browser, page, before)
    print_figure(goals.TAB_MEMORY, stage.devices, private, bases, heap_mb=round(heap, 1))
    pids = stage.web_pids
    rss = round(max(map(resident_mb, pids)), 1)
    web = max(map(private_mb, pids))
    print_figure(goals.WEB_MEMORY, stage.devices, web, bases, rss_mb=rss, processes=len(pids))
    page.context.close()


def measure_pan(browser: Browser, stage: Stage, site: Site, bases: Bases) -> None:
    """Measure a drag of the map while devices change and alarms come."""
    page = open_page(browser, site)
    with stage.changing(), stage.burning():
        page.wait_for_timeout(1000)
        fps, longest = pan(page, PAN_S)
    print_figure(goals.PAN_FPS, stage.devices, fps, bases)
    print_figure(goals.PAN_TASK, stage.devices, longest, bases, note="0: none of 50 ms or more")
    page.context.close()


class Part(StrEnum):
    """What can be measured."""

    LOAD = "load"
    ALARM = "alarm"
    BYTES = "bytes"
    PAN = "pan"
    HIDDEN = "hidden"
    WINDOWS = "windows"
    CLIENTS = "clients"
    CALLBACKS = "callbacks"


def steps(
    browser: Browser, stage: Stage, site: Site, bases: Bases, runs: int
) -> dict[Part, Callable[[], None]]:
    """Return what measures each part; those of many clients only at the sizes of the table."""
    found: dict[Part, Callable[[], None]] = {
        Part.LOAD: lambda: measure_loads(browser, stage, site, bases, runs),
        Part.ALARM: lambda: measure_one_client(browser, stage, site, bases),
        Part.BYTES: lambda: measure_steady_bytes(stage, site, bases),
        Part.PAN: lambda: measure_pan(browser, stage, site, bases),
        Part.HIDDEN: lambda: measure_hidden(browser, stage, site, bases),
    }
    if stage.devices in goals.ALARM_WINDOWS.goals:
        found[Part.WINDOWS] = lambda: measure_windows(browser, stage, site, bases)
    if stage.devices in goals.ALARM_CLIENTS.goals:
        found[Part.CLIENTS] = lambda: measure_clients(browser, stage, site, bases)
        found[Part.CALLBACKS] = lambda: measure_callbacks(browser, stage, bases)
    return found


def measure_town(
    browser: Browser, stage: Stage, bases: Bases, parts: Sequence[Part], runs: int
) -> None:
    """Measure the baselines and then each part with one town."""
    site = site_of(stage)
    chosen = [(part, run) for part, run in steps(browser, stage, site, bases, runs).items()]
    with console.status("") as status:
        status.update(f"{stage.devices:,}: floor")
        measure_floor(browser, stage, bases)
        status.update(f"{stage.devices:,}: usual Dash way")
        measure_usual(browser, stage, bases)
        for part, run in chosen:
            if part in parts:
                status.update(f"{stage.devices:,}: {part}")
                run()


def main(
    devices: Annotated[list[int], typer.Option(default_factory=lambda: list(SIZES))],
    part: Annotated[list[Part], typer.Option(default_factory=lambda: list(Part))],
    runs: Annotated[int, typer.Option(help="cold loads of each page")] = 5,
    workers: Annotated[int, typer.Option(help="web processes on one port")] = 1,
    town_dir: Annotated[Path | None, typer.Option(help="keep the towns for the next run")] = None,
) -> None:
    """Measure all, size by size."""
    with chromium() as browser:
        bare = Bases()
        measure_bare_map(browser, bare)
        for number in devices:
            bases = Bases(floor=dict(bare.floor))
            with stage(number, workers=workers, kept=town_dir, say=console.print) as ready:
                measure_town(browser, ready, bases, part, runs)
    console.print(summary())


if __name__ == "__main__":
    typer.run(main)
