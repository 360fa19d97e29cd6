import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from geo.risk.__main__ import app
from tests.geo.risk.cities import city

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    events = city(seed=9, events=3000)
    path = tmp_path_factory.mktemp("city") / "incidents.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("day,x,y,house\n")
        for (x, y), day, wanted in zip(events.xy, events.day, events.wanted, strict=True):
            when = date(1970, 1, 1) + timedelta(int(day))
            file.write(f"{when},{118.6 + x / 101_000:.6f},{24.8 + y / 110_900:.6f},{int(wanted)}\n")
    return path


def run(path: Path, *more: str, train_end: str = "2020-12-31", test_end: str = "2021-06-30"):
    asked = ["backtest", "--events", str(path), "--lon", "x", "--lat", "y", "--date", "day"]
    ends = ["--train-end", train_end, "--test-end", test_end]
    return RUNNER.invoke(app, [*asked, *ends, *more])


def test_it_prints_the_table_writes_the_picture_and_ends_with_one_line_of_json(
    incidents: Path, tmp_path: Path
):
    png = tmp_path / "it.png"
    result = run(incidents, "--filter", "house=1", "--json", "--png", str(png))
    assert result.exit_code == 0, result.output
    assert "raw counts" in result.stdout
    figures = json.loads(result.stdout.splitlines()[-1])
    assert list(figures) == ["model", "raw_counts", "kde_200", "kde_500", "oracle"]
    model = figures["model"]
    assert model["pai@10"] == pytest.approx(model["hit@10"] / 0.1, rel=1e-3)
    assert 0.05 < model["hit@5"] < model["hit@10"] < model["hit@20"] < 1
    with Image.open(png) as picture:
        assert picture.format == "PNG"
        assert len(picture.convert("RGB").resize((200, 200)).getcolors(40_000)) > 50


def test_the_same_file_gives_the_same_line(incidents: Path, tmp_path: Path):
    more = ("--json", "--png", str(tmp_path / "it.png"))
    one, other = run(incidents, *more), run(incidents, *more)
    assert one.stdout.splitlines()[-1] == other.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("more", "ends", "reason"),
    [
        (("--filter", "house"), {}, "COLUMN=VALUE"),
        (("--filter", "house=7"), {}, "commonest values"),
        ((), {"train_end": "then"}, "not a date"),
        ((), {"train_end": "2022-01-01"}, "later than --train-end"),
        ((), {"train_end": "2000-01-01"}, "nothing to forecast from"),
        ((), {"train_end": "2029-01-01", "test_end": "2030-01-01"}, "nothing to compare with"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_sentence(
    incidents: Path, tmp_path: Path, more: tuple[str, ...], ends: dict[str, str], reason: str
):
    result = run(incidents, *more, "--png", str(tmp_path / "it.png"), **ends)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "it.png").exists()


def test_a_picture_that_can_not_be_written_is_said(incidents: Path, tmp_path: Path):
    result = run(incidents, "--png", str(tmp_path / "no" / "it.png"))
    assert result.exit_code == 2
    assert "No such file" in result.stderr
