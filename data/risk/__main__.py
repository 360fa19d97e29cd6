"""``python -m data.risk``: how the forecasts of the weeks stand; freeze or score them by hand."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table

from data.console import run, said
from data.domain.risk.records import RiskError
from data.domain.risk.verify import BASELINES, MODEL, TENTH, Verdict, judge
from data.domain.weeks import SHANGHAI, week_at, week_of_date
from data.risk import weeks
from data.risk.weeks import Town, load_town
from data.store import risk_forecasts
from data.store.database import Database
from data.store.risk_forecasts import WeekTold

UNKNOWN: Final = "–"
#: Events in the tenth of the area that was ranked first, by surface.
HEADINGS: Final = {MODEL: "model", "raw_counts": "raw", "kde_200": "kde 200", "kde_500": "kde 500"}


def make_cli(
    open_database: Callable[[], Database], now: Callable[[], datetime], console: Console
) -> typer.Typer:
    """Return the commands, working on the database that ``open_database`` opens."""
    cli = typer.Typer(no_args_is_help=True, help="Forecasts of the risk, week by week.")

    @cli.command()
    def status() -> None:
        """List the weeks with how good each forecast was, the newest first."""
        with open_database().reading() as session:
            told = risk_forecasts.weeks(session)
        console.print(_table(told))
        verdict = judge([week.score for week in told if week.score is not None])
        console.print(_verdict(verdict), markup=False, highlight=False)

    @cli.command()
    def freeze() -> None:
        """Write the coming week's forecast now; it can't be written again."""
        database, coming = open_database(), week_at(now()).shifted(1)
        town = said(console, lambda: _town(database))
        said(console, lambda: weeks.make_week(database, town, coming, now()))
        console.print(f"已封存 / frozen: {coming}", markup=False, highlight=False)

    @cli.command()
    def score() -> None:
        """Score every week that is over again, with the verdicts that came since."""
        database = open_database()
        town = said(console, lambda: _town(database))
        if not _score_all(database, town, now(), console):
            raise typer.Exit(1)

    return cli


def _town(database: Database) -> Town:
    town = load_town(database)
    if town is None:
        raise RiskError("there is no community yet")
    return town


def _score_all(database: Database, town: Town, now: datetime, console: Console) -> bool:
    """Score the weeks that are over; return False if one of the forecasts can't be read."""
    with database.reading() as session:
        told = risk_forecasts.weeks(session)
    fine = True
    for week in [week_of_date(one.week) for one in told]:
        if week.span.end > now:
            continue
        try:
            found = weeks.score_week(database, town, week.monday, now)
        except RiskError as error:
            fine = False
            console.print(f"{week}: {error}", style="red", markup=False)
        else:
            console.print(f"{week}: {found.events}", markup=False, highlight=False)
    return fine


def _table(told: Sequence[WeekTold]) -> Table:
    names = ("week", "made", "frozen", "data", "events", *HEADINGS.values())
    table = Table(
        *(Column(name, no_wrap=True) for name in names),
        box=box.SIMPLE,
        pad_edge=False,
        collapse_padding=True,
    )
    for one in told:
        score = one.score
        hits = [
            UNKNOWN if score is None else f"{sum(score.hits[name][TENTH]):.1f}" for name in HEADINGS
        ]
        table.add_row(
            str(week_of_date(one.week)),
            one.made_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M"),
            "yes" if one.frozen else "after",
            "ok" if one.sufficient else "数据不足",
            UNKNOWN if score is None else str(score.events),
            *hits,
        )
    return table


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return "没有可评的周 / no week with an event is over"
    rates = ", ".join(
        f"{name} {verdict.hit[name][TENTH].value:.1%}" for name in (MODEL, *BASELINES)
    )
    beaten = ", ".join(verdict.beaten_by)
    told = f"{verdict.events} events in {verdict.weeks} weeks; hit rate at 10 % of area: {rates}"
    return f"{told}; beaten by {beaten}" if beaten else told


if __name__ == "__main__":
    run(make_cli)
