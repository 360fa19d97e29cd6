"""A small schematic map of the communities by change, as an SVG picture: no script, prints well."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians
from typing import Final
from urllib.parse import quote

from data.domain.weekly import CommunityWeek, Outline

WIDTH: Final = 560.0
MARGIN: Final = 14.0
#: Room on the left for names that are too long for their community.
NOTE_WIDTH: Final = 124.0
LONG_NAME: Final = 12
LINE: Final = 17.0
#: The strongest colour is that of the largest change, and stands for at least this many alarms.
LEAST: Final = 5
#: Of the way from the land's colour to that of a rise or a fall.
STRONGEST: Final = 0.85

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one picture; ``rise`` and ``fall`` are mixed into ``land`` by size of change."""

    land: Colour
    rise: Colour
    fall: Colour
    line: str
    text: str
    quiet: str
    halo: str


SCREEN: Final = Theme(
    land=(38, 44, 50),
    rise=(255, 146, 43),
    fall=(61, 139, 122),
    line="#14171a",
    text="#e8eaed",
    quiet="#b6bec6",
    halo="#14171a",
)
PAPER: Final = Theme(
    land=(240, 241, 243),
    rise=(240, 130, 30),
    fall=(110, 170, 158),
    line="#ffffff",
    text="#16191d",
    quiet="#3c444c",
    halo="#ffffff",
)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to pixels: equirectangular at the middle latitude, north up."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: float
    #: Pixels on the left that are kept for notes.
    left: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.left + MARGIN + (lon - self.west) * self.squeeze * self.scale
        return x, MARGIN + (self.north - lat) * self.scale


def change_map(rows: Sequence[CommunityWeek], theme: Theme, lang: str) -> str:
    """Return the communities as a ``data:`` address of an SVG picture."""
    frame = _frame(rows, lang)
    most = scale_of(rows)
    total = frame.left + WIDTH
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {frame.height:.0f}" '
        "font-family=\"system-ui, 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', "
        '\'PingFang SC\', sans-serif" text-anchor="middle">',
        *(_area(row, frame, theme, most) for row in rows),
        *(_label(row, frame, theme, lang) for row in rows),
        "</svg>",
    ]
    return "data:image/svg+xml;charset=utf-8," + quote("".join(parts), safe="~()*!.'/=:,;")


def scale_of(rows: Sequence[CommunityWeek]) -> int:
    """Return the change that has the strongest colour: the largest of the week."""
    return max([LEAST, *(abs(row.change or 0) for row in rows)])


def change_colour(change: int, most: int, theme: Theme) -> str:
    """Return the fill for a change, as strong as its number against the largest one."""
    towards = theme.rise if change > 0 else theme.fall
    share = STRONGEST * min(1.0, abs(change) / most)
    red, green, blue = (
        round(start + (end - start) * share) for start, end in zip(theme.land, towards, strict=True)
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


def scale_style(theme: Theme) -> str:
    """Return the legend as css: the colours from the largest fall to the largest rise."""
    stops = ", ".join(change_colour(change, 1, theme) for change in (-1, 0, 1))
    return f"linear-gradient(to right, {stops})"


def short_name(row: CommunityWeek, lang: str) -> str:
    """Return the name as it stands on a map."""
    return row.name_en.removesuffix(" Community") if lang == "en" else row.name


def signed(change: int | None) -> str:
    """Return a change with its sign, ``±0`` for none; a dash when it is unknown."""
    if change is None:
        return "—"
    return f"{change:+d}".replace("-", "−") if change else "±0"


def _frame(rows: Sequence[CommunityWeek], lang: str) -> _Frame:
    points = [point for row in rows for ring in row.outlines for point in ring] or [(0.0, 0.0)]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, 1e-6)
    noted = any(len(short_name(row, lang)) > LONG_NAME for row in rows)
    height = (north - south) * scale + 2 * MARGIN
    return _Frame(west, north, scale, squeeze, height, NOTE_WIDTH if noted else 0.0)


def _area(row: CommunityWeek, frame: _Frame, theme: Theme, most: int) -> str:
    path = "".join(_path(ring, frame) for ring in row.outlines)
    fill = change_colour(row.change or 0, most, theme)
    return f'<path d="{path}" fill="{fill}" stroke="{theme.line}" stroke-width="1.5"/>'


def _path(ring: Outline, frame: _Frame) -> str:
    points = (frame.at(lon, lat) for lon, lat in ring)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _label(row: CommunityWeek, frame: _Frame, theme: Theme, lang: str) -> str:
    name, change = short_name(row, lang), signed(row.change)
    x, y = frame.at(row.lon, row.lat)
    if len(name) > LONG_NAME:
        return _note([*_wrapped(name), change], x, y, theme)
    return _text([name, change], x, y - 1, theme)


def _note(lines: Sequence[str], x: float, y: float, theme: Theme) -> str:
    left = NOTE_WIDTH / 2
    leader = f'<path d="M{left + 56:.1f} {y:.1f}L{x:.1f} {y:.1f}" stroke="{theme.quiet}"/>'
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{theme.text}"/>'
    return leader + dot + _text(lines, left, y - (len(lines) - 2) * LINE / 2, theme)


def _text(lines: Sequence[str], x: float, y: float, theme: Theme) -> str:
    style = f'stroke="{theme.halo}" stroke-width="3" stroke-opacity="0.55" paint-order="stroke"'
    words = "".join(
        f'<text x="{x:.1f}" y="{y + index * LINE:.1f}" font-size="14.5" '
        f'font-weight="{600 if index == len(lines) - 1 else 400}" '
        f'fill="{theme.text}" {style}>{escape(line)}</text>'
        for index, line in enumerate(lines)
    )
    return f"<g>{words}</g>"


def _wrapped(name: str) -> list[str]:
    """Break a long name into lines of about twelve letters; what is in brackets is left out."""
    lines = [""]
    for word in name.partition(" (")[0].split():
        if lines[-1] and len(lines[-1]) + len(word) >= LONG_NAME + 2:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
