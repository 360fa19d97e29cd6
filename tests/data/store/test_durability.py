from pathlib import Path

from data.store.database import Database


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
