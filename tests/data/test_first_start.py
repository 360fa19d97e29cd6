from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import first_start
from data.errors import StartError
from data.store import migrate
from data.store.database import Database
from data.store.models import Building, Community, Device, Meta
from tests.conftest import TOWN_NOW
from tests.lane import build
from tests.servers import free_port


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_broken_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("this is no database " * 100)
    with pytest.raises(StartError, match=r"broken\.db can't be used: file is not a database"):
        first_start.migrate_database(url_of(tmp_path / "broken.db"))
    with pytest.raises(StartError, match=r"file is not a database"):
        first_start.check_migrated(url_of(tmp_path / "broken.db"))


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = url_of(tmp_path / "newer.db")
    migrate.upgrade(url)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StartError, match="9999"):
        first_start.migrate_database(url)


def test_a_server_that_is_away_is_one_sentence_without_the_password() -> None:
    url = f"postgresql+psycopg://xintang:secret-word@127.0.0.1:{free_port()}/xintang"
    with pytest.raises(StartError, match="can't be used") as caught:
        first_start.migrate_database(url)
    assert "secret-word" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_a_migrated_database_passes(tmp_path: Path) -> None:
    url = url_of(tmp_path / "old.db")
    with pytest.raises(StartError, match=r"python app\.py migrate"):
        first_start.check_migrated(url)
    first_start.migrate_database(url)
    first_start.check_migrated(url)


def test_a_new_database_gets_reference_data_and_a_town(database: Database) -> None:
    assert first_start.needs_reference(database)
    assert first_start.needs_town(database)
    first_start.load_reference_data(database)
    assert not first_start.needs_reference(database)
    steps: list[float] = []
    first_start.make_town(database, 500, TOWN_NOW, lambda _name, share: steps.append(share))
    assert not first_start.needs_town(database)
    assert steps == sorted(steps)
    assert steps[-1] == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Community)) == 14
        assert session.scalar(select(func.count()).select_from(Device)) == 500
        assert session.get_one(Meta, "demo_devices").value == "500"


def test_an_interrupted_town_leaves_nothing_and_is_made_anew(database: Database) -> None:
    first_start.load_reference_data(database)

    def interrupt(_name: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        first_start.make_town(database, 500, TOWN_NOW, interrupt)
    assert first_start.needs_town(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Building)) == 0


def test_official_data_is_never_mixed_with_a_demo_town(database: Database) -> None:
    build(database)
    assert not first_start.needs_town(database)
