"""A backtest as a picture: what the surfaces point at, and what came."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from geo.risk.backtest import KDE, MODEL, RAW_COUNTS, Backtest
from geo.risk.score import SHARES, chosen

#: First share of the area → colour, worst first: the levels red, orange, yellow.
LEVELS: Final[Mapping[float, str]] = dict(
    zip(SHARES, ("#b3262e", "#ee8435", "#f6d55c"), strict=True)
)
REST: Final = "#dfe7ec"
PAPER: Final = "#ffffff"
INK: Final = "#1c2b33"
CAME: Final = "#0b3c5d"
PANEL_PX: Final = 900
MARGIN_PX: Final = 24
TITLE_PX: Final = 64
LEGEND_PX: Final = 96
SHOWN: Final = (MODEL, RAW_COUNTS, *KDE)
NAMES: Final = {
    MODEL: "model",
    RAW_COUNTS: "raw counts",
    "kde_200": "KDE 200 m",
    "kde_500": "KDE 500 m",
}


def draw(result: Backtest, came: NDArray[np.float64], path: Path) -> None:
    """Write a PNG with a panel for the model and each baseline.

    Parameters
    ----------
    result : Backtest
    came : ndarray, shape (n, 2)
        The events that came, metres.
    path : Path
    """
    scale = PANEL_PX / max(result.grid.nx, result.grid.ny)
    width, height = round(result.grid.nx * scale), round(result.grid.ny * scale)
    columns, rows = 2, (len(SHOWN) + 1) // 2
    picture = Image.new(
        "RGB",
        (
            columns * (width + MARGIN_PX) + MARGIN_PX,
            rows * (height + TITLE_PX + MARGIN_PX) + MARGIN_PX + LEGEND_PX,
        ),
        PAPER,
    )
    for number, name in enumerate(SHOWN):
        at = (
            MARGIN_PX + (number % columns) * (width + MARGIN_PX),
            MARGIN_PX + (number // columns) * (height + TITLE_PX + MARGIN_PX),
        )
        _title(picture, at, result, name)
        panel = _panel(result, name, came, (width, height))
        picture.paste(panel, (at[0], at[1] + TITLE_PX))
    _legend(picture, result)
    picture.save(path, format="PNG", optimize=True)


def _panel(
    result: Backtest, name: str, came: NDArray[np.float64], size: tuple[int, int]
) -> Image.Image:
    grid, area = result.grid, result.area
    colours = np.full((len(grid), 3), _rgb(PAPER), dtype=np.uint8)
    colours[area] = _rgb(REST)
    cells = np.flatnonzero(area)
    for share in reversed(SHARES):
        first = chosen(result.surfaces[name][area], share)
        # A cell that is taken in part shares its place with all of its score: not pointed at.
        colours[cells[first >= 1.0]] = _rgb(LEVELS[share])
    rows = colours.reshape(grid.ny, grid.nx, 3)[::-1]
    panel = Image.fromarray(rows).resize(size, Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(panel)
    x = (came[:, 0] - grid.west) / (grid.nx * grid.cell_m) * size[0]
    y = size[1] - (came[:, 1] - grid.south) / (grid.ny * grid.cell_m) * size[1]
    for px, py in zip(x.tolist(), y.tolist(), strict=True):
        pen.ellipse((px - 1.2, py - 1.2, px + 1.2, py + 1.2), fill=CAME)
    return panel


def _title(picture: Image.Image, at: tuple[int, int], result: Backtest, name: str) -> None:
    pen = ImageDraw.Draw(picture)
    pen.text(at, NAMES[name], INK, ImageFont.load_default(26))
    hit = result.scores[name].hit
    text = " / ".join(f"{100 * hit[share].value:.1f}" for share in SHARES)
    shares = " / ".join(f"{100 * share:.0f}" for share in SHARES)
    line = f"hit rate at {shares} % of the area: {text} %"
    pen.text((at[0], at[1] + 32), line, INK, ImageFont.load_default(18))


def _legend(picture: Image.Image, result: Backtest) -> None:
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(18)
    x, y = MARGIN_PX, picture.height - LEGEND_PX
    before = 0.0
    for share, colour in LEVELS.items():
        pen.rectangle((x, y, x + 22, y + 22), fill=colour)
        text = f"{100 * before:.0f}-{100 * share:.0f} % of the area, ranked first"
        pen.text((x + 30, y), text, INK, font)
        x += 44 + round(pen.textlength(text, font)) + 12
        before = share
    pen.ellipse((x, y + 8, x + 6, y + 14), fill=CAME)
    pen.text((x + 14, y), "an event that came", INK, font)
    text = (
        f"{result.tested:,} events came in {result.area_km2:,.0f} km2, cells of "
        f"{result.grid.cell_m:g} m; {result.trained:,} events before"
    )
    pen.text((MARGIN_PX, y + 34), text, INK, font)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
