from pathlib import Path

import pytest

from data.store.database import PATIENCE, Database


@pytest.mark.postgres
def test_a_connection_to_postgresql_notices_that_the_other_side_is_gone(
    postgres_database: Database,
) -> None:
    with postgres_database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        parameters = driver.info.get_parameters()
    assert {name: int(parameters[name]) for name in PATIENCE} == PATIENCE


def test_a_commit_on_sqlite_outlives_the_machines_power(tmp_path: Path) -> None:
    """In WAL mode FULL (2) syncs the log at every commit; NORMAL would only at a checkpoint."""
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.writing() as session:
        connection = session.connection()
        asked = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    database.close()
    assert asked == ["wal", 2, 1]
