import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from sqlalchemy import select
from typer.testing import CliRunner

from data.domain.accounts import AccountExistsError, PasswordError
from data.domain.errors import NotAllowedError, NotFoundError
from data.domain.words import Role
from data.store.database import Database
from data.store.displays import Displays
from data.store.management import Audit, User, UserSession
from data.store.users import Client, Users, token_hash
from data.users import DEMO_ACCOUNTS, ensure_demo_users, make_cli
from tests.tables import create_tables

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
PASSWORD = "correct horse"
HERE = Client("192.0.2.7", "Firefox")


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    create_tables(database)
    yield database
    database.close()


@pytest.fixture
def users(database):
    users = Users(database)
    users.add("wang", Role.DUTY, "值班员 1", PASSWORD, NOW)
    return users


def actions(database):
    with database.reading() as session:
        return list(session.scalars(select(Audit.action).order_by(Audit.id)))


def test_password_is_kept_as_argon2id_only(users, database):
    with database.reading() as session:
        kept = session.scalar(select(User.password_hash))
    assert kept.startswith("$argon2id$")


def test_sign_in_opens_a_session_and_keeps_only_the_tokens_hash(users, database):
    opened = users.sign_in("wang", PASSWORD, NOW, HERE)
    assert users.find_session(token_hash(opened.token), NOW) == opened.signed_in
    with database.reading() as session:
        row = session.scalar(select(UserSession))
    assert (row.token_hash, row.address, row.browser) == (
        token_hash(opened.token),
        "192.0.2.7",
        "Firefox",
    )
    assert actions(database) == ["account-added", "sign-in"]


@pytest.mark.parametrize(("name", "password"), [("wang", "wrong horse"), ("nobody", PASSWORD)])
def test_sign_in_refused_is_written_down(users, database, name, password):
    assert users.sign_in(name, password, NOW, HERE) is None
    with database.reading() as session:
        row = session.scalars(select(Audit).order_by(Audit.id.desc())).first()
    assert (row.action, row.actor, row.address) == ("sign-in-failed", name, "192.0.2.7")


def test_disabled_account_can_neither_sign_in_nor_use_its_session(users):
    opened = users.sign_in("wang", PASSWORD, NOW, HERE)
    users.disable("wang", NOW)
    assert users.find_session(opened.signed_in.token_hash, NOW) is None
    assert users.sign_in("wang", PASSWORD, NOW, HERE) is None


def test_session_ends_after_twelve_hours_unless_renewed(users):
    hashed = users.sign_in("wang", PASSWORD, NOW, HERE).signed_in.token_hash
    assert users.find_session(hashed, NOW + timedelta(hours=11)) is not None
    users.renew(hashed, Role.DUTY, NOW + timedelta(hours=11))
    assert users.find_session(hashed, NOW + timedelta(hours=22)) is not None
    assert users.find_session(hashed, NOW + timedelta(hours=23)) is None


def test_session_of_a_display_never_ends(users, database):
    hashed = paired(users, database).token_hash
    assert users.find_session(hashed, NOW + timedelta(days=4000)) is not None


def paired(users, database):
    waiting = Displays(database)
    screen = waiting.begin(NOW, HERE)
    console = Console(width=200)
    cli = make_cli(lambda: database, lambda: NOW, console)
    with console.capture() as said:
        result = CliRunner().invoke(cli, ["pair", screen.code.lower(), "二楼 指挥大厅"])
    assert (result.exit_code, "paired: 二楼 指挥大厅" in said.get()) == (0, True)
    return waiting.fetch(screen.secret, NOW, HERE).signed_in


def test_a_display_has_no_password(users, database):
    with pytest.raises(NotAllowedError, match="paired"):
        users.add("wall", Role.DISPLAY, "大屏", PASSWORD, NOW)
    display = paired(users, database)
    assert users.sign_in(display.name, "!", NOW, HERE) is None
    users.reset_password(display.name, PASSWORD, NOW)
    assert users.sign_in(display.name, PASSWORD, NOW, HERE) is None


def test_sign_out_ends_only_that_session(users):
    first = users.sign_in("wang", PASSWORD, NOW, HERE).signed_in
    second = users.sign_in("wang", PASSWORD, NOW, HERE).signed_in
    users.sign_out(first, NOW, HERE)
    assert users.find_session(first.token_hash, NOW) is None
    assert users.find_session(second.token_hash, NOW) == second


