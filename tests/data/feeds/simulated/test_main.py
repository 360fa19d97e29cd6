import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from data.embedded import free_port
from data.feeds.simulated.__main__ import main
from data.feeds.simulated.scenarios import SCENARIOS


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The command, in a directory of its own and without anybody's settings."""
    for name in [name for name in os.environ if name.startswith("XT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XT_PORT", str(free_port()))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    made = typer.Typer()
    made.command()(main)
    return made


def test_the_list_names_every_scenario(program: typer.Typer) -> None:
    answer = CliRunner().invoke(program, [])
    assert answer.exit_code == 0
    assert all(name in answer.output for name in SCENARIOS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fire-in-sanhey"], "There is no scenario fire-in-sanhey"),
        (["power-cut"], "does not answer: make run"),
    ],
)
def test_what_is_wrong_is_one_sentence(program: typer.Typer, words: list[str], said: str) -> None:
    answer = CliRunner().invoke(program, words)
    assert answer.exit_code == 1
    assert said in answer.output
    assert len(answer.output.strip().splitlines()) == 1
