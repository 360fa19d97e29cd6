"""Every fault on every stack, and the table: ``python -m tests.faults.run`` (``make faults``)."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from random import Random
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from tests.faults import plans
from tests.faults.phases import Report

cli = typer.Typer(add_completion=False)
GROUPS = (*plans.DATABASES, "launcher")


@cli.command()
def main(
    times: Annotated[int, typer.Option(min=1, help="how often each fault happens")] = 20,
    long_cut_s: Annotated[float, typer.Option(help="seconds that the long cuts last")] = 60,
    seed: Annotated[int, typer.Option(help="of the random moments")] = 1,
    at_once: Annotated[int, typer.Option(min=1, help="stacks that run at the same time")] = 2,
    only: Annotated[list[str] | None, typer.Option(help="not all of the stacks")] = None,
    plain: Annotated[bool, typer.Option(help="one line of JSON for each fault")] = False,
) -> None:
    """Let every fault happen, print the table; the exit code says whether anything was lost."""
    if plain:
        for group in only or GROUPS:
            _run(group, plans.Dose(times, times, times, long_cut_s), seed)
        return
    began = datetime.now(UTC)
    groups = only or list(GROUPS)
    arguments = ["--times", str(times), "--long-cut-s", str(long_cut_s), "--seed", str(seed)]
    found, broken = _gather(groups, arguments, at_once)
    console = Console(width=150)
    console.print(_table(found, f"seed {seed}, {began:%Y-%m-%d %H:%M} UTC"))
    troubles = [trouble for one in found for trouble in one["troubles"]]
    for trouble in [*troubles, *(f"{group} did not come to its end" for group in broken)]:
        console.print(trouble, style="red", markup=False)
    console.print(f"{(datetime.now(UTC) - began).total_seconds():.0f} s")
    raise typer.Exit(1 if troubles or broken else 0)


def _run(group: str, dose: plans.Dose, seed: int) -> None:
    random = Random(seed)
    if group == "launcher":
        # Each round kills every child and the launcher once, and waits for a whole start.
        rounds = max(dose.kills // 4, 1)
        plans.run_launched(replace(dose, kills=rounds), random, _say)
        return
    for run in (plans.run_kills, plans.run_full, plans.run_jumps, plans.run_cuts):
        run(group, dose, random, _say)


def _say(report: Report) -> None:
    median, longest = report.recovery
    facts: dict[str, Any] = {
        "fault": report.fault,
        "stack": report.stack,
        "times": len(report.recoveries),
        **asdict(report.verdict),
        "median_s": median,
        "longest_s": longest,
        "memory_mb": report.memory_mb,
        "ended": report.ended,
        "troubles": [f"{report.stack}, {report.fault}: {one}" for one in report.troubles],
        "answers": report.answers,
        "refused": report.refused,
        "seconds": report.seconds,
    }
    sys.stdout.write(orjson.dumps(facts).decode() + "\n")
    sys.stdout.flush()


def _gather(
    groups: Sequence[str], arguments: Sequence[str], at_once: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Run the groups, some at the same time; return the reports, and which groups broke off."""
    found: dict[str, list[dict[str, Any]]] = {group: [] for group in groups}
    broken: list[str] = []
    room = threading.Semaphore(at_once)

    def follow(group: str) -> None:
        command = [sys.executable, "-m", "tests.faults.run", "--plain", "--only", group]
        with room, subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for line in process.stdout:
                report = orjson.loads(line)
                found[group].append(report)
                sys.stderr.write(line.decode())
        if process.returncode:
            broken.append(group)

    followers = [threading.Thread(target=follow, args=(group,)) for group in groups]
    for one in followers:
        one.start()
    for one in followers:
        one.join()
    return [report for group in groups for report in found[group]], broken


def _table(found: Sequence[dict[str, Any]], title: str) -> Table:
    table = Table(title=title)
    for name in ("stack", "fault"):
        table.add_column(name)
    for name in (
        "times",
        "sent",
        "confirmed",
        "recorded",
        "lost",
        "doubled",
        "recover, s",
        "MB",
        "ended",
    ):
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(
            one["stack"],
            one["fault"],
            *(
                f"{one[name]:,}"
                for name in ("times", "sent", "confirmed", "recorded", "lost", "doubled")
            ),
            f"{one['median_s']:.1f} / {one['longest_s']:.1f}",
            f"{one['memory_mb']:.0f}",
            str(one["ended"]),
        )
    return table


if __name__ == "__main__":
    cli()
