import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from callbacks.http import tables
from callbacks.http.tables import csv_chunks, neutral, xlsx_chunks

AT = datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)
EVIL = "=cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "  =1", "＝1", "＠x", "|x", "\n1"],
)
def test_what_begins_a_formula_is_made_a_text(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "沙塘 3-1", "a=b", "3 号楼 -1 层"])
def test_usual_texts_stay(text):
    assert neutral(text) == text


def test_csv_is_read_by_excel_and_python():
    content = b"".join(csv_chunks(["时间", "名"], [[[AT, EVIL]], [[None, 'a"b\n,c'], [3, 1.5]]]))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["时间", "名"],
        ["2026-11-22 10:24:07", f"'{EVIL}"],
        ["", 'a"b\n,c'],
        ["3", "1.5"],
    ]


def test_csv_takes_a_lone_surrogate():
    assert b"a?b" in b"".join(csv_chunks(["x"], [[["a\ud800b"]]]))


def test_xlsx_has_times_numbers_and_no_formula():
    parts = [[[AT, EVIL, 3]], [[None, "<&>\x00\x0b\ud800 ", 1.5]]]
    book = load_workbook(io.BytesIO(b"".join(xlsx_chunks("报警", ["时间", "名", "数"], parts))))
    (sheet,) = book.worksheets
    assert sheet.title == "报警 1"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["时间", "名", "数"],
        [datetime(2026, 11, 22, 10, 24, 7), f"'{EVIL}", 3],  # noqa: DTZ001 - a sheet has no zone
        [None, "<&> ", 1.5],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n", "d"}
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"


def test_xlsx_without_rows_is_a_file():
    book = load_workbook(io.BytesIO(b"".join(xlsx_chunks("报警", ["a"], []))))
    assert book.worksheets[0].max_row == 1


def test_a_full_sheet_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(tables, "SHEET_ROWS", 4)
    parts = [[[n], [n + 1]] for n in range(0, 10, 2)]
    content = b"".join(xlsx_chunks("t", ["n"], parts))
    sheets = load_workbook(io.BytesIO(content)).worksheets
    values = [[row[0].value for row in sheet.iter_rows(min_row=2)] for sheet in sheets]
    assert values == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_files_come_in_parts_while_rows_are_read():
    asked = []

    def parts():
        for number in range(200):
            asked.append(number)
            yield [[f"{number} {n} 烟雾偏高" * 5] for n in range(50)]

    made = xlsx_chunks("t", ["n"], parts())
    sizes = [len(next(made)) for _ in range(20)]
    assert len(asked) < 25
    whole = sizes + [len(chunk) for chunk in made]
    assert max(whole) < 200_000


def test_the_archive_is_whole():
    content = b"".join(xlsx_chunks("t", ["n"], [[[1]]]))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
