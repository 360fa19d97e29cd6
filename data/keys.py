"""Keys of the HTTP way in: ``python -m data.keys add|list|revoke``; and that of the first start."""

import getpass
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.orm import Session

from data.commands.keys import wish_as_json
from data.console import run, said
from data.domain.api_keys import RATE_PER_S, ApiKey, KeyScope, KeyWish
from data.domain.errors import NotFoundError
from data.domain.words import DeviceKind
from data.home import API_KEY, key_from
from data.store import api_keys
from data.store.database import Database
from data.store.models import Audit

#: The key of the first start: the simulator's, as fast as its town is large.
SIMULATOR: Final = KeyWish("simulator", rate_per_s=None)
NAME_LENGTH: Final = 24


def ensure_first_key(database: Database, folder: Path, now: datetime) -> None:
    """See that the key in the data directory's file is one of ours, unless somebody revoked it.

    The file is how the simulator learns its key. A file of before, or beside another database,
    is taken as it is.
    """
    key = key_from(folder, API_KEY)
    with database.reading() as session:
        if api_keys.is_kept(session, key):
            return
    with database.writing() as session:
        before = api_keys.in_use(session, SIMULATOR.name)
        if before is not None:  # its file is gone
            api_keys.revoke(session, before.id, "system", now)
        added = api_keys.add(session, SIMULATOR, key, "system", now)
        _audit(session, "key.added", added, "system", now)


def keep_first_key(database: Database, folder: Path, now: datetime) -> None:
    """Take over the key of an earlier version, where there is one: its senders go on."""
    if (folder / API_KEY).exists():
        ensure_first_key(database, folder, now)


def make_cli(
    open_database: Callable[[], Database], now: Callable[[], datetime], console: Console
) -> typer.Typer:
    """Return the commands, working on the database that ``open_database`` opens."""
    cli = typer.Typer(no_args_is_help=True, help="Keys of those who send over HTTP.")

    @cli.command()
    def add(
        name: str,
        scope: Annotated[list[KeyScope] | None, typer.Option(help="What it opens.")] = None,
        community: Annotated[
            list[str] | None, typer.Option(help="Only for devices of this community (its code).")
        ] = None,
        kind: Annotated[
            list[DeviceKind] | None, typer.Option(help="Only for devices of this kind.")
        ] = None,
        rate: Annotated[
            int, typer.Option(min=0, help="Readings a second; 0: as many as it likes.")
        ] = RATE_PER_S,
    ) -> None:
        """Make a key and show it, this once."""
        scopes = frozenset(scope or [KeyScope.READINGS])
        wish = KeyWish(
            name, scopes, frozenset(community or ()), frozenset(kind or ()), rate or None
        )
        key = api_keys.new_key()
        database = open_database()
        with database.writing() as session:
            added = said(console, lambda: api_keys.add(session, wish, key, _whoami(), now()))
            _audit(session, "key.added", added, _whoami(), now())
        console.print(f"密钥只显示这一次 / shown this once: {name}", markup=False, highlight=False)
        console.print(key, markup=False, highlight=False, soft_wrap=True)

    @cli.command(name="list")
    def list_keys() -> None:
        """List the keys, revoked ones too."""
        with open_database().reading() as session:
            console.print(_table(api_keys.every(session)))

    @cli.command()
    def revoke(
        name: str, reason: Annotated[str, typer.Option(help="Why, for the audit.")] = ""
    ) -> None:
        """Close a key for good; it takes effect within 2 s."""
        with open_database().writing() as session:
            closed = said(console, lambda: _revoke(session, name, now()))
            _audit(session, "key.revoked", closed, _whoami(), now(), reason)
        console.print(f"已吊销 / revoked: {name}", markup=False, highlight=False)

    return cli


def _revoke(session: Session, name: str, at: datetime) -> ApiKey:
    found = api_keys.in_use(session, name)
    if found is None:
        raise NotFoundError(f"no key in use is named {name!r}")
    return api_keys.revoke(session, found.id, _whoami(), at)


def _audit(
    session: Session, action: str, key: ApiKey, by: str, at: datetime, reason: str = ""
) -> None:
    detail = {"id": key.id, **wish_as_json(key)}
    row = {"subject": f"key:{key.name}", "reason": reason, "detail": detail}
    session.add(Audit(at=at, actor=by, action=action, **row))


def _whoami() -> str:
    """Return who sits at the command line."""
    try:
        return f"os:{getpass.getuser()}"[:NAME_LENGTH]
    except (KeyError, OSError):  # a user of a container that has no name
        return f"os:{os.getuid()}"


def _table(keys: list[ApiKey]) -> Table:
    name = Column("name", no_wrap=True, min_width=max((len(key.name) for key in keys), default=4))
    table = Table(name, "opens", "communities", "kinds", "per s", "made", "last used", "revoked")
    for key in keys:
        table.add_row(
            key.name,
            _list(key.scopes),
            _list(key.communities) or "*",
            _list(key.kinds) or "*",
            "*" if key.rate_per_s is None else str(key.rate_per_s),
            f"{_when(key.created_at)} {key.created_by}",
            _when(key.last_used_at),
            f"{_when(key.revoked_at)} {key.revoked_by or ''}".strip(),
        )
    return table


def _list(words: frozenset[str] | frozenset[KeyScope] | frozenset[DeviceKind]) -> str:
    return ", ".join(sorted(map(str, words)))


def _when(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(" ", "minutes")


if __name__ == "__main__":
    run(make_cli)
