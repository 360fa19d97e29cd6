"""What command lines share: the database of the settings, and refusals in one sentence."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import typer
from rich.console import Console

from data.domain.errors import DomainError
from data.errors import StartError
from data.settings import load_settings
from data.store.database import Database

T = TypeVar("T")

#: Makes the commands from what opens the database, what tells the time (UTC), and where to print.
MakeCli = Callable[[Callable[[], Database], Callable[[], datetime], Console], typer.Typer]


def run(make_cli: MakeCli) -> None:
    """Run the commands on the database of the settings; wrong settings are one sentence."""
    console = Console()
    try:
        url = load_settings(os.environ).sql_url
    except StartError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    make_cli(lambda: Database(url), lambda: datetime.now(UTC), console)()


def said(console: Console, action: Callable[[], T]) -> T:
    """Run an action; a domain error becomes one sentence and exit code 1."""
    try:
        return action()
    except DomainError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
