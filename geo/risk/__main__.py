"""``python -m geo.risk backtest``: the surface of events tried on any city's incidents."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from geo.risk.backtest import COMPARED, ORACLE, Backtest, backtest
from geo.risk.errors import EventsError
from geo.risk.picture import NAMES, draw
from geo.risk.score import SHARES, Interval, Score
from geo.risk.table import Columns, Read, read_csv

EPOCH: Final = date(1970, 1, 1)
REFUSED: Final = 2

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def risk() -> None:
    """火灾风险面 / The risk surface of fires; the method is in docs/risk.md."""


@app.command("backtest")
def backtest_file(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command line
    events: Annotated[Path, typer.Option(help="事件 CSV / CSV of events, UTF-8 with a header")],
    lon: Annotated[str, typer.Option(help="经度列 / column of the longitude, degrees")],
    lat: Annotated[str, typer.Option(help="纬度列 / column of the latitude, degrees")],
    date_column: Annotated[
        str, typer.Option("--date", help="日期列 / column of the date, e.g. 2024-12-31")
    ],
    train_end: Annotated[
        str, typer.Option(help="训练的最后一天 / last day that is known, e.g. 2021-12-31")
    ],
    test_end: Annotated[str, typer.Option(help="检验的最后一天 / last day of the test")],
    condition: Annotated[
        list[str] | None,
        typer.Option("--filter", help="列=值，可重复 / column=value of the events to forecast"),
    ] = None,
    cell: Annotated[float, typer.Option(min=25, max=5000, help="网格边长 / cell, metres")] = 250,
    png: Annotated[Path, typer.Option(help="图片 / picture to write")] = Path("risk-backtest.png"),
    as_json: Annotated[
        bool, typer.Option("--json", help="末行输出 JSON / print the figures as one last line")
    ] = False,
) -> None:
    """预测、对照、打分 / Forecast, compare with what came, print how good it was."""
    console, notes = Console(), Console(stderr=True)
    try:
        start, end = _test(train_end, test_end)
        columns = Columns(lon, lat, date_column, tuple(map(_condition, condition or ())))
        found = read_csv(events, columns)
        _say_what_was_read(notes, found)
        with _progress(notes) as progress:
            task = progress.add_task("风险面 / surface", total=1.0)
            result = backtest(
                found.events, cell, start, end, lambda share: progress.update(task, completed=share)
            )
        came = found.events.between(start, end)
        draw(result, came.where(came.wanted).xy, png)
    except (EventsError, OSError) as error:
        notes.print(f"{error}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(REFUSED) from None
    _print(console, result, png)
    if as_json:
        # Not through rich, which would break the line where the terminal ends.
        typer.echo(json.dumps(figures(result)))


def figures(result: Backtest) -> dict[str, dict[str, float]]:
    """Return the figures that ``--json`` prints; hit rates from 0 to 1."""
    return {name: _figures(score) for name, score in result.scores.items()}


def _figures(score: Score) -> dict[str, float]:
    found = {f"hit@{100 * share:.0f}": score.hit[share].value for share in SHARES}
    found |= {f"pai@{100 * share:.0f}": score.pai[share].value for share in SHARES}
    found |= {f"pei@{100 * share:.0f}": score.pei[share] for share in SHARES}
    return {name: round(value, 4) for name, value in found.items()}


def _print(console: Console, result: Backtest, png: Path) -> None:
    table = Table(
        title=f"{result.trained:,} → {result.tested:,} events, {result.outside:,} of them "
        f"outside · {result.area_km2:,.0f} km² in cells of {result.grid.cell_m:g} m",
        caption="hit rate in % of the events, with its 95 % interval, by share of the area",
    )
    table.add_column("")
    for share in SHARES:
        table.add_column(f"{100 * share:.0f} %", justify="right", no_wrap=True)
    for index in ("PAI", "PEI"):
        table.add_column(f"{index} {100 * COMPARED:.0f} %", justify="right", no_wrap=True)
    for name, score in result.scores.items():
        hit = [_percent(score.hit[share]) for share in SHARES]
        pai = f"{score.pai[COMPARED].value:.2f}"
        table.add_row(_name(name), *hit, pai, f"{score.pei[COMPARED]:.2f}")
    console.print(table)
    for name, ahead in result.ahead.items():
        low, high = f"{100 * ahead.low:+.1f}", f"{100 * ahead.high:+.1f}"
        console.print(
            f"model − {_name(name)} at {100 * COMPARED:.0f} % of the area: "
            f"{100 * ahead.value:+.1f} ({low} … {high}) points, {_verdict(ahead)}",
            highlight=False,
        )
    if not result.model.weights.learnt_from:
        console.print("数据不足：权重未经学习 / Too little past to learn the weights from.")
    console.print(f"图片 / picture: {png}", markup=False, highlight=False, soft_wrap=True)


def _say_what_was_read(notes: Console, found: Read) -> None:
    events = found.events
    notes.print(f"{len(events):,} events, {int(events.wanted.sum()):,} of the wanted kind")
    for reason, number in found.left_out.items():
        notes.print(f"left out: {number:,} rows: {reason}", style="yellow", highlight=False)


def _verdict(ahead: Interval) -> str:
    if ahead.low > 0:
        return "better"
    return "worse: the baseline is better" if ahead.high < 0 else "no sure difference"


def _percent(figure: Interval) -> str:
    return f"{100 * figure.value:.1f} ({100 * figure.low:.0f}–{100 * figure.high:.0f})"


def _name(name: str) -> str:
    return {**NAMES, ORACLE: "oracle"}.get(name, name)


def _progress(notes: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=notes, transient=True)


def _test(train_end: str, test_end: str) -> tuple[int, int]:
    """Return the first day of the test and the first after it."""
    start, end = _day(train_end, "--train-end") + 1, _day(test_end, "--test-end") + 1
    if end <= start:
        raise EventsError("--test-end must be later than --train-end")
    return start, end


def _day(text: str, option: str) -> int:
    try:
        return (date.fromisoformat(text) - EPOCH).days
    except ValueError:
        raise EventsError(f"{option} {text!r} is not a date, e.g. 2021-12-31") from None


def _condition(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise EventsError(f"--filter {text!r} must be COLUMN=VALUE")
    return name.strip(), value.strip()


if __name__ == "__main__":
    app()
