"""The audit's chain on SQLite and on PostgreSQL: what is done to it is found."""

import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from redis import Redis
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from typer.testing import CliRunner

from data.audit import make_cli
from data.audit_keeper import ANCHORS, AuditKeeper, findings, read_anchors
from data.domain.audit import PRUNED, Fault
from data.live.audit_state import read_state
from data.store.database import Database
from data.store.migrate import SCRIPTS, upgrade
from data.store.models import Audit
from tests.lane import T0

ROWS = 6
NOT_THERE = Path("/nonexistent")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, database: Database) -> Database:
    """An audit of six rows."""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_database")
    for number in range(1, ROWS + 1):
        add(database, f"row-{number}")
    return database


def add(database: Database, action: str, days: int = 0) -> None:
    with database.writing() as session:
        detail = {"value": 1.5, "名": "值"}
        at = T0 + timedelta(days=days)
        session.add(Audit(at=at, actor="duty", action=action, detail=detail))


def tamper(database: Database, *statements: str) -> None:
    """Do what somebody does who rules the database."""
    with database.writing() as session:
        if database.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            session.execute(text("DROP TRIGGER audit_unchanged"))
            session.execute(text("DROP TRIGGER audit_kept"))
        for statement in statements:
            session.execute(text(statement))


def faults(database: Database, anchors: Path = NOT_THERE) -> list[tuple[str, int]]:
    return [(str(one.fault), one.id) for one in findings(database, anchors)[1]]


def test_rows_that_nobody_touched_are_whole(database: Database) -> None:
    assert findings(database, NOT_THERE) == (ROWS, [])


COLUMNS = "at, actor, action, subject, address, result, reason, detail, before, after"
COPY = (
    f"INSERT INTO audit (id, {COLUMNS}, prev, hash) "  # noqa: S608
    f"SELECT 7, {COLUMNS}, hash, hash FROM audit"
)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit SET reason = 'x' WHERE id = 3"], [(Fault.CHANGED, 3)]),
        (["UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 3"], [(Fault.CHANGED, 3)]),
        (["DELETE FROM audit WHERE id IN (3, 4)"], [(Fault.MISSING, 3)]),
        (["DELETE FROM audit WHERE id = 1"], [(Fault.BEGINNING, 2)]),
        (["DELETE FROM audit WHERE id >= 5"], [(Fault.CUT, 5)]),
        (["DELETE FROM audit"], [(Fault.CUT, 1)]),
        (
            [f"{COPY} WHERE id = 6"],
            [(Fault.CHANGED, 7), (Fault.BEHIND, 7)],
        ),
        (
            [
                "UPDATE audit SET id = 99 WHERE id = 3",
                "UPDATE audit SET id = 3 WHERE id = 4",
                "UPDATE audit SET id = 4 WHERE id = 99",
            ],
            [
                (Fault.OUT_OF_ORDER, 3),
                (Fault.CHANGED, 3),
                (Fault.OUT_OF_ORDER, 4),
                (Fault.CHANGED, 4),
                (Fault.OUT_OF_ORDER, 5),
            ],
        ),
    ],
)
def test_what_was_done_to_the_rows_is_found(
    database: Database, statements: list[str], found: list[tuple[Fault, int]]
) -> None:
    tamper(database, *statements)
    assert faults(database) == found


def test_who_also_moves_the_head_back_is_found_by_the_anchor(
    database: Database, tmp_path: Path
) -> None:
    keeper(database, tmp_path).step()
    assert stat.S_IMODE((tmp_path / ANCHORS).stat().st_mode) == 0o600
    assert [mark.id for mark in read_anchors(tmp_path / ANCHORS)] == [ROWS]
    back = "UPDATE audit_head SET last_id = 4, last_hash = (SELECT hash FROM audit WHERE id = 4)"
    tamper(database, back, "DELETE FROM audit WHERE id > 4")
    assert faults(database) == []
    assert faults(database, tmp_path / ANCHORS) == [(Fault.CUT, 5)]
    for number in (5, 6):
        add(database, f"other-{number}")
    assert faults(database, tmp_path / ANCHORS) == [(Fault.REWRITTEN, 6)]


def keeper(database: Database, folder: Path, days: int = 0) -> AuditKeeper:
    kept = timedelta(days=366)
    redis = Redis.from_url("redis://127.0.0.1:1")  # nobody is there
    return AuditKeeper(database, redis, folder, kept, lambda: T0 + timedelta(days=days))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET reason = 'x' WHERE id = 3",
        "DELETE FROM audit WHERE id = 3",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_change_or_delete(database: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="audit"), database.writing() as session:
        session.execute(text(statement))
    assert faults(database) == []


