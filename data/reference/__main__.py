"""``python -m data.reference import FILE --layer …``: official data into the database."""

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable
from sqlalchemy.engine import make_url

from data.reference.change import Kind
from data.reference.errors import ImportRefusedError
from data.reference.fields import Layer
from data.reference.importing import Outcome, Request, run_import
from data.reference.read import Source
from data.settings import Settings
from data.store.database import Database

MAX_SHOWN = 50
MAX_ACTOR = 24

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def reference() -> None:
    """Maintain the reference data of Xintang; see docs/official-data.md."""


@app.command("import")
def import_file(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command line
    file: Annotated[
        Path, typer.Argument(help="GPKG, SHP, ZIP (with SHP), GeoJSON, KML, CSV, XLSX")
    ],
    layer: Annotated[Layer, typer.Option(help="what the rows are")],
    crs: Annotated[str | None, typer.Option(help="EPSG:<number>, GCJ-02 or BD-09")] = None,
    lon: Annotated[str | None, typer.Option(help="column of longitude or easting")] = None,
    lat: Annotated[str | None, typer.Option(help="column of latitude or northing")] = None,
    sheet: Annotated[str | None, typer.Option(help="sheet or layer within the file")] = None,
    encoding: Annotated[str | None, typer.Option(help="e.g. gb18030, where not found out")] = None,
    column: Annotated[
        list[str] | None, typer.Option("--map", help="field=column, may be repeated")
    ] = None,
    replace: Annotated[bool, typer.Option(help="remove what is not in the file")] = False,
    large: Annotated[
        bool, typer.Option("--allow-large-change", help="more than half of the rows may go")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show, but write nothing")] = False,
) -> None:
    """Import official data, wholly or not at all; exit code 1 if it is refused."""
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
        database = _database(Settings())
        try:
            outcome = run_import(database, request, at=datetime.now(UTC), actor=_actor())
        finally:
            database.close()
    except ImportRefusedError as error:
        console.print(f"refused: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    _report(console, outcome)
    if outcome.problems:
        raise typer.Exit(1)


def _pairs(texts: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, column in pairs:
        if not (name and equals and column):
            raise typer.BadParameter(
                f"{name}{equals}{column} is not field=column", param_hint="--map"
            )
    return {name: column for name, _, column in pairs}


def _database(settings: Settings) -> Database:
    url = make_url(settings.sql_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ImportRefusedError(
            f"there is no database {url.database} yet; start the application once, "
            "or say where it is with XT_DATA_DIR or XT_DATABASE_URL"
        )
    return Database(settings.sql_url)


def _actor() -> str:
    try:
        return getpass.getuser()[:MAX_ACTOR]
    except (OSError, KeyError):
        return "import"


def _report(console: Console, outcome: Outcome) -> None:
    table = outcome.table
    console.print(
        f"{len(table.rows)} rows, CRS {table.crs} (from {table.crs_from}), stored as EPSG:4326",
        markup=False,
        soft_wrap=True,
    )
    columns = (f"{name} ← {column}" for name, column in outcome.parsed.columns.items())
    console.print(f"columns: {', '.join(columns)}", markup=False, soft_wrap=True)
    if outcome.problems:
        _report_problems(console, outcome)
        return
    _report_changes(console, outcome)
    counts = ", ".join(f"{number} {kind}" for kind, number in outcome.plan.counts().items())
    end = "written" if outcome.written else "nothing written (--dry-run)"
    console.print(f"{outcome.plan.layer}: {counts}; {end}", markup=False, soft_wrap=True)


def _report_problems(console: Console, outcome: Outcome) -> None:
    shown = RichTable("row", "id", "reason")
    for problem in outcome.problems[:MAX_SHOWN]:
        row = "" if problem.row is None else str(problem.row)
        shown.add_row(row, problem.id, problem.reason)
    console.print(shown, markup=False)
    hidden = len(outcome.problems) - MAX_SHOWN
    more = f" ({hidden} not shown)" if hidden > 0 else ""
    console.print(f"refused: {len(outcome.problems)} problems{more}; nothing written", style="red")


def _report_changes(console: Console, outcome: Outcome) -> None:
    changes = [c for c in outcome.plan.changes if c.kind is not Kind.UNCHANGED]
    if not changes:
        return
    shown = RichTable("row", "id", "change", "columns")
    for change in changes[:MAX_SHOWN]:
        row = "" if change.row is None else str(change.row)
        columns = ", ".join(change.values) if change.kind is Kind.CHANGED else ""
        shown.add_row(row, change.id, str(change.kind), columns)
    console.print(shown, markup=False)
    if len(changes) > MAX_SHOWN:
        console.print(f"… and {len(changes) - MAX_SHOWN} more")


if __name__ == "__main__":
    app()
