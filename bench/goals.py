"""The figures of the live map with their goals, and one way to print them."""

from dataclasses import dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from bench.harness import report


@dataclass(frozen=True, eq=False)
class Figure:
    """One row of the table: what is measured, and how much is allowed at each size."""

    name: str
    unit: str
    goals: dict[int, float] = field(default_factory=dict)
    at_least: bool = False


def _each(*goals: float) -> dict[int, float]:
    return dict(zip((2_000, 10_000, 50_000, 200_000), goals, strict=True))


DESK_LOAD = Figure("cold load of the desk to all painted", "ms", _each(1400, 1400, 1500, 2500))
WALL_LOAD = Figure("cold load of the wall to all painted", "ms", _each(700, 700, 800, 1800))
BYTES_AT_LOAD = Figure(
    "bytes at load besides scripts and styles", "kB", {50_000: 350, 200_000: 1400}
)
ALARM = Figure("alarm: Redis write → painted, p95, 1 client", "ms", _each(15, 15, 20, 60))
ALARM_WINDOWS = Figure("the same, 10 browser windows", "ms", {10_000: 50, 50_000: 50})
ALARM_CLIENTS = Figure("the same, 100 clients", "ms", {50_000: 80})
HIDDEN = Figure("alarms hidden under other marks", "alarms", _each(0, 0, 0, 0))
TAB_MEMORY = Figure("memory of the tab", "MB", {10_000: 150, 50_000: 150, 200_000: 250})
WEB_MEMORY = Figure("memory of the web process", "MB", {10_000: 150, 50_000: 170, 200_000: 250})
BYTES_PER_CHANGE = Figure("steady bytes to a client, per change", "B", _each(12, 8, 6, 5))
PAN_FPS = Figure("panning, frames per second", "1/s", _each(60, 60, 60, 40), at_least=True)
PAN_TASK = Figure("panning, longest task", "ms", _each(50, 50, 50, 80))
CPU = Figure("server CPU for 100 clients", "cores", {50_000: 0.3})
CALLBACK_ADDS = Figure(
    "a 2 s callback in flight adds to the alarm's p95", "ms", _each(10, 10, 10, 10)
)


#: Every figure of this run, for the table at its end.
PRINTED: list[dict[str, Any]] = []


@dataclass
class Bases:
    """What the baselines of this run measured, by figure."""

    floor: dict[Figure, float] = field(default_factory=dict)
    usual: dict[Figure, float] = field(default_factory=dict)


def print_figure(figure: Figure, devices: int, value: float, bases: Bases, **details: Any) -> None:
    """Print a figure beside its goal and both baselines."""
    goal = figure.goals.get(devices)
    line: dict[str, Any] = {"devices": devices, "unit": figure.unit, "value": round(value, 3)}
    if goal is not None:
        met = round(value) >= goal if figure.at_least else value <= goal
        line |= {"goal": goal, "met": met}
    for name, known in (("floor", bases.floor), ("usual", bases.usual)):
        base = known.get(figure)
        if base is not None:
            ratio = round(value / base, 2) if base else None
            line |= {name: round(base, 3), f"over_{name}": ratio}
    report(figure.name, **line, **details)
    PRINTED.append({"figure": figure.name, **line})


def summary() -> Table:
    """Return all figures of this run for a person."""
    table = Table("devices", "figure", "value", "goal", "floor", "usual", title="Live map")
    for line in PRINTED:
        colour = {True: "green", False: "red", None: ""}[line.get("met")]
        table.add_row(
            f"{line['devices']:,}",
            line["figure"],
            Text(f"{line['value']:g} {line['unit']}", style=colour),
            f"{line['goal']:g}" if "goal" in line else "",
            *(_times(line, name) for name in ("floor", "usual")),
        )
    return table


def _times(line: dict[str, Any], name: str) -> str:
    ratio = line.get(f"over_{name}")
    return "" if ratio is None else f"{ratio:g} x {line[name]:g}"
