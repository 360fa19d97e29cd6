import io
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from data.embedded import free_port
from data.errors import StartError
from data.home import GB26875_PORT
from data.launch import bind, bind_for_transmitters, complete, prepare_demo, show_sign_ins
from data.settings import Settings
from data.store.database import Database
from data.store.migrate import upgrade
from data.users import DEMO_ACCOUNTS
from tests.lane import build

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_a_busy_port_is_one_sentence_with_the_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(StartError, match=rf"Port {port} is in use; .*XT_FEEDS_PORT"),
            bind("127.0.0.1", port, name="XT_FEEDS_PORT"),
        ):
            pass


def test_a_host_that_is_not_here_is_one_sentence() -> None:
    with (
        pytest.raises(StartError, match=r"Can't listen on 203\.0\.113\.7:8050"),
        bind("203.0.113.7", 8050),
    ):
        pass


def test_a_bound_socket_is_handed_on_by_its_number() -> None:
    with bind("127.0.0.1", 0) as first, bind("", 0, first.fileno()) as second:
        assert second.getsockname() == first.getsockname()
        second.detach()  # the same file; only one of them may close it


def test_a_key_that_was_left_empty_comes_from_its_file(tmp_path: Path) -> None:
    settings = complete(Settings(data_dir=tmp_path))
    assert complete(Settings(data_dir=tmp_path)) == settings
    assert settings.secret_key.get_secret_value() == (tmp_path / "secret.key").read_text()

    told = complete(Settings(data_dir=tmp_path / "b", secret_key=SecretStr("s")))
    assert told.secret_key.get_secret_value() == "s"
    assert list((tmp_path / "b").iterdir()) == []


def prepared(tmp_path: Path, **settings: object) -> dict[str, str] | None:
    return prepare_demo(
        Settings.model_validate({"data_dir": tmp_path, **settings}),
        Console(file=io.StringIO()),
        NOW,
    )


def test_a_second_start_knows_the_same_sign_ins(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'xintang.db'}"
    upgrade(url)
    database = Database(url)
    build(database)  # something stands on the ground: no demo town
    database.close()
    first = prepared(tmp_path)
    assert first is not None
    assert set(first) == set(DEMO_ACCOUNTS)
    assert prepared(tmp_path) == first
    assert prepared(tmp_path, demo_password="a-long-password") == dict.fromkeys(
        first, "a-long-password"
    )


def test_sign_ins_are_shown_whole_or_not_at_all() -> None:
    console = Console(file=io.StringIO(), width=80)
    show_sign_ins(console, None)
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]
    show_sign_ins(console, {"duty": "[bold]x1"})
    assert "[bold]x1" in console.file.getvalue()  # type: ignore[attr-defined]


def test_the_demo_s_transmitters_get_a_port_that_nobody_else_uses(tmp_path: Path) -> None:
    told = tmp_path / GB26875_PORT
    with ExitStack() as stack:
        settings, listening = bind_for_transmitters(Settings(data_dir=tmp_path), stack)
        assert listening is not None
        host, port = listening.getsockname()
        assert (settings.gb26875_host, settings.gb26875_port) == (host, port) == ("127.0.0.1", port)
        assert told.read_text() == str(port)
        again, other = bind_for_transmitters(Settings(data_dir=tmp_path), stack)
        assert other is not None
        assert again.gb26875_port not in {port, None}
        assert told.read_text() == str(again.gb26875_port)
    assert not told.exists()


def test_without_the_demo_the_port_is_the_set_one_or_closed(tmp_path: Path) -> None:
    with ExitStack() as stack:
        (tmp_path / GB26875_PORT).write_text("8052")  # of a launcher that was killed
        closed = Settings(data_dir=tmp_path, simulate=False)
        assert bind_for_transmitters(closed, stack) == (closed, None)
        chosen = Settings(data_dir=tmp_path, gb26875_port=free_port())
        settings, listening = bind_for_transmitters(chosen, stack)
        assert listening is not None
        assert settings.gb26875_port == listening.getsockname()[1]
        assert (tmp_path / GB26875_PORT).read_text() == str(settings.gb26875_port)
    assert list(tmp_path.iterdir()) == []
