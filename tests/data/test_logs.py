import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from data.logs import configure_logging


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_both_kinds_of_messages_are_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("worker")
    structlog.get_logger().info("重建", devices=7)
    logging.getLogger("uvicorn.error").warning("slow %s", "client")
    try:
        int("broken")
    except ValueError:
        logging.getLogger("x").exception("it broke")
    first, second, third = map(json.loads, capsys.readouterr().err.splitlines())
    assert first | {"timestamp": ""} == {
        "event": "重建",
        "devices": 7,
        "level": "info",
        "process": "worker",
        "timestamp": "",
    }
    assert (second["event"], second["level"], second["process"]) == (
        "slow client",
        "warning",
        "worker",
    )
    assert "ValueError: invalid literal" in third["exception"]


def test_a_log_on_a_full_disk_ends_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        configure_logging("feeds")
        structlog.get_logger().warning("disk full")
        logging.getLogger("uvicorn.error").warning("disk full")
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()


def test_a_person_at_the_terminal_gets_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    configure_logging("web")
    structlog.get_logger().warning("redis is away")
    line = capsys.readouterr().err
    assert "redis is away" in line
    assert not line.startswith("{")
