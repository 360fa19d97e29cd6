"""Tables as files that are written while they are sent: CSV and XLSX, a few rows in memory.

A cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV
Injection"): names and notes come from devices and people.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from data.domain.weeks import SHANGHAI

Cell = str | int | float | datetime | None
Rows = Iterable[Sequence[Sequence[Cell]]]

#: What begins a formula, in the widths and with the blanks that spreadsheets overlook.
_FORMULA: Final = re.compile(r"^[\s\0]*[=+\-@＝＋－＠|%]|^[\t\r\n]")
#: What XML cannot carry.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: A sheet ends at row 1,048,576.
SHEET_ROWS: Final = 1_000_000
_DAY_S: Final = 86_400
#: Day 0 of a spreadsheet.
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> neutral("=HYPERLINK(0)"), neutral("沙塘 3-1")
    ("'=HYPERLINK(0)", '沙塘 3-1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def csv_chunks(titles: Sequence[str], parts: Rows) -> Iterator[bytes]:
    """Yield a CSV file: UTF-8 with a byte order mark, so that Excel reads Chinese; times local."""
    yield b"\xef\xbb\xbf" + _csv_lines([titles])
    for rows in parts:
        yield _csv_lines(rows)


def _csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _csv_cell(cell: Cell) -> str | int | float | None:
    if isinstance(cell, datetime):
        return f"{cell.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return neutral(cell) if isinstance(cell, str) else cell


class _Sink(io.RawIOBase):
    """Takes what the archive writes and gives it away; it cannot seek."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        held = bytes(content)  # type: ignore[call-overload]
        self._held.append(held)
        return len(held)

    def take(self) -> bytes:
        taken = b"".join(self._held)
        self._held.clear()
        return taken


def xlsx_chunks(name: str, titles: Sequence[str], parts: Rows) -> Iterator[bytes]:
    """Yield an XLSX file (ECMA-376); a sheet that is full is followed by another one.

    Parameters
    ----------
    name
        Of the sheets, followed by their number; at most 25 characters.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        sheets = 0
        for sheets, sheet in enumerate(_sheets(parts), start=1):
            yield from _sheet(archive, sink, sheets, titles, sheet)
        for path, content in _book(name, sheets).items():
            archive.writestr(path, _HEAD + content)
    yield sink.take()


def _sheets(parts: Rows) -> Iterator[Iterator[Sequence[Sequence[Cell]]]]:
    """Yield one iterator of parts for each sheet; there is always a first one."""
    source = iter(parts)
    ended = False

    def until_full() -> Iterator[Sequence[Sequence[Cell]]]:
        nonlocal ended
        room = SHEET_ROWS
        for part in source:
            yield part
            room -= len(part)
            if room < len(part):
                return
        ended = True

    while not ended:
        yield until_full()


def _sheet(
    archive: zipfile.ZipFile,
    sink: _Sink,
    number: int,
    titles: Sequence[str],
    parts: Iterator[Sequence[Sequence[Cell]]],
) -> Iterator[bytes]:
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as sheet:
        frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        views = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        widths = f'<cols><col min="1" max="{len(titles)}" width="20" customWidth="1"/></cols>'
        start = f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}{widths}<sheetData>'
        sheet.write((start + _row(titles, style=2)).encode())
        yield sink.take()
        for rows in parts:
            sheet.write("".join(map(_row, rows)).encode("utf-8", "replace"))
            yield sink.take()
        sheet.write(b"</sheetData></worksheet>")


def _row(cells: Sequence[Cell], style: int = 0) -> str:
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>"


def _cell(cell: Cell, style: int) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, datetime):
        days = (cell.astimezone(SHANGHAI) - _EPOCH).total_seconds() / _DAY_S
        return f'<c s="1"><v>{days:.8f}</v></c>'
    if isinstance(cell, str):
        text = escape(neutral(_NOT_XML.sub("", cell)))
        return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{cell}</v></c>"


def _book(name: str, sheets: int) -> dict[str, str]:
    """Return what stands around the sheets."""
    numbers = range(1, sheets + 1)
    title = escape(name, {'"': "&quot;"})
    listed = "".join(f'<sheet name="{title} {n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in numbers
    )
    sheet = f"{_RELATIONS}/worksheet"
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{sheet}" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    xml = "application/vnd.openxmlformats-package.relationships+xml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{xml}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{typed}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId0" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


#: 0 as it is, 1 a time to the second, 2 a bold title.
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