def test_revoke_by_prefix_and_all(users):
    held = [users.sign_in("wang", PASSWORD, NOW, HERE).signed_in.token_hash for _ in range(3)]
    assert users.revoke("wang", NOW, prefix=held[0]) == 1
    assert {view.token_hash for view in users.sessions(NOW)} == set(held[1:])
    assert users.revoke("wang", NOW) == 2
    assert users.sessions(NOW, "wang") == []


def test_reset_password_ends_sessions(users):
    opened = users.sign_in("wang", PASSWORD, NOW, HERE)
    users.reset_password("wang", "another horse", NOW)
    assert users.find_session(opened.signed_in.token_hash, NOW) is None
    assert users.fits("wang", "another horse")
    assert not users.fits("wang", PASSWORD)


def test_bad_accounts_are_refused_by_name(users):
    with pytest.raises(PasswordError, match="at least 10"):
        users.add("li", Role.DUTY, "", "short", NOW)
    with pytest.raises(AccountExistsError, match="wang"):
        users.add("wang", Role.DUTY, "", PASSWORD, NOW)
    with pytest.raises(NotFoundError, match="nobody"):
        users.revoke("nobody", NOW)


def test_demo_accounts_random_passwords_are_kept_and_repeated(database, tmp_path):
    kept = tmp_path / "demo-signin.txt"
    first = ensure_demo_users(database, None, NOW, kept)
    assert set(first) == set(DEMO_ACCOUNTS)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert ensure_demo_users(database, None, NOW, kept) == first
    assert all(Users(database).fits(name, word) for name, word in first.items())


def test_demo_accounts_take_the_set_password_later(database, tmp_path):
    kept = tmp_path / "demo-signin.txt"
    ensure_demo_users(database, None, NOW, kept)
    shown = ensure_demo_users(database, PASSWORD, NOW, kept)
    assert shown == dict.fromkeys(DEMO_ACCOUNTS, PASSWORD)
    assert Users(database).fits("leader", PASSWORD)
    assert ensure_demo_users(database, None, NOW, kept) is None  # the kept ones are no longer true


def test_demo_accounts_leave_a_real_installation_alone(users, database, tmp_path):
    assert ensure_demo_users(database, PASSWORD, NOW, tmp_path / "x") is None
    assert [account.name for account in users.accounts()] == ["wang"]


def test_demo_sign_ins_that_changed_are_not_shown(database, tmp_path):
    kept = tmp_path / "demo-signin.txt"
    first = ensure_demo_users(database, None, NOW, kept)
    Users(database).reset_password("duty", "another horse", NOW)
    shown = ensure_demo_users(database, None, NOW, kept)
    assert shown == {name: word for name, word in first.items() if name != "duty"}
    kept.write_text(json.dumps(["nonsense"]))
    assert ensure_demo_users(database, None, NOW, kept) is None


@pytest.fixture
def run(database, tmp_path):
    runner = CliRunner()

    def run(*words, typed=""):
        out = tmp_path / "out"
        with out.open("w") as file:
            cli = make_cli(lambda: database, lambda: NOW, Console(file=file, width=160))
            result = runner.invoke(cli, list(words), input=typed)
        return result.exit_code, out.read_text()

    return run


def test_command_line_add_list_sessions_revoke(run, database):
    assert (
        run("add", "chen", "leader", "--label", "领导", typed=f"{PASSWORD}\n{PASSWORD}\n")[0] == 0
    )
    users = Users(database)
    assert users.fits("chen", PASSWORD)
    users.sign_in("chen", PASSWORD, NOW, HERE)
    assert "leader" in run("list")[1]
    assert "192.0.2.7" in run("sessions", "chen")[1]
    assert "1 sessions of chen ended" in run("revoke", "chen")[1]


def test_command_line_generated_password_works(run, database):
    code, out = run("add", "chen", "duty", "--generate")
    assert code == 0
    assert Users(database).fits("chen", out.splitlines()[0].removeprefix("password: "))
    code, out = run("reset", "chen", "--generate")
    assert Users(database).fits("chen", out.splitlines()[0].removeprefix("password: "))
    assert run("disable", "chen")[0] == 0
    assert "2026-11-22" in run("list")[1]


def test_command_line_errors_are_one_sentence(run):
    code, out = run("disable", "nobody")
    assert (code, out) == (1, "there is no account 'nobody'\n")
