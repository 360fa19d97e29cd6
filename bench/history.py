"""Server time of the history's pages, each filter × order × place: ``python -m bench.history``.

100 rows of a million alarms and 311,000 incidents, on the file of ``bench.drilldown``. The first
page counts, as on screen; the middle is reached by a jump to which nothing is known but the count,
``on`` is the page after it. ``cold`` is the first page after the system has forgotten the file.
Times are by the clock, those of the processor beside them: other work on the machine does not
change these.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.harness import quantile, report, spread
from bench.past import PAST_FILE, make_past
from data.domain.history import HistoryFilter, HistoryQuery, Judged, Order, SortKey, Tab
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind
from data.store.database import Database
from data.store.history import count_rows, read_page
from data.store.history_outline import Outline
from data.store.models import AlarmRow

GOAL_MS: Final = 200
PAGE: Final = 100
PLACES: Final = ("first", "middle", "on", "last")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the name of its filter."""

    name: str
    query: HistoryQuery


def filters(community: str) -> Mapping[str, HistoryFilter]:
    """Return the filters: each of the form alone, frequent and rare, and some together."""
    return {
        "none": HistoryFilter(),
        "kind: fire": HistoryFilter(kind=AlarmKind.FIRE),
        "kind: supervisory (rare)": HistoryFilter(kind=AlarmKind.SUPERVISORY),
        "community with most": HistoryFilter(community=community),
        "category: rental (half)": HistoryFilter(category=BuildingCategory.RENTAL),
        "category: bank (rare)": HistoryFilter(category=BuildingCategory.BANK),
        "device: smoke (a third)": HistoryFilter(device_kind=DeviceKind.SMOKE),
        "device: level (rare)": HistoryFilter(device_kind=DeviceKind.LEVEL),
        "verdict: false (most)": HistoryFilter(verdict=Judged.FALSE),
        "verdict: none (rare)": HistoryFilter(verdict=Judged.NONE),
        "verdict: recovered": HistoryFilter(verdict=Judged.RECOVERED),
        "one month": HistoryFilter(since=date(2026, 10, 1), until=date(2026, 10, 31)),
        "one year": HistoryFilter(since=date(2025, 6, 1), until=date(2026, 5, 31)),
        "text that a third has": HistoryFilter(text="烟感"),
        "text that few have": HistoryFilter(text="学府"),
        "text with letters": HistoryFilter(text="xt-smk-0000"),
        "text that nothing has": HistoryFilter(text="没有这个"),
        "bank, fire, real": HistoryFilter(
            kind=AlarmKind.FIRE, category=BuildingCategory.BANK, verdict=Judged.REAL
        ),
        "rental, fire": HistoryFilter(kind=AlarmKind.FIRE, category=BuildingCategory.RENTAL),
        "rental, smoke, false": HistoryFilter(
            category=BuildingCategory.RENTAL,
            device_kind=DeviceKind.SMOKE,
            verdict=Judged.FALSE,
        ),
    }


def cases(database: Database) -> Iterator[Case]:
    """Yield every filter in every order, of alarms and of incidents."""
    with database.reading() as session:
        code = AlarmRow.community_code
        query = select(code).group_by(code).order_by(func.count().desc()).limit(1)
        asked = filters(str(session.scalar(query)))
    for tab in Tab:
        for name, wanted in asked.items():
            for key in SortKey:
                yield Case(name, HistoryQuery(tab, wanted, Order(key)))


class Watch:
    """Takes the time of what is done, by the clock and of the processor, in ms."""

    def __init__(self) -> None:
        self.clock: dict[str, list[float]] = {place: [] for place in PLACES}
        self.cpu: dict[str, list[float]] = {place: [] for place in PLACES}

    @contextmanager
    def over(self, place: str) -> Iterator[None]:
        """Time one page."""
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu[place].append((time.process_time() - cpu) * 1000)
        self.clock[place].append((time.perf_counter() - clock) * 1000)


