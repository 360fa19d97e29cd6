"""The statements of every drill-down and of the history with their plans: ``make query-plans``.

``python -m bench.plans`` writes docs/query-plans.md from the file of ``bench.drilldown``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from sqlalchemy.orm import Session

from bench.drilldown import Ask, Views, drilldowns, full_rings
from bench.history import Case, cases
from bench.past import PAST_FILE, make_past
from data.domain.history import HistoryQuery, Order, SortKey
from data.store.database import Database
from data.store.history import count_rows, read_all, read_page
from data.store.history_outline import Outline
from tests.statements import statements

PAGE: Final = 100
#: Ends the part of a statement that finds the ids.
PAGE_OF: Final = ") AS page"
#: Filters whose plans in the other orders say no more than those in the order of time.
ALL_ORDERS: Final = ("none", "category: rental (half)")
HEAD: Final = """# Query plans of the drill-down and the history

What `make query-plans` found on SQLite with {devices:,} devices and {alarms:,} alarms, without
statistics (nobody runs ANALYZE). Lists of columns are left out (`…`); a statement that several
views send stands where it is sent first, and the others say where that is. `+column` is SQLite's
way to say that a column is compared and not looked up (`data/store/steering.py`); PostgreSQL gets
the statements without it. Of the history: the count, the look for a page in the middle, that page;
where it says more, the page after it and the steps of a file. What is joined to a page's ids
stands where it is first sent.
"""


def history_views(database: Database) -> Iterator[tuple[str, Ask]]:
    """Yield the pages of the history whose plans differ, and the steps of a file."""
    for case in cases(database):
        query = case.query
        if query.order.key is SortKey.TIME or case.name in ALL_ORDERS:
            yield f"{query.tab} by {query.order.key} · {case.name}", _pages(case)
        if query.order == Order() and case.name == "none":
            yield f"{query.tab} as a file · {case.name}", _file(database, query)


def _file(database: Database, query: HistoryQuery) -> Ask:
    return lambda _session: list(islice(read_all(database, query.tab, query.filter), 2))


def _pages(case: Case) -> Ask:
    def ask(session: Session) -> None:
        query = case.query
        total = count_rows(session, query.tab, query.filter)
        _rows, outline = read_page(session, query, total // 2, PAGE, Outline(total))
        if case.name in ALL_ORDERS:
            read_page(session, query, total // 2 + PAGE, PAGE, outline)

    return ask


def sections(database: Database, views: Views) -> Iterator[str]:
    """Yield the section of each view: its statements with their plans, or where these stand."""
    known: dict[str, str] = {}
    for name, ask in views.items():
        with statements(database) as sent, database.reading() as session:
            ask(session)
        lines, above = [], Counter[str]()
        for sql, parameters in list(sent):
            short, plan = shortened(sql), " → ".join(_plan(database, sql, parameters))
            if short in known:
                above[known[short]] += known[short] != name
                continue
            known[short] = name
            ids, joins = short.partition(PAGE_OF)[::2]
            if joins and joins in known:
                short, plan = f"{ids}{PAGE_OF} …", plan.partition(" → SCAN page")[0]
            known.setdefault(joins, name)
            lines += [f"* `{short}`", f"  <br>{plan}"]
        lines += [f"* {n} more: see *{other}*" for other, n in above.items() if n]
        yield "\n".join([f"\n## {name}\n", *lines])


def shortened(sql: str) -> str:
    """Return a statement without the columns that it selects."""
    sql = re.sub(r"\?(, \?)+", "?, …", " ".join(sql.split()))
    if sql.startswith("SELECT count(*)"):
        return sql.replace(" AS count_1", "", 1)
    depth = 0
    for found in re.finditer(r"[()]| FROM ", sql):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == " FROM " and depth == 0:
            return f"SELECT … {sql[found.start() + 1 :]}"
    return sql


def _plan(database: Database, sql: str, parameters: Any) -> Sequence[str]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return [str(row[3]) for row in rows]


def main(
    devices: int = 50_000,
    alarms: int = 1_000_000,
    path: Annotated[Path, typer.Option(help="kept; used again if it is there")] = PAST_FILE,
    to: Path = Path("docs/query-plans.md"),
) -> None:
    """Make the past if it is not there, ask for everything once, write the document."""
    database = make_past(path, devices, alarms)
    head = HEAD.format(devices=devices, alarms=alarms)
    with full_rings(database) as read_fine:
        views = {**drilldowns(database, read_fine), **dict(history_views(database))}
        to.write_text("\n".join([head.rstrip(), *sections(database, views), ""]), "utf-8")
    database.close()


if __name__ == "__main__":
    typer.run(main)