def test_retention_leaves_a_chain_that_can_be_verified(database: Database, tmp_path: Path) -> None:
    add(database, "young", days=300)
    keeper(database, tmp_path).step()
    keeper(database, tmp_path, days=400).prune()
    with database.reading() as session:
        rows = session.query(Audit).order_by(Audit.id).all()
    assert [(row.id, row.action) for row in rows] == [(7, "young"), (8, PRUNED)]
    assert rows[1].detail["rows"] == ROWS
    assert faults(database, tmp_path / ANCHORS) == []
    keeper(database, tmp_path, days=800).prune()
    assert faults(database, tmp_path / ANCHORS) == []
    add(database, "younger", days=800)
    tamper(database, "DELETE FROM audit WHERE id = 9")
    assert faults(database) == [(Fault.BEGINNING, 10)]


def test_writers_at_the_same_time_make_one_chain(database: Database) -> None:
    start = threading.Barrier(4)

    def write(name: str) -> None:
        start.wait()
        for number in range(5):
            add(database, f"{name}-{number}")

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert findings(database, NOT_THERE) == (ROWS + 20, [])


def test_what_is_rolled_back_leaves_no_row(database: Database) -> None:
    with database.writing() as session:
        session.add(Audit(at=T0, actor="duty", action="lost"))
        session.rollback()
    with database.writing() as session:
        session.add(Audit(at=T0, actor="duty", action="first"))
        with session.begin_nested() as attempt:
            session.add(Audit(at=T0, actor="duty", action="lost"))
            session.flush()
            attempt.rollback()
        with session.begin_nested():
            session.add(Audit(at=T0, actor="duty", action="second"))
    with database.reading() as session:
        actions = [row.action for row in session.query(Audit).order_by(Audit.id)]
    assert actions[ROWS:] == ["first", "second"]
    assert faults(database) == []


@pytest.fixture
def verify(database: Database, tmp_path: Path) -> Callable[[], tuple[int, str]]:
    def run() -> tuple[int, str]:
        console = Console(width=200)
        cli = make_cli(lambda: database, console, tmp_path / ANCHORS)
        with console.capture() as said:
            result = CliRunner().invoke(cli, ["verify"])
        return result.exit_code, said.get()

    return run


def test_the_command_line_says_which_row(
    database: Database, verify: Callable[[], tuple[int, str]]
) -> None:
    assert verify() == (0, f"审计完整 / the audit is whole, up to row {ROWS}\n")
    tamper(database, "DELETE FROM audit WHERE id = 2")
    code, said = verify()
    assert (code, said) == (1, "missing: rows 2 to 2 are missing\n")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_rows_of_before_are_chained(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_url")
    revision = ScriptDirectory(str(SCRIPTS)).get_revision("0022")
    assert revision is not None
    upgrade(url, str(revision.down_revision))
    database = Database(url)
    old = text(
        "INSERT INTO audit (id, at, actor, action, subject, address, reason, detail)"
        " VALUES (:id, '2026-01-01 08:00:00.123456', 'duty', :action, '', '', '值', '{\"b\": 1}')"
    )
    with database.writing() as session:
        for number, action in ((1, "sign-in"), (3, "sign-in-failed"), (4, "x")):
            session.execute(old, {"id": number, "action": action})
    upgrade(url)
    with database.writing() as session:
        assert [row.result for row in session.query(Audit).order_by(Audit.id)] == [
            "done",
            "refused",
            "done",
        ]
        session.add(Audit(at=T0, actor="duty", action="new"))
    assert findings(database, NOT_THERE) == (5, [])
    database.close()


def test_the_keeper_tells_what_it_found(database: Database, redis: Redis, tmp_path: Path) -> None:
    one = AuditKeeper(database, redis, tmp_path, timedelta(days=366), lambda: T0)
    assert read_state(redis) is None
    one.verify()
    whole = {"at": 1780286400000, "newest": ROWS, "count": 0, "findings": []}
    assert read_state(redis) == whole
    tamper(database, "DELETE FROM audit WHERE id = 2")
    one.verify()
    state = read_state(redis)
    assert state is not None
    assert [(found["fault"], found["id"]) for found in state["findings"]] == [("missing", 2)]
