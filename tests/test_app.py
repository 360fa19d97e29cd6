"""The launcher as a user meets it: real processes, real signals."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from data.embedded import free_port
from tests.servers import (
    ROOT,
    Application,
    descendants,
    environment_of,
    is_running,
    launch,
    run_application,
    wait_for,
)

PARTS = ("redis-server", "app.py web", "app.py worker")


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of app.py to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        cwd=folder,
        env=environment_of(folder, free_port(), **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def one_sentence(answer: subprocess.CompletedProcess[str]) -> str:
    """What a start that failed said: one line, no traceback."""
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    return answer.stderr


def gone(pids: list[int]) -> bool:
    return not any(is_running(pid) for pid in pids)


@pytest.mark.parametrize("url", ["foo", "mysql://u:p@127.0.0.1/d"])
@pytest.mark.parametrize("command", [[], ["migrate"]])
def test_a_database_that_is_none(tmp_path: Path, url: str, command: list[str]) -> None:
    said = one_sentence(run(tmp_path, *command, XT_DATABASE_URL=url))
    assert "XT_DATABASE_URL 应为 sqlite:///" in said


def test_a_short_demo_password_is_told_before_the_town_is_made(tmp_path: Path) -> None:
    said = one_sentence(run(tmp_path, XT_DEMO_PASSWORD="short"))
    assert "XT_DEMO_PASSWORD 需要 10" in said
    assert not (tmp_path / "var" / "xintang.db").exists()


def test_a_busy_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = one_sentence(run(tmp_path, XT_PORT=port))
    assert f"端口 {port} 已被占用" in said
    assert f"Port {port} is in use; stop what uses it, or set XT_PORT." in said


def test_a_broken_data_directory(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("not a directory")
    assert "var can't be used" in one_sentence(run(tmp_path))
    (tmp_path / "var").unlink()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "xintang.db").write_text("not a database " * 100)
    assert "file is not a database" in one_sentence(run(tmp_path))


def test_an_unknown_setting_and_a_wrong_one(tmp_path: Path) -> None:
    assert "no setting XT_PROT" in one_sentence(run(tmp_path, XT_PROT="8050"))
    assert "XT_DEMO_DEVICES" in one_sentence(run(tmp_path, XT_DEMO_DEVICES="12"))


def test_no_redis_server(tmp_path: Path) -> None:
    said = one_sentence(run(tmp_path, XT_REDIS_URL=f"redis://127.0.0.1:{free_port()}"))
    assert "Redis" in said
    assert "XT_REDIS_URL" in said


def test_a_process_on_its_own_needs_a_redis_and_a_migrated_database(
    tmp_path: Path, redis_url: str
) -> None:
    assert "needs XT_REDIS_URL" in one_sentence(run(tmp_path, "worker"))
    assert "app.py migrate" in one_sentence(run(tmp_path, "web", XT_REDIS_URL=redis_url))
    assert run(tmp_path, "migrate").returncode == 0


@pytest.mark.timeout(300)
def test_two_starts_print_the_same_sign_ins_and_stop_without_a_trace(
    tmp_path: Path, town_file: Path
) -> None:
    with run_application(tmp_path, town=town_file, XT_DEMO_PASSWORD="") as first:
        before = sign_ins(first)
        assert first.url in first.output
        pids = first.pids
        assert all(first.child(part) for part in PARTS)
        assert_stops(first, signal.SIGINT)
        assert gone(pids)
        assert "Traceback" not in first.output
    with run_application(tmp_path, XT_DEMO_PASSWORD="") as second:
        assert sign_ins(second) == before
        second.passwords = before
        pids = second.pids
        with second.client() as client, client.stream("GET", "/live/events") as stream:
            next(stream.iter_raw())
            assert_stops(second, signal.SIGTERM)
        assert gone(pids)


def sign_ins(application: Application) -> dict[str, str]:
    """Read the table that the launcher prints."""
    wait_for(lambda: "admin" in application.output)
    lines = [line for line in application.output.splitlines() if line.startswith("│")]
    rows = dict(line.strip("│ ").split("│") for line in lines)
    found = {name.strip(): password.strip() for name, password in rows.items()}
    assert set(found) == {"duty", "leader", "admin"}
    return found


def assert_stops(application: Application, number: signal.Signals) -> None:
    started = time.monotonic()
    application.process.send_signal(number)
    assert application.process.wait(10) == 0
    assert time.monotonic() - started < 8


@pytest.mark.timeout(300)
def test_killed_parts_come_back_and_a_killed_launcher_takes_them_along(
    tmp_path: Path, town_file: Path
) -> None:
    with run_application(tmp_path, town=town_file) as own:
        for part in PARTS:
            before = own.child(part)
            os.kill(before, signal.SIGKILL)
            wait_for(lambda: own.child(part) not in {0, before}, 30)  # noqa: B023
            assert f"{part.split()[-1].removesuffix('-server')} stopped; it is" in own.output
        wait_for(own.is_ready, 60)
        pids = own.pids
        own.process.kill()
        own.process.wait()
        wait_for(lambda: gone(pids), 5)


def test_the_first_start_makes_everything_private(application: Application) -> None:
    var = application.folder / "var"
    assert var.stat().st_mode & 0o077 == 0
    assert (var / "xintang.db").exists()
    made = {path.name: path.stat().st_mode & 0o777 for path in var.glob("*.key")}
    assert made == {"api.key": 0o600, "secret.key": 0o600}
    with application.client() as client:
        assert client.get("/live/snapshot").status_code == 200


@pytest.mark.timeout(300)
def test_web_worker_and_feeds_run_on_their_own(
    tmp_path: Path, town_file: Path, redis_url: str
) -> None:
    """As in production: one command each, here with two web processes on one port."""
    (tmp_path / "var").mkdir()
    shutil.copy(town_file, tmp_path / "var" / "xintang.db")
    assert run(tmp_path, "demo").returncode == 0
    port, feeds_port = free_port(), free_port()
    environment = environment_of(
        tmp_path, port, XT_REDIS_URL=redis_url, XT_FEEDS_PORT=str(feeds_port)
    )
    commands = [["web", "--workers", "2"], ["worker"], ["feeds"]]
    with (tmp_path / "output.txt").open("wb") as output:
        processes = [
            subprocess.Popen(
                [sys.executable, str(ROOT / "app.py"), *command],
                cwd=tmp_path,
                env=environment,
                stdout=output,
                stderr=output,
            )
            for command in commands
        ]
    try:
        for answering in (port, feeds_port):
            wait_for(lambda: ready(answering), 60)  # noqa: B023
        running = Application(processes[0], port, tmp_path, environment)
        with running.client() as client:
            assert client.get("/live/snapshot").status_code == 200
        wait_for(lambda: len(descendants(processes[0].pid)) == 2)
        feeds = Application(processes[2], feeds_port, tmp_path, environment)
        taken = feeds.post_readings([{"device_id": "nobody"}])
        assert taken.json()["rejected"][0]["index"] == 0, taken.text
    finally:
        pids = [p for process in processes for p in (process.pid, *descendants(process.pid))]
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)
    assert gone(pids)


def ready(port: int) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


def test_a_part_that_can_never_start_ends_the_launcher_with_a_sentence(
    tmp_path: Path, town_file: Path
) -> None:
    # A module of the same name in front of the real one: the worker can't even be imported.
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(
        "import sys\nif 'worker' in sys.argv: raise SystemExit('broken on purpose')\n"
    )
    application = launch(tmp_path, town=town_file, PYTHONPATH=str(tmp_path / "broken"))
    assert application.process.wait(60) == 1
    assert "worker can't start" in application.output
