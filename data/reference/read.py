"""Reading a file of official data: cells as texts, geometry as shapely objects in the file's CRS.

GDAL and openpyxl are imported where they are needed: both are slow to load.
"""

import csv
import io
import math
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from data.reference.errors import ImportRefusedError, Problem
from data.reference.fields import LAT_ALIASES, LON_ALIASES, WKT_ALIASES, find_column
from data.reference.kml import plainly_named
from data.reference.located import named_crs

CSV_SUFFIXES: Final = frozenset({".csv"})
XLSX_SUFFIXES: Final = frozenset({".xlsx"})
GEO_SUFFIXES: Final = frozenset({".gpkg", ".shp", ".zip", ".geojson", ".json", ".kml"})
#: Formats whose own standard says longitude and latitude of WGS 84.
LONLAT_SUFFIXES: Final = frozenset({".geojson", ".json", ".kml"})
NO_NAMES: Final[Mapping[str, str]] = {}
ENCODINGS: Final = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Source:
    """Which file, and what a person said about it; ``None`` where the file itself shall say."""

    path: Path
    crs: str | None = None
    lon: str | None = None
    lat: str | None = None
    sheet: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows.

    ``numbers`` are the lines (tables; the header is 1) or feature numbers (from 1); geometries
    are in ``crs``; ``problems`` are coordinates that could not be read. ``builtin`` columns the
    format has of itself, filled or not: a column that somebody made goes before them.
    """

    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    rows: tuple[dict[str, str], ...]
    geometries: tuple[BaseGeometry | None, ...]
    crs: str
    crs_from: str
    problems: tuple[Problem, ...] = ()
    builtin: frozenset[str] = frozenset()


def read_table(source: Source) -> Table:
    """Read a GeoPackage, Shapefile (also zipped), GeoJSON, KML, CSV or XLSX file.

    Raises
    ------
    ImportRefusedError
        If the file does not exist or can't be read, its format or CRS is unknown, or it has
        several layers and none is chosen.
    """
    suffix = source.path.suffix.lower()
    if not source.path.is_file():
        raise ImportRefusedError(f"没有文件 {source.path}。/ there is no file {source.path}")
    if suffix in CSV_SUFFIXES:
        return _with_points(source, _csv_lines(source))
    if suffix in XLSX_SUFFIXES:
        return _with_points(source, _xlsx_lines(source))
    if suffix in GEO_SUFFIXES:
        return _geo_table(source)
    known = ", ".join(sorted(CSV_SUFFIXES | XLSX_SUFFIXES | GEO_SUFFIXES))
    name = suffix or source.path.name
    raise ImportRefusedError(
        f"不支持的格式 {name}，可用：{known}。/ unknown format {name!r}; known: {known}"
    )


Line = tuple[int, list[str]]


def read_lines(source: Source) -> list[Line]:
    """Return the lines of a CSV or XLSX file, cells as texts; the header is line 1.

    Raises
    ------
    ImportRefusedError
        If the file does not exist, can't be read, or is no table.
    """
    if not source.path.is_file():
        raise ImportRefusedError(f"没有文件 {source.path}。/ there is no file {source.path}")
    suffix = source.path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        return _csv_lines(source)
    if suffix in XLSX_SUFFIXES:
        return _xlsx_lines(source)
    raise ImportRefusedError(
        f"不支持的格式 {suffix}，可用：.csv, .xlsx。/ unknown format {suffix!r}; known: .csv, .xlsx"
    )


def _csv_lines(source: Source) -> list[Line]:
    content = source.path.read_bytes()
    for encoding in (source.encoding,) if source.encoding else ENCODINGS:
        try:
            decoded = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return [(i, row) for i, row in enumerate(csv.reader(io.StringIO(decoded)), start=1)]
    raise ImportRefusedError(
        f"{source.path.name} 的文字编码不是 {source.encoding or 'UTF-8 或 GB18030'}，"
        "请用 --encoding 指明。"
        f"/ {source.path.name} is no text in {source.encoding or 'UTF-8 or GB18030'}; "
        "say which with --encoding"
    )


def _xlsx_lines(source: Source) -> list[Line]:
    import openpyxl  # noqa: PLC0415 - slow, and only this format needs it

    try:
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever zip and XML raise
        raise ImportRefusedError(
            f"{source.path.name} 不是可读的 XLSX 文件：{error}。"
            f"/ {source.path.name} is no readable XLSX file: {error}"
        ) from error
    try:
        if source.sheet is not None and source.sheet not in book.sheetnames:
            raise ImportRefusedError(
                f"没有工作表 {source.sheet}，现有：{', '.join(book.sheetnames)}。"
                f"/ there is no sheet {source.sheet!r}; there are {', '.join(book.sheetnames)}"
            )
        sheet = book[source.sheet or book.sheetnames[0]]
        rows = sheet.iter_rows(values_only=True)
        return [(i, [cell_text(cell) for cell in row]) for i, row in enumerate(rows, start=1)]
    finally:
        book.close()


def cell_text(value: Any) -> str:
    """Return a cell as text; whole numbers without a decimal point, nothing as the empty text.

    Examples
    --------
    >>> [cell_text(value) for value in (350582005001.0, 24.5, None, float("nan"), " 沙塘 ")]
    ['350582005001', '24.5', '', '', '沙塘']
    """
    if value is None or value is np.ma.masked:
        return ""
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    content = str(value).strip()
    return "" if content == "NaT" else content


def _with_points(source: Source, lines: list[Line]) -> Table:
    if not lines:
        raise ImportRefusedError(f"{source.path.name} 是空文件。/ {source.path.name} is empty")
    columns = tuple(cell.strip() for cell in lines[0][1])
    named = [column for column in columns if column]
    if len(set(named)) != len(named):
        listed = ", ".join(named)
        raise ImportRefusedError(
            f"有重名的列：{listed}。/ two columns have the same name: {listed}"
        )
    crs, crs_from = _crs_in_force(source, None)
    used = [line for line in lines[1:] if any(cell.strip() for cell in line[1])]
    for number, cells in used:
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise ImportRefusedError(
                f"第 {number} 行的单元格比表头多。"
                f"/ line {number} has more cells than the header has columns"
            )
    rows = tuple(
        {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
        for _, cells in used
    )
    numbers = tuple(number for number, _ in used)
    geometries, problems = _geometries(source, tuple(named), numbers, rows)
    return Table(tuple(named), numbers, rows, geometries, crs, crs_from, problems)


def _geometries(
    source: Source,
    columns: tuple[str, ...],
    numbers: tuple[int, ...],
    rows: tuple[dict[str, str], ...],
) -> tuple[tuple[BaseGeometry | None, ...], tuple[Problem, ...]]:
    for chosen in (source.lon, source.lat):
        if chosen is not None and chosen not in columns:
            raise ImportRefusedError(
                f"文件没有列 {chosen}，现有：{', '.join(columns)}。"
                f"/ the file has no column {chosen!r}; it has {', '.join(columns)}"
            )
    lon = source.lon or find_column(columns, LON_ALIASES)
    lat = source.lat or find_column(columns, LAT_ALIASES)
    wkt = find_column(columns, WKT_ALIASES)
    geometries: list[BaseGeometry | None] = []
    problems: list[Problem] = []
    for number, row in zip(numbers, rows, strict=True):
        try:
            geometries.append(_geometry(row, lon, lat, wkt))
        except ValueError as error:
            geometries.append(None)
            problems.append(Problem(number, "", str(error)))
    return tuple(geometries), tuple(problems)


def _geometry(
    row: dict[str, str], lon: str | None, lat: str | None, wkt: str | None
) -> BaseGeometry | None:
    if wkt is not None and row.get(wkt):
        try:
            return shapely.force_2d(shapely.from_wkt(row[wkt]))
        except shapely.GEOSException:
            raise ValueError(
                f"{row[wkt][:40]} 不是 WKT 几何 / {row[wkt][:40]!r} is no WKT geometry"
            ) from None
    if lon is None or lat is None or not (row.get(lon) or row.get(lat)):
        return None
    return Point(_number(lon, row.get(lon, "")), _number(lat, row.get(lat, "")))


def _number(column: str, cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        raise ValueError(
            f"{column}：{cell} 不是数字 / {column}: {cell!r} is not a number"
        ) from None
    if not math.isfinite(number):
        raise ValueError(
            f"{column}：{cell} 不是有限的数 / {column}: {cell!r} is not a finite number"
        )
    return number


def _geo_table(source: Source) -> Table:
    from pyogrio import raw  # noqa: PLC0415 - GDAL is slow to load
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    is_kml = source.path.suffix.lower() == ".kml"
    plain = plainly_named(source.path) if is_kml else nullcontext((source.path, NO_NAMES))
    try:
        with plain as (path, own):
            layer = _layer(source, path)
            encoding = source.encoding
            meta, _, wkb, cells = raw.read(path, layer=layer, encoding=encoding, force_2d=True)
    except (DataSourceError, DataLayerError) as error:
        raise ImportRefusedError(
            f"{source.path.name} 无法读取：{error}。/ {source.path.name} can't be read: {error}"
        ) from error
    crs, crs_from = _crs_in_force(source, meta["crs"])
    columns = tuple(own.get(str(name), str(name)) for name in meta["fields"])
    count = len(wkb)
    rows = tuple(
        {column: cell_text(cells[j][i]) for j, column in enumerate(columns)} for i in range(count)
    )
    geometries = tuple(shapely.from_wkb(wkb, on_invalid="ignore").tolist())
    problems = tuple(
        Problem(
            i + 1,
            "",
            "几何无法读取（环的点太少？） / "
            "the geometry can't be read (a ring with too few points?)",
        )
        for i in range(count)
        if wkb[i] is not None and geometries[i] is None
    )
    numbers = tuple(range(1, count + 1))
    builtin = frozenset(columns) - set(own.values()) if is_kml else frozenset()
    return Table(columns, numbers, rows, geometries, crs, crs_from, problems, builtin)


def _layer(source: Source, path: Path) -> str:
    from pyogrio import list_layers  # noqa: PLC0415 - GDAL is slow to load

    layers = [str(name) for name, kind in list_layers(path) if kind is not None]
    if source.sheet is not None and source.sheet in layers:
        return source.sheet
    if source.sheet is None and len(layers) == 1:
        return layers[0]
    raise ImportRefusedError(
        f"{source.path.name} 有图层：{', '.join(layers) or '没有带几何的图层'}，请用 --sheet 选择。"
        f"/ {source.path.name} has the layers {', '.join(layers) or 'none with geometry'}; "
        "choose one with --sheet"
    )


def _crs_in_force(source: Source, of_file: str | None) -> tuple[str, str]:
    """Return the CRS and who said so; what a person says goes before what the file says."""
    if source.crs is not None:
        said = f"--crs；文件写明 / the file says {of_file}" if of_file else "--crs"
        return named_crs(source.crs), said
    if source.path.suffix.lower() in LONLAT_SUFFIXES:
        return named_crs(of_file or "EPSG:4326"), "文件或其格式 / the file or its format"
    if of_file:
        return named_crs(of_file), "文件 / the file"
    raise ImportRefusedError(
        f"{source.path.name} 没有写明坐标系，请用 --crs 指明。"
        f"/ {source.path.name} does not say in which coordinate reference system it is; "
        "say it with "
        "--crs, e.g. --crs EPSG:4549, --crs EPSG:4326, --crs GCJ-02 (AMap) or --crs BD-09 (Baidu)"
    )
