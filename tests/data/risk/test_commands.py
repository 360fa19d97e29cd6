"""``python -m data.risk``: what it shows, and what it refuses."""

import io
import json
from datetime import UTC, datetime

import pytest
from rich.console import Console
from sqlalchemy import update
from typer.testing import CliRunner

from data.risk.__main__ import make_cli
from data.store.database import Database
from data.store.models import RiskForecast, RiskScore
from tests.data.store.weekrows import MONDAY, ground

SATURDAY = datetime(2026, 11, 14, 4, tzinfo=UTC)


def ask(database: Database, *words: str, now: datetime = SATURDAY) -> tuple[int, str]:
    printed = io.StringIO()
    console = Console(file=printed, width=160)
    done = CliRunner().invoke(make_cli(lambda: database, lambda: now, console), list(words))
    return done.exit_code, printed.getvalue()


def test_a_week_is_frozen_once_scored_when_it_is_over_and_listed(database: Database) -> None:
    ground(database)
    assert ask(database, "freeze") == (0, "已封存 / frozen: 2026-W47\n")
    assert ask(database, "freeze") == (1, "the week of 2026-11-16 has its forecast\n")
    assert ask(database, "score") == (0, "")
    after = MONDAY.replace(day=23)
    assert ask(database, "score", now=after) == (0, "2026-W47: 0\n")
    code, text = ask(database, "status")
    assert code == 0
    assert "2026-W47" in text
    assert "数据不足" in text
    assert "no week with an event is over" in text
    with database.writing() as session:
        score = session.get_one(RiskScore, MONDAY.date().replace(day=16))
        hits = {name: {share: [1.0] for share in by} for name, by in score.figures["hits"].items()}
        score.figures = json.loads(json.dumps({**score.figures, "events": 1, "hits": hits}))
    assert (
        "1 events in 1 weeks; hit rate at 10 % of area: model 100.0%" in ask(database, "status")[1]
    )


def test_a_damaged_forecast_is_said_and_ends_with_1(database: Database) -> None:
    ground(database)
    ask(database, "freeze")
    with database.writing() as session:
        session.execute(update(RiskForecast).values(body=b"x"))
    code, text = ask(database, "score", now=MONDAY.replace(day=23))
    assert code == 1
    assert "was changed after it was written" in text


@pytest.mark.parametrize("command", ["freeze", "score"])
def test_without_any_community_it_says_so(database: Database, command: str) -> None:
    assert ask(database, command) == (1, "there is no community yet\n")
