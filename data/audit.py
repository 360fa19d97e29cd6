"""The audit at the command line: ``python -m data.audit verify``."""

import os
from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console

from data.audit_keeper import ANCHORS, findings
from data.console import run
from data.settings import load_settings
from data.store.database import Database


def make_cli(open_database: Callable[[], Database], console: Console, anchors: Path) -> typer.Typer:
    """Return the commands, working on the database that ``open_database`` opens."""
    cli = typer.Typer(no_args_is_help=True, help="The audit.")

    @cli.callback()
    def named() -> None:
        """Look after the audit."""

    @cli.command(name="verify")
    def verify_audit() -> None:
        """Find rows that were changed, removed, inserted or moved; exit code 1 if there are any."""
        newest, found = findings(open_database(), anchors)
        for one in found:
            console.print(f"{one.fault}: {one.text}", style="red", markup=False, soft_wrap=True)
        if found:
            raise typer.Exit(1)
        console.print(f"审计完整 / the audit is whole, up to row {newest}", highlight=False)

    return cli


if __name__ == "__main__":
    run(
        lambda open_database, _now, console: make_cli(
            open_database, console, load_settings(os.environ).data_dir / ANCHORS
        )
    )
