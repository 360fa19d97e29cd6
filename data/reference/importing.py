"""The import from beginning to end: read, check, compare, and write if all is well."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import inspect

from data.reference.apply import apply_plan
from data.reference.change import Plan, large_change_problems, make_plan, removal_problems
from data.reference.check import check
from data.reference.errors import ImportRefusedError, Problem
from data.reference.fields import Layer
from data.reference.known import load_known
from data.reference.read import Source, Table, read_table
from data.reference.records import Parsed, parse
from data.store.database import Database
from data.store.places import Community


@dataclass(frozen=True, slots=True)
class Request:
    """What shall be imported and how; ``columns`` is field → column."""

    source: Source
    layer: Layer
    columns: Mapping[str, str] = field(default_factory=dict)
    replace: bool = False
    allow_large_change: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read and found; ``written`` only if there was no problem and it was no dry run."""

    table: Table
    parsed: Parsed
    plan: Plan
    problems: tuple[Problem, ...]
    written: bool


def run_import(database: Database, request: Request, *, at: datetime, actor: str) -> Outcome:
    """Import a file, wholly or not at all.

    Parameters
    ----------
    at
        Time of the import (UTC), for the audit and the states of devices.
    actor
        Who imports, for the audit.

    Raises
    ------
    ImportRefusedError
        If the file as a whole can't be imported, or the database has no tables.
    """
    if not inspect(database.engine).has_table(Community.__tablename__):
        raise ImportRefusedError(
            f"数据库 {database.engine.url!r} 还没有表，请先启动一次应用。"
            f"/ the database {database.engine.url!r} has no tables yet; start the application once"
        )
    table = read_table(request.source)
    parsed = parse(request.layer, table, request.columns)
    digest = hashlib.sha256(request.source.path.read_bytes()).hexdigest()
    detail = {"file": request.source.path.name, "sha256": digest, "crs": table.crs}
    opened = database.reading if request.dry_run else database.writing
    with opened() as session:
        known = load_known(session, request.layer)
        unlocated = frozenset(problem.row for problem in parsed.problems if problem.row is not None)
        resolved, wrong = check(
            request.layer, parsed.records, known, unlocated, replace=request.replace
        )
        plan = make_plan(request.layer, resolved, known, replace=request.replace)
        problems = (*parsed.problems, *wrong, *removal_problems(session, plan))
        if not request.allow_large_change:
            problems += large_change_problems(plan, known)
        written = not problems and not request.dry_run
        if written:
            apply_plan(session, plan, at=at, actor=actor, detail=detail)
    return Outcome(table, parsed, plan, _in_order(problems), written)


def _in_order(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return first what is wrong with the file as a whole, then row by row, then the database's."""
    return tuple(
        sorted(
            problems, key=lambda p: (p.row is None and p.id != "", p.row is not None, p.row or 0)
        )
    )
