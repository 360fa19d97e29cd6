import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.reference.fields import Layer
from data.reference.importing import Outcome, Request, run_import
from data.reference.load import load_reference
from data.reference.read import Source
from data.store.database import Database
from tests.tables import create_tables

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HEADER = "编号,名称,地址,类别,层数,经度,纬度"
#: In 沙塘社区.
BUILDING = "B1,沙塘路1号,沙塘路1号,出租屋,5,118.6,24.788"


def reasons(outcome: Outcome) -> list[tuple[int | None, str]]:
    """Row and the English half of each reason; both halves are told."""
    halves = [problem.reason.rpartition(" / ") for problem in outcome.problems]
    assert all(chinese for chinese, _, _ in halves)
    return [(problem.row, half[2]) for problem, half in zip(outcome.problems, halves, strict=True)]


def counted(outcome: Outcome) -> dict[str, int]:
    return {kind: number for kind, number in outcome.plan.counts().items() if number}


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the reference data, to be copied."""
    path = tmp_path_factory.mktemp("reference") / "loaded.db"
    database = Database(f"sqlite:///{path}")
    create_tables(database)
    with database.writing() as session:
        load_reference(session)
    database.close()
    return path


@pytest.fixture
def database(loaded: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(loaded, tmp_path / "xintang.db")
    database = Database(f"sqlite:///{tmp_path / 'xintang.db'}")
    yield database
    database.close()


Import = Callable[..., Outcome]


@pytest.fixture
def import_file(database: Database) -> Import:
    def run(path: Path, layer: str, **options: Any) -> Outcome:
        names = ("columns", "replace", "allow_large_change", "dry_run")
        own = {name: options.pop(name) for name in names if name in options}
        request = Request(Source(path, **options), Layer(layer), **own)
        return run_import(database, request, at=NOW, actor="tester")

    return run


@pytest.fixture
def import_rows(import_file: Import, tmp_path: Path) -> Import:
    """Import lines of a CSV file, the header first, in EPSG:4326 unless said otherwise."""

    def run(layer: str, *lines: str, **options: Any) -> Outcome:
        path = tmp_path / "rows.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_file(path, layer, **{"crs": "EPSG:4326", **options})

    return run


@pytest.fixture
def one_building(import_rows: Import) -> None:
    assert import_rows("buildings", HEADER, BUILDING).written
