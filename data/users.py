"""Accounts: ``python -m data.users add|reset|disable|pair|list|sessions|revoke``."""

import json
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from data.console import run, said
from data.domain.accounts import check_password
from data.domain.words import Role
from data.store import displays
from data.store.database import Database
from data.store.management import Audit
from data.store.users import Users

#: Demo accounts: name → role and what the screen calls them.
DEMO_ACCOUNTS: Final[dict[str, tuple[Role, str]]] = {
    "duty": (Role.DUTY, "值班员"),
    "leader": (Role.LEADER, "领导"),
    "admin": (Role.ADMIN, "管理员"),
}
SIGN_INS_FILE: Final = "demo-signin.txt"
HASH_SHOWN: Final = 12


def new_password() -> str:
    """Return a random password of 16 characters, about 95 bits."""
    return secrets.token_urlsafe(12)


def ensure_demo_users(
    database: Database, password: str | None, now: datetime, sign_ins: Path
) -> dict[str, str] | None:
    """Make the demo accounts once and return their passwords in the clear, to be printed.

    Parameters
    ----------
    database : Database
    password : str or None
        Password for every demo account (``XT_DEMO_PASSWORD``); ``None``: a random one each, kept
        in ``sign_ins`` (mode 600), so that a second start prints the same.
    now : datetime
    sign_ins : Path
        Usually ``data_dir / SIGN_INS_FILE``.

    Returns
    -------
    dict or None
        Name → password; ``None`` when other accounts exist but no demo ones, or when nothing is
        known that could be printed truthfully.
    """
    users = Users(database)
    existing = {account.name for account in users.accounts()}
    if existing and not existing & set(DEMO_ACCOUNTS):
        return None
    passwords = _choose(users, existing, password, sign_ins)
    for name, (role, label) in DEMO_ACCOUNTS.items():
        if not existing:
            users.add(name, role, label, passwords[name], now)
        elif name in passwords and not users.fits(name, passwords[name]) and password:
            users.reset_password(name, passwords[name], now)
    if password is None and not existing:
        _write_private(sign_ins, json.dumps(passwords, indent=1))
    return {name: word for name, word in passwords.items() if users.fits(name, word)} or None


def _choose(
    users: Users, existing: set[str], password: str | None, sign_ins: Path
) -> dict[str, str]:
    if password is not None:
        return {
            name: check_password(password)
            for name in DEMO_ACCOUNTS
            if not existing or name in existing
        }
    if not existing:
        return {name: new_password() for name in DEMO_ACCOUNTS}
    return _read_private(sign_ins)


def _read_private(path: Path) -> dict[str, str]:
    """Return the kept sign-ins; none if the file is gone or was edited into something else."""
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {str(name): str(word) for name, word in kept.items() if name in DEMO_ACCOUNTS}


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def make_cli(
    open_database: Callable[[], Database], now: Callable[[], datetime], console: Console
) -> typer.Typer:
    """Return the commands, working on the database that ``open_database`` opens."""
    cli = typer.Typer(no_args_is_help=True, help="Accounts and their sessions.")
    users = _Opened(open_database)

    @cli.command()
    def add(
        name: str,
        role: Role,
        label: Annotated[str, typer.Option(help="Shown on the screen.")] = "",
        generate: Annotated[bool, typer.Option(help="Make and print a password.")] = False,
    ) -> None:
        """Add an account."""
        password = _ask_password(console, generate=generate)
        said(console, lambda: users().add(name, role, label or name, password, now()))
        console.print(f"account {name} ({role}) added")

    @cli.command()
    def reset(
        name: str,
        generate: Annotated[bool, typer.Option(help="Make and print a password.")] = False,
    ) -> None:
        """Set a new password; ends the account's sessions."""
        password = _ask_password(console, generate=generate)
        said(console, lambda: users().reset_password(name, password, now()))
        console.print(f"new password set for {name}; open sessions ended")

    @cli.command()
    def disable(name: str) -> None:
        """Close an account; ends its sessions."""
        said(console, lambda: users().disable(name, now()))
        console.print(f"account {name} disabled")

    @cli.command(name="list")
    def list_accounts() -> None:
        """List the accounts."""
        console.print(_account_table(users()))

    @cli.command()
    def sessions(name: Annotated[str | None, typer.Argument()] = None) -> None:
        """List the open sessions."""
        console.print(_session_table(users(), now(), name))

    @cli.command()
    def revoke(
        name: str,
        session: Annotated[str, typer.Option(help="Only the session that starts so.")] = "",
    ) -> None:
        """End an account's sessions; takes effect within 2 s."""
        ended = said(console, lambda: users().revoke(name, now(), prefix=session))
        console.print(f"{ended} sessions of {name} ended")

    _add_pairing(cli, open_database, now, console)
    return cli


def _add_pairing(
    cli: typer.Typer,
    open_database: Callable[[], Database],
    now: Callable[[], datetime],
    console: Console,
) -> None:
    @cli.command()
    def pair(code: str, place: str) -> None:
        """Let in the screen that shows this code, at one place; `disable` shuts it out."""
        _pair(open_database(), console, code, place, now())


def _pair(database: Database, console: Console, code: str, place: str, now: datetime) -> None:
    with database.writing() as session:
        display = said(console, lambda: displays.pair(session, code, place, now))
        detail = {"name": display.name, "place": display.place}
        session.add(
            Audit(at=now, actor="system", action="display.paired", subject="display", after=detail)
        )
    console.print(f"{display.name} paired: {display.place}", markup=False, highlight=False)


class _Opened:
    """Opens the database at the first command, so that ``--help`` needs none."""

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open = open_database
        self._users: Users | None = None

    def __call__(self) -> Users:
        if self._users is None:
            self._users = Users(self._open())
        return self._users


def _ask_password(console: Console, *, generate: bool) -> str:
    if generate:
        password = new_password()
        console.print(f"password: {password}", markup=False, highlight=False)
        return password
    return str(typer.prompt("password", hide_input=True, confirmation_prompt=True))


def _account_table(users: Users) -> Table:
    table = Table("name", "role", "label", "created", "disabled")
    for account in users.accounts():
        disabled = account.disabled_at.isoformat(" ", "minutes") if account.disabled_at else ""
        created = account.created_at.isoformat(" ", "minutes")
        table.add_row(account.name, str(account.role), account.label, created, disabled)
    return table


def _session_table(users: Users, now: datetime, name: str | None) -> Table:
    table = Table("session", "name", "since", "ends", "address", "browser")
    for held in users.sessions(now, name):
        ends = held.expires_at.isoformat(" ", "minutes") if held.expires_at else "never"
        since = held.created_at.isoformat(" ", "minutes")
        short = held.token_hash[:HASH_SHOWN]
        table.add_row(short, held.name, since, ends, held.address, held.browser)
    return table


if __name__ == "__main__":
    run(make_cli)
