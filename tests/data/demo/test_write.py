from datetime import UTC, date, datetime

from sqlalchemy import select

from data.demo.write import Writer
from data.store.database import Database
from data.store.models import Command, Meta, ProgrammeTask


def test_rows_come_back_as_the_model_would_have_written_them(database: Database) -> None:
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    row = {"actor": "a", "at": at, "fingerprint": "f"}
    with database.writing() as session:
        writer = Writer(session)
        assert writer.rows(Meta, []) == 0
        number = writer.rows(
            Command, [{**row, "key": "1", "answer": {"n": 1}}, {**row, "key": "2", "answer": {}}]
        )
        writer.rows(ProgrammeTask, [{"name": "t", "unit": "u", "due": date(2026, 12, 1)}])
    assert number == 2
    with database.reading() as session:
        rows = session.scalars(select(Command).order_by(Command.key)).all()
        task = session.scalars(select(ProgrammeTask)).one()
    assert [(row.at, row.key, row.answer) for row in rows] == [(at, "1", {"n": 1}), (at, "2", {})]
    assert (task.progress_pct, task.demo) == (0, False)  # the model's own defaults
