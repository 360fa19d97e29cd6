"""The checks that a whole file must pass before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from data.reference.errors import Problem
from data.reference.fields import FIELDS, Layer, key_field
from data.reference.known import Known
from data.reference.load import reference_outline
from data.reference.records import Record
from data.reference.resolve import Resolver, single
from geo.boundary import inside, overlaps

TOLERANCE_M: Final = 100.0
FARTHEST_M: Final = 30_000.0
MIN_OVERLAP_M2: Final = 100.0
POLYGONS: Final = frozenset({"Polygon", "MultiPolygon"})
ALLOWED: Final[dict[Layer, frozenset[str]]] = {
    Layer.COMMUNITIES: POLYGONS,
    Layer.WORK_POINTS: frozenset({"Point"}) | POLYGONS,
    Layer.BUILDINGS: frozenset({"Point", "Polygon"}),
    Layer.DEVICES: frozenset({"Point"}),
    Layer.FACILITIES: frozenset({"Point"}),
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A record with the columns of its model."""

    row: int
    id: str
    values: dict[str, Any]


def check(
    layer: Layer,
    records: Sequence[Record],
    known: Known,
    unlocated: frozenset[int],
    *,
    replace: bool = False,
) -> tuple[list[Resolved], list[Problem]]:
    """Resolve every record and return what is wrong with the file.

    Parameters
    ----------
    unlocated
        Rows whose geometry was already refused, so that it is not called missing as well.
    replace
        Whether what is not in the file goes, and so can't be overlapped.
    """
    resolver = Resolver(layer, known)
    resolved = []
    problems: list[Problem] = []
    for record in records:
        values, wrong = resolver.resolve(record)
        wrong += _missing(layer, record, known, located=record.row not in unlocated)
        problems += [Problem(record.row, record.id, reason) for reason in wrong]
        resolved.append(Resolved(record.row, record.id, values))
    problems += _kinds_of_geometry(layer, records)
    problems += _outside(layer, records, known)
    if layer is Layer.COMMUNITIES:
        problems += _overlapping(records, () if replace else known.official_areas())
    if layer is Layer.WORK_POINTS:
        problems += _membership(resolved, known)
    return resolved, problems


def _missing(layer: Layer, record: Record, known: Known, *, located: bool) -> list[str]:
    """Return what a row that is new in the database lacks."""
    if not record.id or record.id in known.rows:
        return []
    key = key_field(layer)
    lacking = [
        field.name
        for field in FIELDS[layer]
        if field.required and field.name != key and field.name not in record.values
    ]
    if record.geometry is None and located:
        lacking.append("coordinates")
    listed = ", ".join(lacking)
    return [f"新的一行，缺少 {listed} / new, and lacks {listed}"] if lacking else []


def _located(records: Sequence[Record]) -> list[tuple[Record, BaseGeometry]]:
    return [(record, record.geometry) for record in records if record.geometry is not None]


def _kinds_of_geometry(layer: Layer, records: Sequence[Record]) -> Iterable[Problem]:
    allowed = ALLOWED[layer]
    for record, geometry in _located(records):
        kind = single(geometry).geom_type
        if kind not in allowed:
            reason = (
                f"{layer} 应为 {'、'.join(sorted(allowed))}，不是 {kind} / "
                f"{layer} need {' or '.join(sorted(allowed))}, not {kind}"
            )
            yield Problem(record.row, record.id, reason)


def _outside(layer: Layer, records: Sequence[Record], known: Known) -> list[Problem]:
    """Return what lies too far out; the communities themselves may move, but not far."""
    located = _located(records)
    if layer in {Layer.COMMUNITIES, Layer.WORK_POINTS}:
        boundary, tolerance = reference_outline(), FARTHEST_M
        where = "离新塘超过 30 km", "more than 30 km from Xintang"
    elif known.outline.is_empty:
        reason = (
            "数据库里还没有社区，请先导入社区 / "
            "the database has no communities yet; import them first"
        )
        return [Problem(None, "", reason)]
    else:
        boundary, tolerance = known.outline, TOLERANCE_M
        where = (
            f"在街道外超过 {TOLERANCE_M:g} m",
            f"more than {TOLERANCE_M:g} m outside the sub-district",
        )
    within = inside([geometry for _, geometry in located], boundary, tolerance)
    return [
        Problem(
            record.row,
            record.id,
            f"{_position(geometry)} {where[0]} / {_position(geometry)} is {where[1]}",
        )
        for (record, geometry), good in zip(located, within, strict=True)
        if not good
    ]


def _position(geometry: BaseGeometry) -> str:
    point = geometry.representative_point()
    return f"({point.x:.6f}, {point.y:.6f})"


def _overlapping(
    records: Sequence[Record], official: Iterable[tuple[str, BaseGeometry]]
) -> list[Problem]:
    """Return overlaps within the file, and with official communities that are not in it."""
    located = _located(records)
    in_file = {record.id for record in records}
    others = [(code, area) for code, area in official if code not in in_file]
    areas = [geometry for _, geometry in located] + [area for _, area in others]
    names = [record.id for record, _ in located] + [code for code, _ in others]
    return [
        Problem(
            located[pair.first][0].row,
            names[pair.first],
            f"与 {names[pair.second]} 重叠 {pair.area_m2:.0f} m² / "
            f"overlaps {names[pair.second]} by {pair.area_m2:.0f} m²",
        )
        for pair in overlaps(areas, MIN_OVERLAP_M2)
        if pair.first < len(located)
    ]


def _membership(resolved: Sequence[Resolved], known: Known) -> list[Problem]:
    """Return communities that two work points claim, or that lose theirs and get no other."""
    claims: dict[str, list[Resolved]] = {}
    for record in resolved:
        for code in record.values.get("communities") or ():
            claims.setdefault(code, []).append(record)
    problems = [
        Problem(
            both[1].row,
            both[1].id,
            f"社区 {code} 已列在 {both[0].id} / community {code} is also listed at {both[0].id}",
        )
        for code, both in claims.items()
        if len(both) > 1
    ]
    stating = {record.id: record for record in resolved if record.values.get("communities")}
    for row in known.communities:
        if row.work_point_id in stating and row.code not in claims:
            left = stating[row.work_point_id]
            problems.append(
                Problem(
                    left.row,
                    left.id,
                    f"社区 {row.code} 将没有工作点 / "
                    f"community {row.code} would be left without work point",
                )
            )
    return problems
