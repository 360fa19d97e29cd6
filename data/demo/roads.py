"""Main roads of the demo town: smooth curves past the communities' centres, and the stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import LineString

from data.demo.land import Array, Land, Point, stream

STEP_M: Final = 12.0
#: Through roads leave the sub-district by this much before they are cut at its outline.
BEYOND_M: Final = 3000.0
MAIN_HALF_WIDTH_M: Final = 8.0
LANE_HALF_WIDTH_M: Final = 2.2
SHORTEST_MAIN_M: Final = 150.0


@dataclass(frozen=True, slots=True)
class Street:
    """A street; ``line`` in metres, ``half_width`` from its middle to the kerb.

    ``cluster`` is the index of the cluster that a lane serves, -1 for a main road.
    """

    name: str
    main: bool
    line: LineString
    half_width: float
    cluster: int = -1


@dataclass(frozen=True, slots=True)
class Route:
    """A main road by the communities it passes: (short name, metres east, metres north)."""

    name: str
    past: tuple[tuple[str, float, float], ...]
    open_start: bool = True
    open_end: bool = True


#: Drawn by us: the real course of the roads is not known (``data/reference/SOURCES.md``).
ROUTES: Final[tuple[Route, ...]] = (
    Route(
        "纵二路",
        (
            ("沙塘", -380, 500),
            ("沙塘", -260, -300),
            ("后洋", -330, 250),
            ("后洋", -180, -420),
            ("上郭", -330, 0),
            ("梧林", 330, 330),
            ("梧林", 130, -420),
            ("湖格", 420, -420),
        ),
    ),
    Route(
        "纵一路",
        (
            ("后库", -40, 420),
            ("后库", 130, -300),
            ("晋良", -90, 0),
            ("荆山", -170, 60),
            ("湖格", 60, 420),
            ("湖格", -130, -300),
        ),
    ),
    Route(
        "纵三路",
        (
            ("沙塘", 700, 560),
            ("沙塘", 640, -260),
            ("杏坂", -190, 120),
            ("上郭", 680, 330),
            ("塘市", -640, -60),
            ("塘市", -480, -560),
        ),
    ),
    Route(
        "纵四路",
        (
            ("杏田", 210, 420),
            ("杏田", 80, -260),
            ("南塘", 190, 120),
            ("晋新", -250, 0),
            ("塘市", 300, -140),
            ("塘市", 130, -640),
        ),
    ),
    Route(
        "横一路",
        (
            ("后库", -260, 640),
            ("沙塘", -720, -420),
            ("沙塘", 60, -640),
            ("杏田", -560, -330),
            ("杏田", 420, -380),
        ),
    ),
    Route(
        "横二路",
        (
            ("良种场", -120, -140),
            ("晋良", 110, 190),
            ("后洋", -60, -60),
            ("杏坂", -330, -260),
            ("南塘", -60, -180),
            ("南塘", 480, 40),
        ),
    ),
    Route(
        "横三路",
        (
            ("荆山", -330, -200),
            ("荆山", 260, -60),
            ("上郭", -60, -140),
            ("上郭", 760, -180),
            ("塘市", -180, 330),
            ("晋新", 60, -190),
        ),
    ),
    Route(
        "观景路",
        (
            ("湖格", -60, 60),
            ("梧林", -320, -120),
            ("梧林", 430, -60),
            ("塘市", -700, -420),
            ("塘市", 380, -380),
        ),
        open_start=False,
    ),
    Route(
        "学府路",
        (("塘市", -640, 120), ("塘市", -60, 60), ("塘市", 320, 190), ("晋新", -120, 160)),
        open_start=False,
        open_end=False,
    ),
    Route(
        "沙塘中路",
        (
            ("沙塘", -900, 190),
            ("沙塘", -60, 120),
            ("沙塘", 700, 330),
            ("杏田", -160, 180),
            ("杏田", 500, 330),
        ),
        open_start=False,
    ),
)
#: 梧垵溪 passes south-east of 梧林; its line is not known.
STREAM: Final = Route(
    "梧垵溪",
    (
        ("上郭", 380, -480),
        ("梧林", 760, 130),
        ("梧林", 420, -280),
        ("湖格", 560, -640),
    ),
    open_start=False,
)


def main_roads(lands: Sequence[Land], seed: int) -> list[Street]:
    """Return the main roads, cut at the outline of the communities."""
    outline = shapely.union_all([land.polygon for land in lands])
    streets: list[Street] = []
    for route in ROUTES:
        parts = _cut(_curve(route, lands, seed), outline)
        streets.extend(Street(route.name, True, part, MAIN_HALF_WIDTH_M) for part in parts)
    return streets


def stream_line(lands: Sequence[Land], seed: int) -> list[LineString]:
    """Return the parts of the stream inside the communities."""
    outline = shapely.union_all([land.polygon for land in lands])
    return _cut(_curve(STREAM, lands, seed, wave_m=28.0), outline)


def _cut(points: Array, outline: shapely.Geometry) -> list[LineString]:
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return []
    parts = shapely.get_parts(shapely.intersection(LineString(points), outline))
    return [
        part for part in parts if part.geom_type == "LineString" and part.length >= SHORTEST_MAIN_M
    ]


def _curve(route: Route, lands: Sequence[Land], seed: int, wave_m: float = 16.0) -> Array:
    """Return points every few metres of a route; too few when its communities are missing."""
    centres = {land.name: land.centre for land in lands}
    control = _control(route, centres)
    if len(control) < 2:  # noqa: PLR2004 - a line has two ends
        return np.empty((0, 2))
    if route.open_start:
        control = np.vstack([_beyond(control[1], control[0]), control])
    if route.open_end:
        control = np.vstack([control, _beyond(control[-2], control[-1])])
    return _wave(resample(catmull_rom(control)), stream(seed, "road", route.name), wave_m)


def _control(route: Route, centres: Mapping[str, Point]) -> Array:
    known = [(centres[name], dx, dy) for name, dx, dy in route.past if name in centres]
    return np.array([(x + dx, y + dy) for (x, y), dx, dy in known]).reshape(-1, 2)


def _beyond(inner: Array, end: Array) -> Array:
    direction = end - inner
    return np.asarray(end + direction / np.hypot(*direction) * BEYOND_M)


def catmull_rom(control: Array, per_span: int = 24) -> Array:
    """Return a centripetal-like smooth curve through control points, shape (m, 2)."""
    padded = np.vstack([2 * control[0] - control[1], control, 2 * control[-1] - control[-2]])
    t = np.linspace(0, 1, per_span, endpoint=False)[:, None]
    spans = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        bend = 2 * p0 - 5 * p1 + 4 * p2 - p3
        twist = -p0 + 3 * p1 - 3 * p2 + p3
        spans.append(0.5 * (2 * p1 + (p2 - p0) * t + bend * t**2 + twist * t**3))
    return np.vstack([*spans, control[-1:]])


def resample(points: Array, step: float = STEP_M) -> Array:
    """Return the same line with a point every ``step`` metres."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    marks = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    return np.column_stack([np.interp(marks, along, points[:, i]) for i in (0, 1)])


def _wave(points: Array, rng: np.random.Generator, height_m: float) -> Array:
    """Sway a line gently to its sides, so that no road is drawn with a ruler."""
    tangent = np.gradient(points, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    normal /= np.hypot(*normal.T)[:, None]
    along = np.arange(len(points)) * STEP_M
    sway = np.zeros(len(points))
    for length_m in (900.0, 430.0, 260.0):
        sway += height_m * length_m / 900 * np.sin(along / length_m * 2 * np.pi + rng.uniform(0, 7))
    return np.asarray(points + normal * sway[:, None])
