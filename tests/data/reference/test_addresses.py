"""The address table: what is read, what is refused with its line, what is written."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from data.reference.__main__ import app
from data.reference.addresses import Outcome, import_addresses
from data.reference.errors import ImportRefusedError
from data.reference.read import Source
from data.store.database import Database
from data.store.models import Audit, Transmitter, TransmitterPoint
from data.store.transmitters import Address, points_of
from tests.lane import T0, build
from tests.transmitters import register

HEADER = "用传地址,系统类型,系统地址,部件地址,设备编号\n"
GOOD = HEADER + "889,,,,T1\n889,1,1,,S1\n889,1,1,217,S0\n\n0x379,1,1,0x100,H0\n"


@pytest.fixture
def database(empty_database_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Without the reference data that the other imports start from."""
    shutil.copy(empty_database_file, tmp_path / "lane.db")
    database = Database(f"sqlite:///{tmp_path / 'lane.db'}")
    yield database
    database.close()


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest) -> Database:
    """The lane with a device of kind transmitter, T1, which is registered as 5."""
    database: Database = request.getfixturevalue(request.param)
    build(database)
    register(database, 5)
    with database.writing() as session:
        session.delete(session.get(Transmitter, 5))
    return database


def take(database: Database, folder: Path, text: str, **more: bool) -> Outcome:
    path = folder / "addresses.csv"
    path.write_text(text, "utf-8")
    return import_addresses(database, Source(path), at=T0, actor="admin", **more)


def rows(database: Database, model: type) -> list[object]:
    with database.reading() as session:
        return list(session.query(model).order_by(*model.__mapper__.primary_key))


def test_a_table_is_written_and_again_changes_nothing(town: Database, tmp_path: Path) -> None:
    outcome = take(town, tmp_path, GOOD)
    assert (outcome.new, outcome.changed, outcome.problems, outcome.written) == (4, 0, (), True)
    with town.reading() as session:
        places = [Address(889, 1, 1, part) for part in (-1, 217, 256)]
        found = points_of(session, places)
    assert [found[place].device_id for place in places] == ["S1", "S0", "H0"]
    assert [(row.address, row.device_id) for row in rows(town, Transmitter)] == [(889, "T1")]
    assert [row.action for row in rows(town, Audit)] == ["addresses.imported"]

    again = take(town, tmp_path, GOOD)
    assert (again.new, again.changed) == (0, 0)
    other = take(town, tmp_path, GOOD.replace("217,S0", "217,S2"))
    assert (other.new, other.changed) == (0, 1)
    assert {row.device_id for row in rows(town, TransmitterPoint)} == {"S1", "S2", "H0"}


def test_a_dry_run_writes_nothing(town: Database, tmp_path: Path) -> None:
    outcome = take(town, tmp_path, GOOD, dry_run=True)
    assert (outcome.new, outcome.written) == (4, False)
    assert rows(town, Transmitter) == rows(town, Audit) == []


def test_every_wrong_line_is_named_and_nothing_is_written(town: Database, tmp_path: Path) -> None:
    wrong = (
        "889,,,,T1\n"
        "889,1,1,217,NOBODY\n"
        "889,,,,S0\n"
        "7,1,1,1,S0\n"
        "889,1,,5,S0\n"
        "889,1,1,x,S0\n"
        "889,1,300,1,S0\n"
        "889,1,1,9,T1\n"
        ",1,1,9,S0\n"
        "9,,,,T1\n"
    )
    outcome = take(town, tmp_path, HEADER + wrong)
    assert {(problem.row, problem.reason.split(" / ")[1]) for problem in outcome.problems} == {
        (3, "there is no device NOBODY"),
        (4, "the device is a smoke, not a transmitter"),
        (4, "the same address as in row 2"),
        (5, "transmitter 7 is not registered; add a row for it"),
        (6, "system_type and system_address go together"),
        (7, "part_address 'x' is no whole number"),
        (8, "system_address 300 is not within 0…255"),
        (9, "a part can't be a transmitter"),
        (10, "transmitter and device_id are needed"),
        (11, "the same device as in row 2"),
    }
    assert rows(town, Transmitter) == []


def test_a_device_is_one_transmitter_only(town: Database, tmp_path: Path) -> None:
    take(town, tmp_path, HEADER + "889,,,,T1\n")
    (problem,) = take(town, tmp_path, HEADER + "890,,,,T1\n").problems
    assert problem.reason.endswith("the device is transmitter 889 already")


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "the file is empty"), (HEADER, "no rows"), ("用传地址,部件地址\n1,2\n", "device_id")],
)
def test_a_file_that_is_no_address_table_is_refused(
    database: Database, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ImportRefusedError, match=said):
        take(database, tmp_path, text)


def test_the_command_reads_xlsx_and_says_what_it_did(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(database)
    register(database)
    book = openpyxl.Workbook()
    book.active.append(
        ["transmitter", "system_type", "system_address", "part_address", "device_id"]
    )
    book.active.append([889, 1, 1, 5, "S3"])
    book.save(tmp_path / "a.xlsx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XT_DATABASE_URL", database.url)
    said = CliRunner().invoke(app, ["addresses", "a.xlsx"])
    assert (said.exit_code, "1 new, 0 changed, 0 unchanged; written" in said.output) == (0, True)
    (tmp_path / "b.csv").write_text(
        "transmitter,system_type,system_address,part_address,device_id\n889,1,1,5,X\n"
    )
    refused = CliRunner().invoke(app, ["addresses", "b.csv"])
    assert refused.exit_code == 1
    assert "没有设备 X" in refused.output
    missing = CliRunner().invoke(app, ["addresses", "c.csv"])
    assert (missing.exit_code, "没有文件" in missing.output) == (1, True)
    monkeypatch.setenv("XT_DATABASE_URL", "")
    assert CliRunner().invoke(app, ["addresses", "b.csv"]).exit_code == 1


def test_an_address_table_needs_the_tables(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(ImportRefusedError, match="migrate"):
        take(empty, tmp_path, GOOD)
    empty.close()