def ask(session: Session, query: HistoryQuery, watch: Watch) -> int:
    """Ask for every place of a list; return its length."""
    with watch.over("first"):
        total = count_rows(session, query.tab, query.filter)
        read_page(session, query, 0, PAGE, Outline(total))
    # Nothing of the first page is known here, so that the jump is as long as it can be.
    outline = Outline(total)
    middle, last = total // 2, max(0, total - PAGE)
    for place, start in (("middle", middle), ("on", middle + PAGE), ("last", last)):
        with watch.over(place):
            rows, outline = read_page(session, query, start, PAGE, outline)
        if len(rows) != max(0, min(PAGE, total - start)):
            raise RuntimeError(f"{query} has {len(rows)} rows at {start} of {total}")
    return total


def measure(database: Database, case: Case, runs: int) -> dict[str, Any]:
    """Return the times of every place of a list that was asked for once before."""
    watch = Watch()
    with database.reading() as session:
        total = ask(session, case.query, Watch())
        for _ in range(runs):
            ask(session, case.query, watch)
    return {
        "tab": str(case.query.tab),
        "filter": case.name,
        "order": str(case.query.order.key),
        "rows": total,
        **{place: spread(watch.clock[place]) for place in PLACES},
        "cpu_p50": {place: round(quantile(watch.cpu[place], 0.5), 1) for place in PLACES},
    }


def cold(path: Path, case: Case) -> float:
    """Return how long the first page takes when nothing of the file is in memory, in ms."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    database, query = Database(f"sqlite:///{path}"), case.query
    with database.reading() as session:
        session.execute(select(1))
        started = time.perf_counter()
        total = count_rows(session, query.tab, query.filter)
        read_page(session, query, 0, PAGE, Outline(total))
        took = time.perf_counter() - started
    database.close()
    return round(took * 1000)


def table(lines: Sequence[Mapping[str, Any]], tab: Tab) -> Iterator[str]:
    """Yield the table of one tab in Markdown: p50 / p95 of each place, then the cold first page."""
    heads = [f"{key}: {place}" for key in SortKey for place in ("first", "middle", "last", "cold")]
    yield f"| {tab} | rows | " + " | ".join(heads) + " |"
    yield "| --- " * (len(heads) + 2) + "|"
    of_tab = [line for line in lines if line["tab"] == tab]
    for name in dict.fromkeys(line["filter"] for line in of_tab):
        same = [line for line in of_tab if line["filter"] == name]
        cells = [cell for line in same for cell in _cells(line)]
        yield f"| {name} | {same[0]['rows']:,} | " + " | ".join(cells) + " |"


def _cells(line: Mapping[str, Any]) -> Iterator[str]:
    for place in ("first", "middle", "last"):
        p50, p95, cpu = line[place]["p50"], line[place]["p95"], line["cpu_p50"][place]
        text = f"{p50:.0f} / {p95:.0f} ({cpu:.0f})"
        yield f"**{text}**" if p95 > GOAL_MS else text
    yield f"{line['cold']:.0f}"


def main(
    devices: int = 50_000,
    alarms: int = 1_000_000,
    runs: int = 10,
    path: Annotated[Path, typer.Option(help="kept; used again if it is there")] = PAST_FILE,
) -> None:
    """Make the past if it is not there, measure every page, print JSON lines and two tables."""
    database = make_past(path, devices, alarms)
    asked = list(cases(database))
    warm = [measure(database, case, runs) for case in asked]
    database.close()
    lines = [{**line, "cold": cold(path, case)} for line, case in zip(warm, asked, strict=True)]
    for line in lines:
        report("page of the history", goal_ms=GOAL_MS, **line)
    for tab in Tab:
        typer.echo("\n".join(["", *table(lines, tab)]), err=True)
    for place in PLACES:
        clock = [line[place]["p50"] for line in lines]
        cpu = [line["cpu_p50"][place] for line in lines]
        over = [sum(ms > GOAL_MS for ms in times) for times in (clock, cpu)]
        report("all pages", place=place, clock=spread(clock), cpu=spread(cpu), over_goal=over)
    report("all pages", place="cold", clock=spread([line["cold"] for line in lines]))


if __name__ == "__main__":
    typer.run(main)
