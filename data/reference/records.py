"""From cells to values: one record for each row, and a problem for each cell that can't be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from data.reference.errors import ImportRefusedError, Problem
from data.reference.fields import FIELDS, Layer, key_field, match_columns
from data.reference.located import locate
from data.reference.read import Table


@dataclass(frozen=True, slots=True)
class Record:
    """One row; ``values`` has only what the file says, the geometry is in EPSG:4326."""

    row: int
    id: str
    values: Mapping[str, Any]
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of a file as records, which columns they came from, and what is wrong with them."""

    records: tuple[Record, ...]
    columns: Mapping[str, str]
    problems: tuple[Problem, ...]


def parse(layer: Layer, table: Table, chosen: Mapping[str, str]) -> Parsed:
    """Read every cell and convert every geometry.

    Parameters
    ----------
    chosen
        Field → column, where the aliases do not find the right one.

    Raises
    ------
    ImportRefusedError
        If a chosen field or column does not exist, or no column identifies the rows.
    """
    try:
        columns = match_columns(layer, table.columns, dict(chosen), table.builtin)
    except ValueError as error:
        raise ImportRefusedError(str(error)) from error
    key = key_field(layer)
    if key not in columns:
        raise ImportRefusedError(
            f"没有一列是 {layer} 的 {key}，文件的列：{', '.join(table.columns) or '无'}。"
            f"/ no column is the {key} of {layer}; "
            f"the file has {', '.join(table.columns) or 'none'} "
            f"(choose one with --map {key}=COLUMN)"
        )
    if not table.rows:
        raise ImportRefusedError("文件里没有一行数据。/ the file has no rows")
    geometries, reasons = locate(table.geometries, table.crs)
    unread = {problem.row: problem.reason for problem in table.problems}
    problems = []
    records = []
    for i, number in enumerate(table.numbers):
        values, wrong = _values(layer, table.rows[i], columns)
        record_id = table.rows[i].get(columns[key], "")
        wrong += [reason for reason in (reasons[i], unread.get(number)) if reason is not None]
        problems += [Problem(number, record_id, reason) for reason in wrong]
        records.append(Record(number, record_id, values, geometries[i]))
    return Parsed(tuple(records), columns, (*problems, *_identity(records)))


def _values(
    layer: Layer, row: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong = []
    for field in FIELDS[layer]:
        cell = row.get(columns.get(field.name, ""), "")
        if cell:
            try:
                values[field.name] = field.read(cell)
            except ValueError as error:
                values[field.name] = None
                wrong.append(f"{field.name}: {error}")
    return values, wrong


def _identity(records: list[Record]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for record in records:
        if not record.id:
            problems.append(Problem(record.row, "", "这一行没有编号 / the row has no id"))
        elif record.id in first:
            before = first[record.id]
            reason = f"编号与第 {before} 行相同 / the id is also that of row {before}"
            problems.append(Problem(record.row, record.id, reason))
        else:
            first[record.id] = record.row
    return problems
