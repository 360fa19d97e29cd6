"""Alarms hidden under other marks, counted from pixels of the composed picture.

An alarm is hidden if the picture would be the same without it. So for each open fire the
surroundings of its place are photographed, the alarm alone is closed (its device keeps its
status, so that nothing else is painted), and they are photographed again: its mark has to go, or
the number on the mark that it shares has to change. Nothing is assumed about colours or shapes.
"""

import io
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page

from bench import goals
from bench.goals import Bases, print_figure
from bench.page import Site, open_page
from bench.stage import Stage
from bench.writer import FIRST_ID
from tests.servers import wait_for

FIRES = 30
REACH = 44  # pixels around a place; marks of a group stand on its most important member
LEAST_PIXELS = 8
LEAST_DIFFERENCE = 40
ZOOMS = (None, 16, 18)
SHOW = "([lat, lon, zoom]) => window.xt.maps.at(-1).setView([lat, lon], zoom, {animate: false})"
PLACES = """(alarms) => {
  const map = window.xt.maps.at(-1), box = map.getContainer().getBoundingClientRect();
  return alarms.map(({id, lat, lon}) => {
    const point = map.latLngToContainerPoint([lat, lon]);
    const [x, y] = [box.x + point.x, box.y + point.y];
    const inside = x > box.left && x < box.right && y > box.top && y < box.bottom;
    const top = inside ? document.elementFromPoint(x, y) : null;
    return {id, x, y, inside, reached: map.getContainer().contains(top)};
  });
}"""

Pixels = np.ndarray[Any, np.dtype[np.int16]]


@dataclass
class Found:
    """What became of the open fires in one view."""

    seen: int = 0
    hidden: int = 0
    #: A panel of the page lies over the place; that is not a mark.
    under_panel: int = 0
    outside: int = 0


def _have(stage: Stage, alarms: int) -> bool:
    return len(stage.alarms.alarms) >= alarms


def measure_hidden(browser: Browser, stage: Stage, site: Site, bases: Bases) -> None:
    """Count hidden alarms at the page's own view and at two zooms on the fullest building."""
    page = open_page(browser, site)
    page.emulate_media(reduced_motion="reduce")  # pulses stand still
    views = {}
    for zoom in ZOOMS:
        stage.alarms.tell(most=FIRES + 5)
        known = len(stage.alarms.alarms)
        with stage.burning(40):
            wait_for(partial(_have, stage, known + FIRES), 20)
            stage.alarms.tell(rate=0, most=20)
            page.wait_for_timeout(1000)
            fires = open_fires(site)
            if zoom is not None:
                crowd = _most_crowded(fires)
                page.evaluate(SHOW, [crowd["lat"], crowd["lon"], zoom])
                page.wait_for_timeout(1000)
            views[f"zoom {zoom or 'of the page'}"] = look(page, stage, fires)
    page.context.close()
    hidden = sum(found.hidden for found in views.values())
    details = {name: vars(found) for name, found in views.items()}
    print_figure(goals.HIDDEN, stage.devices, hidden, bases, **details)


def open_fires(site: Site) -> list[dict[str, Any]]:
    """Return the open fires of the benchmark."""
    cookies = {"xt_session": site.token}
    answer = httpx.get(f"{site.url}live/snapshot", cookies=cookies, trust_env=False, timeout=30)
    return [alarm for alarm in answer.json()["alarms"] if alarm["id"] > FIRST_ID]


def _most_crowded(fires: list[dict[str, Any]]) -> dict[str, Any]:
    buildings = [fire["building"] for fire in fires]
    return max(fires, key=lambda fire: buildings.count(fire["building"]))


def look(page: Page, stage: Stage, fires: list[dict[str, Any]]) -> Found:
    """Close one fire after the other and see whether each closing is seen."""
    found = Found()
    wanted = [{name: fire[name] for name in ("id", "lat", "lon")} for fire in fires]
    for place in page.evaluate(PLACES, wanted):
        if not place["inside"]:
            found.outside += 1
        elif not place["reached"]:
            found.under_panel += 1
        elif is_seen(page, stage, place):
            found.seen += 1
        else:
            found.hidden += 1
    return found


def is_seen(page: Page, stage: Stage, place: dict[str, Any]) -> bool:
    """Close a fire; say whether the composed picture differs at its place."""
    before = (photograph(page, place), photograph(page, place))
    stage.alarms.tell(close=place["id"])
    stage.alarms.wait_until("quietly")
    page.wait_for_timeout(150)
    after = photograph(page, place)
    restless = np.abs(before[0] - before[1]).max(axis=2) > 0
    changed = np.abs(after - before[1]).max(axis=2) >= LEAST_DIFFERENCE
    return int((changed & ~restless).sum()) >= LEAST_PIXELS


def photograph(page: Page, place: dict[str, Any]) -> Pixels:
    """Return the pixels around a place as they are on the screen."""
    left, top = max(0, round(place["x"]) - REACH), max(0, round(place["y"]) - REACH)
    clip = {"x": left, "y": top, "width": 2 * REACH, "height": 2 * REACH}
    png = page.screenshot(clip=clip, animations="allow", caret="initial")  # type: ignore[arg-type]
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.int16)
