"""``python -m data.reference import FILE --layer …``: official data into the database."""

import getpass
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Column
from rich.table import Table as RichTable
from sqlalchemy.engine import make_url

from data.errors import StartError
from data.reference.addresses import import_addresses
from data.reference.change import Kind
from data.reference.errors import ImportRefusedError, Problem
from data.reference.fields import Layer
from data.reference.importing import Outcome, Request, run_import
from data.reference.read import Source
from data.settings import Settings, load_settings
from data.store.database import Database

MAX_SHOWN = 50
MAX_ACTOR = 24
CHANGES: Final[Mapping[str, str]] = {
    Kind.NEW: "新增",
    Kind.CHANGED: "更改",
    Kind.UNCHANGED: "不变",
    Kind.REMOVED: "移除",
    Kind.DISABLED: "停用",
    "kept": "保留",
}

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def reference() -> None:
    """维护新塘的参考数据 / Maintain the reference data of Xintang; see docs/official-data.md."""


@app.command("import")
def import_file(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command line
    file: Annotated[
        Path, typer.Argument(help="GPKG, SHP, ZIP (with SHP), GeoJSON, KML, CSV, XLSX")
    ],
    layer: Annotated[Layer, typer.Option(help="数据种类 / what the rows are")],
    crs: Annotated[str | None, typer.Option(help="坐标系 / EPSG:<number>, GCJ-02 or BD-09")] = None,
    lon: Annotated[str | None, typer.Option(help="经度列 / column of longitude or easting")] = None,
    lat: Annotated[str | None, typer.Option(help="纬度列 / column of latitude or northing")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="工作表或图层 / sheet or layer within the file")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="文字编码 / e.g. gb18030, where not found out")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--map", help="字段=列，可重复 / field=column, may be repeated"),
    ] = None,
    replace: Annotated[
        bool, typer.Option(help="移除文件里没有的 / remove what is not in the file")
    ] = False,
    large: Annotated[
        bool,
        typer.Option(
            "--allow-large-change", help="允许移除过半 / more than half of the rows may go"
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只显示，不写入 / show, but write nothing")
    ] = False,
) -> None:
    """导入正式数据 / Import official data, wholly or not at all; exit code 1 if it is refused."""
    console = Console()
    request = Request(
        Source(file, crs, lon, lat, sheet, encoding),
        layer,
        _pairs(column or []),
        replace=replace,
        allow_large_change=large,
        dry_run=dry_run,
    )
    try:
        database = _database(load_settings(os.environ))
        try:
            outcome = run_import(database, request, at=datetime.now(UTC), actor=_actor())
        finally:
            database.close()
    except (ImportRefusedError, StartError) as error:
        console.print(f"未导入 / refused: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    _report(console, outcome)
    if outcome.problems:
        raise typer.Exit(1)


@app.command("addresses")
def import_address_table(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX; columns in docs/gb26875.md")],
    sheet: Annotated[str | None, typer.Option(help="工作表 / sheet")] = None,
    encoding: Annotated[str | None, typer.Option(help="文字编码 / e.g. gb18030")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不写入 / check, but write nothing")
    ] = False,
) -> None:
    """导入用传地址表 / Import transmitters and their parts, wholly or not at all."""
    console = Console()
    source = Source(file, sheet=sheet, encoding=encoding)
    try:
        database = _database(load_settings(os.environ))
        try:
            outcome = import_addresses(
                database, source, at=datetime.now(UTC), actor=_actor(), dry_run=dry_run
            )
        finally:
            database.close()
    except (ImportRefusedError, StartError) as error:
        console.print(f"未导入 / refused: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    if outcome.problems:
        _report_problems(console, outcome.problems)
        raise typer.Exit(1)
    ends = ("已写入", "written") if outcome.written else ("未写入（--dry-run）", "nothing written")
    same = len(outcome.rows) - outcome.new - outcome.changed
    console.print(
        f"新增 {outcome.new}，更改 {outcome.changed}，不变 {same}；{ends[0]} / "
        f"{outcome.new} new, {outcome.changed} changed, {same} unchanged; {ends[1]}",
        markup=False,
        soft_wrap=True,
    )


def _pairs(texts: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, column in pairs:
        if not (name and equals and column):
            raise typer.BadParameter(
                f"{name}{equals}{column} 不是 字段=列 / {name}{equals}{column} is not field=column",
                param_hint="--map",
            )
    return {name: column for name, _, column in pairs}


def _database(settings: Settings) -> Database:
    url = make_url(settings.sql_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ImportRefusedError(
            f"还没有数据库 {url.database}，请先启动一次应用，"
            "或用 XT_DATA_DIR、XT_DATABASE_URL 指明。"
            f"/ there is no database {url.database} yet; start the application once, "
            "or say where it is with XT_DATA_DIR or XT_DATABASE_URL"
        )
    return Database(settings.sql_url)


def _actor() -> str:
    try:
        return getpass.getuser()[:MAX_ACTOR]
    except (OSError, KeyError):
        return "import"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _report(console: Console, outcome: Outcome) -> None:
    table = outcome.table
    console.print(
        f"{len(table.rows)} 行，坐标系 {table.crs}（{table.crs_from}），存为 EPSG:4326 / "
        f"{_rows(len(table.rows))}, CRS {table.crs} (from {table.crs_from}), stored as EPSG:4326",
        markup=False,
        soft_wrap=True,
    )
    columns = (f"{name} ← {column}" for name, column in outcome.parsed.columns.items())
    console.print(f"列 / columns: {', '.join(columns)}", markup=False, soft_wrap=True)
    if outcome.problems:
        _report_problems(console, outcome.problems)
        return
    _report_changes(console, outcome)
    counted = outcome.plan.counts()
    chinese = "，".join(f"{CHANGES[kind]} {number}" for kind, number in counted.items())
    english = ", ".join(f"{number} {kind}" for kind, number in counted.items())
    ends = ("已写入", "written")
    if not outcome.written:
        ends = ("未写入（--dry-run）", "nothing written (--dry-run)")
    text = f"{outcome.plan.layer}：{chinese}；{ends[0]} / {english}; {ends[1]}"
    console.print(text, markup=False, soft_wrap=True)


def _report_problems(console: Console, problems: Sequence[Problem]) -> None:
    shown = RichTable("行 / row", "编号 / id", Column("原因 / reason", overflow="fold"))
    for problem in problems[:MAX_SHOWN]:
        row = "" if problem.row is None else str(problem.row)
        shown.add_row(row, problem.id, problem.reason)
    console.print(shown, markup=False)
    number = len(problems)
    hidden = number - MAX_SHOWN
    left = (f"（另有 {hidden} 个未列出）", f" ({hidden} not shown)") if hidden > 0 else ("", "")
    count = "1 problem" if number == 1 else f"{number} problems"
    console.print(
        f"未导入：{number} 个问题{left[0]}，没有写入 / refused: {count}{left[1]}; nothing written",
        style="red",
        soft_wrap=True,
    )


def _report_changes(console: Console, outcome: Outcome) -> None:
    changes = [c for c in outcome.plan.changes if c.kind is not Kind.UNCHANGED]
    if not changes:
        return
    shown = RichTable("行 / row", "编号 / id", "变化 / change", "列 / columns")
    for change in changes[:MAX_SHOWN]:
        row = "" if change.row is None else str(change.row)
        columns = ", ".join(change.values) if change.kind is Kind.CHANGED else ""
        shown.add_row(row, change.id, f"{CHANGES[change.kind]} / {change.kind}", columns)
    console.print(shown, markup=False)
    if len(changes) > MAX_SHOWN:
        more = len(changes) - MAX_SHOWN
        console.print(f"… 另有 {more} 条 / and {more} more")


if __name__ == "__main__":
    app()
