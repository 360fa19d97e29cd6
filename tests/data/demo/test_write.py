from datetime import UTC, datetime

from sqlalchemy import select

from data.demo.write import Writer
from data.store.database import Database
from data.store.models import Audit, Meta


def test_rows_come_back_as_the_model_would_have_written_them(database: Database) -> None:
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    with database.writing() as session:
        writer = Writer(session)
        assert writer.rows(Meta, []) == 0
        number = writer.rows(
            Audit,
            [
                {"at": at, "actor": "a", "action": "x", "detail": {"n": 1}},
                {"at": at, "actor": "b", "action": "y", "detail": {}},
            ],
        )
    assert number == 2
    with database.reading() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id)).all()
    assert [(row.at, row.actor, row.detail) for row in rows] == [(at, "a", {"n": 1}), (at, "b", {})]
    assert {row.subject for row in rows} == {""}  # the model's own default
