"""How the risk page plays a year: bytes of a week, frames while it plays, its first paint.

``python -m bench.risk_screen`` prints a line of JSON for each figure, the first paint beside that
of a bare Dash page with an empty map.
"""

import time
from typing import Final

import typer
from playwright.sync_api import Browser, Page

from bench.harness import application, bare_dash, chromium, report, spread
from bench.page import COUNT_FRAMES, COUNTED, Site, new_window, open_page
from tests.servers import Application, wait_for

PATH: Final = "/risk/"
#: The weeks of the slider; the risk process makes them after the start.
WEEKS: Final = 52
MAKING_S: Final = 600
PLAYING_MS: Final = 120_000
#: What a week of the year may cost: all of it loads before somebody has found the button.
GOAL_KB: Final = 20.0
GOAL_FPS: Final = 30.0
GOAL_TASK_MS: Final = 100.0
#: The wait between two weeks (``assets/js/lib/risk/weeks.mjs``) and a little more.
GOAL_STEP_MS: Final = 250.0
BARE_READY: Final = ".leaflet-container"
FIRST_PAINT: Final = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
PLAYED: Final = "#risk-time output:text-is('现在')"  # a string to evaluate is refused by the page

cli = typer.Typer(add_completion=False)


def weeks_of(running: Application) -> list[tuple[str, str]]:
    """Return the weeks that there are with their digests, the newest first."""
    with running.client("leader") as client:
        told = client.get("/live/risk/weeks").json()["weeks"]
    return [(one["week"], one["version"]) for one in told][:WEEKS]


def bytes_a_week(running: Application) -> None:
    """Report what the surface of each week is on the wire."""
    sizes = []
    with running.client("leader") as client:
        for week, version in weeks_of(running):
            url = f"/live/risk/surface/{week}?v={version}"
            with client.stream("GET", url, headers={"accept-encoding": "br"}) as answer:
                sizes.append(sum(map(len, answer.iter_raw())) / 1000)
    found = spread(sizes, 2)
    report("a week's surface, kB", **found, goal=GOAL_KB, within=found["max"] <= GOAL_KB)


def playing(page: Page) -> None:
    """Report frames, the longest task and the pace while all weeks are played."""
    page.wait_for_load_state("networkidle")  # the weeks are asked for ahead
    page.locator("#risk-time input").press("Home")
    steps = int(page.locator("#risk-time input").get_attribute("max") or 0)
    page.evaluate(COUNT_FRAMES)
    began = time.monotonic()
    page.locator("#risk-time button").click()
    page.wait_for_selector(PLAYED, state="detached")
    page.wait_for_selector(PLAYED, timeout=PLAYING_MS)
    took = time.monotonic() - began
    frames, longest = page.evaluate(COUNTED)
    pace = 1000 * took / steps
    report(
        "weeks played",
        steps=steps,
        fps=round(frames / took, 1),
        ms_a_step=round(pace),
        longest_task_ms=round(longest),
        within=frames / took >= GOAL_FPS and pace <= GOAL_STEP_MS and longest <= GOAL_TASK_MS,
    )


def first_paints(browser: Browser, site: Site, path: str, runs: int) -> list[float]:
    """Return the first paint of loads with an empty cache; ms."""
    found = []
    for _ in range(runs):
        page = open_page(browser, site, path)
        found.append(page.evaluate(FIRST_PAINT))
        page.context.close()
    return found


def risk_site(running: Application) -> Site:
    """Return the application as a leader sees it."""
    with running.client("leader") as client:
        return Site(running.url, client.cookies["xt_session"])


def measure(running: Application, runs: int) -> None:
    """Report every figure of a running application that has its weeks."""
    site = risk_site(running)
    bytes_a_week(running)
    with chromium() as browser, bare_dash() as bare:
        window = new_window(browser, site)
        page = window.new_page()
        page.goto(site.url + PATH)
        page.wait_for_selector(site.ready)
        playing(page)
        window.close()
        ours = first_paints(browser, site, PATH, runs)
        floor = first_paints(browser, Site(bare, ready=BARE_READY), "", runs)
    report("first paint, ms", **spread(ours), bare_dash=spread(floor))


@cli.command()
def main(devices: int = 6000, runs: int = 5) -> None:
    """Start the application with a demo town, wait for its weeks and measure."""
    with application(devices) as running:
        wait_for(lambda: len(weeks_of(running)) >= WEEKS, MAKING_S, 2)
        measure(running, runs)


if __name__ == "__main__":
    cli()
