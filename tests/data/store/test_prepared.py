"""Statements that are compiled once mean the same on SQLite and PostgreSQL."""

from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from data.domain.words import AlarmKind, DeviceKind, Status
from data.store import alarms, database, raising
from data.store.database import DRIVER, Database
from data.store.models import Device, DeviceState, StatusChange
from data.store.prepared import Prepared, among, upsert
from tests.lane import T0, Lane

_D = Device.__table__.c


def test_many_values_are_one_parameter(lane: Lane) -> None:
    by_id = Prepared(lambda _: select(_D.id, _D.kind).where(among(_D.id, "ids")).order_by(_D.id))
    by_slot = Prepared(lambda _: select(_D.id).where(among(_D.slot, "slots")).order_by(_D.id))
    with lane.database.reading() as session:
        found = by_id.rows(session, {"ids": ["P0", "S0", "nobody", 'it\'s ["odd"]']})
        assert found == [("P0", DeviceKind.PRESSURE), ("S0", DeviceKind.SMOKE)]
        assert by_id.rows(session, {"ids": []}) == []
        assert by_slot.rows(session, {"slots": [0, 1, 99]}) == [("S0",), ("S1",)]


def test_constants_of_the_statement_stay(lane: Lane) -> None:
    both = Prepared(
        lambda _: select(_D.id).where(_D.kind == DeviceKind.SMOKE, _D.slot == bindparam("slot"))
    )
    with lane.database.reading() as session:
        assert both.rows(session, {"slot": 1}) == [("S1",)]
        assert both.rows(session, {"slot": 5}) == []


def test_rows_are_replaced_by_their_key(lane: Lane) -> None:
    names = ("device_id", "status", "since", "stale", "values", "recent", "version")
    save = upsert(DeviceState, names)
    row = ("S0", int(Status.NORMAL), T0, False, {"smoke_pct": 1.5}, b"\x00\xff", 1)
    with lane.database.writing() as session:
        save.many(session, [row, ("S1", *row[1:])])
        save.many(session, [(*row[:6], 2)])
        save.many(session, [])
    first, second = lane.rows(DeviceState)
    assert (first.version, second.version) == (2, 1)
    assert (first.since, first.values, first.recent) == (T0, {"smoke_pct": 1.5}, b"\x00\xff")
    assert first.pending is None


def test_names_in_another_order_are_refused(lane: Lane) -> None:
    wrong = Prepared(lambda insert: insert(StatusChange.__table__), ("at", "device_id"))
    with lane.database.writing() as session, pytest.raises(ValueError, match="table's order"):
        wrong.many(session, [(T0, "S0")])


def test_a_refused_row_is_an_error_of_sqlalchemy(lane: Lane) -> None:
    row = ("nobody", T0, T0, 0, 1, "")
    names = ("device_id", "at", "measured_at", "before", "after", "reason")
    add = Prepared(lambda insert: insert(StatusChange.__table__), names)
    with pytest.raises(IntegrityError), lane.database.writing() as session:
        add.many(session, [("S0", *row[1:]), row])
    assert lane.rows(StatusChange) == []


def test_rows_within_a_transaction_see_what_it_wrote(lane: Lane) -> None:
    count = Prepared(lambda _: select(func.count()).select_from(StatusChange.__table__))
    with lane.database.writing() as session:
        change = StatusChange(device_id="S0", at=T0, before=0, after=1)
        session.add(change)
        session.flush()
        assert count.rows(session, {}) == [(1,)]
        with lane.database.reading() as other:
            assert count.rows(other, {}) == [(0,)]
        session.rollback()  # with it goes the driver's connection
        assert count.rows(session, {}) == [(0,)]
        assert session.in_transaction()
        assert DRIVER not in session.info
    assert lane.rows(StatusChange) == []


def test_a_locked_file_is_an_error_of_sqlalchemy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 0)
    one, other = (Database(f"sqlite:///{tmp_path / 'x.db'}") for _ in range(2))
    with one.writing(), pytest.raises(OperationalError, match="locked"), other.writing():
        raise AssertionError("two write at once")
    for each in (one, other):
        each.close()


def test_an_unknown_word_in_the_database_is_an_error(lane: Lane) -> None:
    kinds = Prepared(lambda _: select(_D.kind))
    with lane.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE device SET kind = 'kettle' WHERE id = 'S0'")
        with pytest.raises(KeyError, match="kettle"):
            kinds.rows(session, {})


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (alarms._TROUBLED, "ix_alarm_open_device_id_raised_at"),
        (alarms._OPEN, "ix_alarm_open_device_id_raised_at"),
        (raising._AT, "ix_alarm_open_building_id_raised_at"),
        (raising._AT, "ix_incident_open_building_id"),
    ],
)
def test_open_alarms_elsewhere_are_not_looked_at(town_database, statement, index) -> None:
    """SQLite without statistics would go through all the town's open alarms for each batch."""
    with town_database.reading() as session:
        one = statement._for(session)
        names = {name: ["XT-SMK-000001"] for name, _, _ in one.parameters}
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {one.text}", one.bound(names)
        )
        steps = [row[3] for row in plan]
    assert any(index in step for step in steps), steps
    assert not any("closed_at" in step for step in steps), steps


def test_kinds_come_back_as_members(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    with lane.database.reading() as session:
        ((alarm,),) = alarms.open_alarms_of(session, ["S0", "S1"]).values()
    assert alarm.kind is AlarmKind.FIRE
    assert alarm.raised_at == T0
