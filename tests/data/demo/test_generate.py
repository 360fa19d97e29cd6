import hashlib
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.demo.generate import generate_town
from data.demo.land import DemoError
from data.reference.load import load_reference
from data.store.database import Database
from data.store.models import (
    AlarmRow,
    Base,
    Building,
    Device,
    DeviceState,
    Inspection,
    ReadingHour,
)
from tests.conftest import TOWN_DEVICES, TOWN_NOW, TOWN_SEED


def _rows_hash(path: Path) -> dict[str, str]:
    """Hash every table; the geometry version is random on purpose."""
    connection = sqlite3.connect(path)
    hashes = {}
    for table in Base.metadata.sorted_tables:
        where = "WHERE key <> 'geometry_version'" if table.name == "meta" else ""
        rows = connection.execute(f'SELECT * FROM "{table.name}" {where} ORDER BY 1, 2')  # noqa: S608
        hashes[table.name] = hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()
    connection.close()
    return hashes


def test_a_town_can_be_made_in_the_first_minutes_of_a_day(
    tmp_path: Path, empty_database_file: Path
) -> None:
    shutil.copy(empty_database_file, tmp_path / "town.db")
    database = Database(f"sqlite:///{tmp_path / 'town.db'}")
    with database.writing() as session:
        load_reference(session)
    midnight = datetime(2026, 11, 25, 16, 3, tzinfo=UTC)  # 00:03 in Shanghai
    generate_town(database, devices=200, seed=TOWN_SEED, now=midnight, progress=lambda *_: None)
    with database.reading() as session:
        visits = session.scalars(select(Inspection.at)).all()
    database.close()
    assert max(visits) < midnight


def test_the_same_input_gives_identical_rows(
    tmp_path: Path, empty_database_file: Path, town_file: Path
) -> None:
    path = tmp_path / "again.db"
    shutil.copy(empty_database_file, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        load_reference(session)
    told: list[tuple[str, float]] = []
    summary = generate_town(
        database,
        devices=TOWN_DEVICES,
        seed=TOWN_SEED,
        now=TOWN_NOW,
        progress=lambda name, share: told.append((name, share)),
    )
    with database.reading() as session:
        counted = [
            session.scalar(select(func.count()).select_from(model))
            for model in (Device, Building, AlarmRow, ReadingHour)
        ]
    database.close()
    assert _rows_hash(path) == _rows_hash(town_file)
    assert counted == [
        summary.devices,
        summary.buildings,
        summary.alarms,
        summary.reading_hours,
    ]
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_a_town_is_built_on_an_empty_database_only(town_database: Database) -> None:
    with pytest.raises(DemoError, match="devices already"):
        generate_town(town_database, devices=500, now=TOWN_NOW, progress=lambda *_: None)


def test_a_town_needs_the_reference_data(database: Database) -> None:
    with pytest.raises(DemoError, match="load the reference data first"):
        generate_town(database, devices=500, now=TOWN_NOW, progress=lambda *_: None)


def test_a_failure_leaves_nothing_behind(database: Database) -> None:
    with database.writing() as session:
        load_reference(session)

    def fail(name: str, _share: float) -> None:
        if name == "读数":
            raise RuntimeError

    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    with pytest.raises(RuntimeError):
        generate_town(database, devices=300, now=now, progress=fail)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Device)) == 0


def test_everything_is_marked_as_demonstration(town: Database) -> None:
    with town.reading() as session:
        for table in Base.metadata.sorted_tables:
            if "demo" in table.c and table.name != "context_feature":
                unmarked = select(func.count()).select_from(table).where(~table.c.demo)
                assert session.scalar(unmarked) == 0, table.name


@pytest.mark.postgres
def test_a_town_on_postgres_goes_on_counting(postgres_database: Database) -> None:
    with postgres_database.writing() as session:
        load_reference(session)
    summary = generate_town(postgres_database, devices=300, now=TOWN_NOW, progress=lambda *_: None)
    with postgres_database.writing() as session:
        last = session.scalars(select(AlarmRow).order_by(AlarmRow.id.desc()).limit(1)).one()
        states = session.scalar(select(func.count()).select_from(DeviceState))
        again = AlarmRow(
            device_id=last.device_id,
            community_code=last.community_code,
            message_id="new",
            kind=last.kind,
            cause=last.cause,
            raised_at=TOWN_NOW,
            received_at=TOWN_NOW,
            last_at=TOWN_NOW,
        )
        session.add(again)
        session.flush()
        assert again.id == last.id + 1
    assert states == summary.devices == 300
