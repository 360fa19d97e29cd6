"""Keys at the command line, and the key of the first start."""

import stat
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from data.domain.words import DeviceKind
from data.keys import ensure_first_key, keep_first_key, make_cli
from data.store import api_keys
from data.store.database import Database
from data.store.models import ApiKeyRow, Audit
from tests.lane import T0, Lane, build


@pytest.fixture
def run(database: Database) -> object:
    build(database)

    def run(*words: str) -> Result:
        console = Console(width=200)
        cli = make_cli(lambda: database, lambda: T0, console)
        with console.capture() as said:
            result = CliRunner().invoke(cli, words)
        result.said = said.get()  # type: ignore[attr-defined]
        return result

    return run


def rows(database: Database, model: type) -> list:
    with database.reading() as session:
        return session.query(model).order_by(model.id).all()


def test_a_key_is_shown_once_listed_and_revoked(run, database: Database) -> None:
    made = run("add", "water", "--community", "350582005001", "--kind", "pressure", "--rate", "9")
    assert made.exit_code == 0, made.said
    key = made.said.strip().splitlines()[-1]
    (row,) = rows(database, ApiKeyRow)
    assert row.key_hash == api_keys.hash_of(key)
    assert (row.communities, row.kinds, row.rate_per_s) == (["350582005001"], ["pressure"], 9)
    assert row.created_by.startswith("os:")

    listed = run("list").said
    assert "water" in listed
    assert key not in listed
    assert run("revoke", "water", "--reason", "lost").exit_code == 0
    again = run("revoke", "water")
    assert (again.exit_code, "no key in use" in again.said) == (1, True)
    audits = [(a.action, a.subject, a.reason) for a in rows(database, Audit)]
    assert audits == [("key.added", "key:water", ""), ("key.revoked", "key:water", "lost")]
    assert key not in str([a.detail for a in rows(database, Audit)])


def test_what_can_not_be_is_one_sentence(run, database: Database) -> None:
    assert run("add", "a", "--scope", "metrics", "--rate", "0").exit_code == 0
    (row,) = rows(database, ApiKeyRow)
    assert (row.scopes, row.rate_per_s) == (["metrics"], None)
    taken = run("add", "a")
    assert (taken.exit_code, "in use" in taken.said) == (1, True)
    unknown = run("add", "b", "--community", "1")
    assert (unknown.exit_code, "no community '1'" in unknown.said) == (1, True)
    assert len(rows(database, Audit)) == 1


def test_the_first_start_makes_a_key_and_the_second_keeps_it(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    ensure_first_key(database, folder, T0)
    key = (folder / "api.key").read_text("ascii")
    assert stat.S_IMODE((folder / "api.key").stat().st_mode) == 0o600
    ensure_first_key(database, folder, T0)
    (row,) = rows(database, ApiKeyRow)
    assert (row.name, row.key_hash, row.rate_per_s) == ("simulator", api_keys.hash_of(key), None)

    (folder / "api.key").unlink()  # lost: a new one takes its place
    ensure_first_key(database, folder, T0)
    old, new = rows(database, ApiKeyRow)
    assert old.revoked_at == T0
    assert new.key_hash == api_keys.hash_of((folder / "api.key").read_text("ascii"))

    with database.writing() as session:
        api_keys.revoke(session, new.id, "admin", T0)
    ensure_first_key(database, folder, T0)  # what an admin closed stays closed
    with database.reading() as session:
        assert api_keys.hashes(session) == []


def test_a_key_file_of_before_is_taken_as_it_is(lane: Lane, tmp_path: Path) -> None:
    keep_first_key(lane.database, tmp_path, T0)
    assert lane.rows(ApiKeyRow) == []
    (tmp_path / "api.key").write_text("a-key-of-before", "ascii")
    keep_first_key(lane.database, tmp_path, T0)
    with lane.database.reading() as session:
        found = api_keys.matching("a-key-of-before", api_keys.hashes(session))
    assert found is not None
    assert found.covers("anywhere", DeviceKind.GAS)
