"""The streets of the demo town with their names, and the rows of the map's context layers."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final

from shapely import LineString

from data.demo.clusters import FABRIC, Cluster, Zone
from data.demo.land import Land, wkb_in_degrees
from data.demo.roads import STREAM, Street

STREET_LAYER: Final = "street"
WATER_LAYER: Final = "water"
LONG_LANE_M: Final = 200.0
#: Lines are stored without the points that a person can't see.
TOLERANCE_M: Final = 0.8

_DIGITS: Final = "零一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")


def numeral(number: int) -> str:
    """Return a whole number from 1 to 9,999 in Chinese.

    Examples
    --------
    >>> [numeral(n) for n in (1, 10, 12, 20, 105, 110, 1003)]
    ['一', '十', '十二', '二十', '一百零五', '一百一十', '一千零三']
    """
    text = ""
    digits = [int(d) for d in str(number)]
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit:
            text += _DIGITS[digit] + _UNITS[place]
        elif not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def name_lanes(
    lanes: Sequence[tuple[LineString, Zone, int]],
    clusters: Sequence[Cluster],
    lands: Sequence[Land],
) -> list[Street]:
    """Return the lanes as streets: real names for the longest, then numbers by village."""
    real = {index: list(land.character.streets) for index, land in enumerate(lands)}
    used: Counter[tuple[str, str]] = Counter()
    names: dict[int, str] = {}
    for i in sorted(range(len(lanes)), key=lambda i: (-round(lanes[i][0].length, 3), i)):
        line, _, owner = lanes[i]
        cluster = clusters[owner]
        if real[cluster.land]:
            names[i] = real[cluster.land].pop(0)
            continue
        kind = "路" if line.length > LONG_LANE_M else "巷"
        used[cluster.name, kind] += 1
        names[i] = f"{cluster.name}{numeral(used[cluster.name, kind])}{kind}"
    return [
        Street(names[i], False, line, FABRIC[zone].half_width_m, owner)
        for i, (line, zone, owner) in enumerate(lanes)
    ]


def street_rows(streets: Sequence[Street], water: Sequence[LineString]) -> list[dict[str, Any]]:
    """Return the rows of the layers ``street`` and ``water``; all are drawn by us."""
    rows = []
    by_class: dict[str, list[Street]] = defaultdict(list)
    for street in streets:
        by_class["main" if street.main else "lane"].append(street)
    for kind, some in by_class.items():
        geometries = wkb_in_degrees([street.line.simplify(TOLERANCE_M) for street in some])
        for street, geometry in zip(some, geometries, strict=True):
            rows.append(_row(STREET_LAYER, street.name, kind, geometry))
    courses = wkb_in_degrees([line.simplify(TOLERANCE_M) for line in water])
    return rows + [_row(WATER_LAYER, STREAM.name, "stream", course) for course in courses]


def _row(layer: str, name: str, kind: str, geometry: bytes) -> dict[str, Any]:
    return {
        "layer": layer,
        "name": name,
        "name_en": "",
        "demo": True,
        "properties": {"class": kind, "schematic": True},
        "geometry": geometry,
    }
