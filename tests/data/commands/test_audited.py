"""Every command writes one row of the audit: where it was carried out and where it was refused."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from data.audit_keeper import findings
from data.commands import Actor, Commands
from data.domain.api_keys import KeyWish
from data.domain.errors import DomainError
from data.domain.response import Stage
from data.domain.rule_changes import Numbers, Override
from data.domain.rules import RULES
from data.domain.words import DeviceKind, Role, Verdict, Way
from data.feeds import gb26875 as gb
from data.feeds.transmitters.intake import Intake, Received
from data.feeds.transmitters.translate import translate
from data.store.models import Audit, DeadLetter, DisplayPairing, Transmitter, TransmitterPoint
from tests.data.commands.test_photos import photo
from tests.lane import T0, Lane
from tests.transmitters import ADDRESS, frame, part, register

ADMIN = Actor("admin", Role.ADMIN, "192.0.2.1")
STRANGER = 7
RULE = RULES[DeviceKind.SMOKE][0]
OVERRIDE = Override(DeviceKind.SMOKE, RULE.cause, replace(Numbers.of(RULE), off=1))
Act = Callable[[Commands, Actor], Any]


def acts(folder: Path, point: int) -> dict[str, Act]:
    """Every command, in an order in which one can follow the other."""
    return {
        "acknowledge": lambda c, by: c.acknowledge(1, by),
        "acknowledge_many": lambda c, by: c.acknowledge_many([3], by),
        "shelve": lambda c, by: c.shelve(3, by, 10, "维修"),
        "unshelve": lambda c, by: c.unshelve(3, by),
        "confirm": lambda c, by: c.confirm(1, by),
        "check": lambda c, by: c.check(1, by, "call_119"),
        "note": lambda c, by: c.note(1, by, "到场"),
        "photo": lambda c, by: c.photo(1, by, photo(), folder),
        "split": lambda c, by: c.split(1, [2], by, "另一处"),
        "merge": lambda c, by: c.merge(1, 2, by, "同一处"),
        "advance": lambda c, by: c.advance(1, Stage.DISPATCHED, by, "微型消防站"),
        "close": lambda c, by: c.close(3, by, Verdict.TEST, "测试"),
        "out_of_service": lambda c, by: c.out_of_service("H0", by, "更换"),
        "back_in_service": lambda c, by: c.back_in_service("H0", by, "恢复"),
        "change_rule": lambda c, by: c.change_rule(OVERRIDE, by, "试行"),
        "reset_rule": lambda c, by: c.reset_rule(DeviceKind.SMOKE, RULE.cause, by, "恢复"),
        "add_key": lambda c, by: c.add_key(KeyWish("gateway"), by),
        "revoke_key": lambda c, by: c.revoke_key(1, by),
        "discard_letters": lambda c, by: c.discard_letters([1], by),
        "duty_check": lambda c, by: c.duty_check(ADDRESS, by),
        "register_transmitter": lambda c, by: c.register_transmitter(STRANGER, "T2", by),
        "register_point": lambda c, by: c.register_point(point, "S2", by),
        "pair_display": lambda c, by: c.pair_display("ABCD-EFGH", "指挥大厅", by),
        "revoke_display": lambda c, by: c.revoke_display(1, by),
        "close_incident": lambda c, by: c.close_incident(
            c.split(1, [2], by, "另一处")["id"], by, Verdict.TEST, "测试"
        ),
    }


def names() -> set[str]:
    members = inspect.getmembers(Commands, inspect.isfunction)
    return {name for name, _ in members if not name.startswith("_")}


def test_every_command_is_walked(tmp_path: Path) -> None:
    assert set(acts(tmp_path, 1)) == names()


def test_a_refused_command_leaves_its_row(lane: Lane, tmp_path: Path) -> None:
    nobody = Actor("wall", Role.DISPLAY, "192.0.2.9")
    for number, (name, act) in enumerate(acts(tmp_path, 1).items(), start=1):
        with pytest.raises(DomainError):
            act(lane.commands, nobody)
        rows = lane.rows(Audit)
        assert (len(rows), rows[-1].result) == (number, "refused"), name
        assert (rows[-1].actor, rows[-1].address) == ("wall", "192.0.2.9")
        assert rows[-1].detail["error"]


@pytest.fixture
def busy(lane: Lane) -> Lane:
    """Two fires of one incident, a fault, an unregistered transmitter and part, a dead letter."""
    register(lane.database)
    register(lane.database, 100, "T2")
    with lane.database.writing() as session:
        session.execute(delete(Transmitter).where(Transmitter.address == 100))
        letter = {"way": Way.HTTP, "source": "gateway", "reason": "device", "raw": b"x"}
        wall = {"code": "ABCDEFGH", "expires_at": T0 + timedelta(days=1), "address": ""}
        session.add(DisplayPairing(secret_hash="x", **wall))
        session.add(DeadLetter(received_at=T0, error="", size=1, **letter))
    lane.worker.heal()
    lane.send("S0", smoke_pct=40)
    lane.send("S1", smoke_pct=40)
    lane.send("S3", battery_pct=5)
    for source in (ADDRESS, STRANGER):
        told = frame(
            lane.clock(), gb.Kind.PART_STATE, part(lane.clock(), part_address=300), source=source
        )
        Intake(lane.database, lane.pipeline, lane.clock).take(
            [Received(translate(told), lane.clock())]
        )
    return lane


def test_a_command_that_is_carried_out_leaves_its_row(busy: Lane, tmp_path: Path) -> None:
    point = next(
        row.id
        for row in busy.rows(TransmitterPoint)
        if row.device_id is None and row.transmitter == ADDRESS
    )
    for name, act in acts(tmp_path, point).items():
        before = busy.count(Audit)
        act(busy.commands, ADMIN)
        rows = busy.rows(Audit)
        assert len(rows) > before, name
        assert {row.result for row in rows[before:]} == {"done"}, name
        assert rows[-1].detail or rows[-1].before or rows[-1].after, name
        assert (rows[-1].actor, rows[-1].address) == ("admin", "192.0.2.1")
    acknowledged = busy.rows(Audit)[0]
    assert acknowledged.before == {"acked_at": None, "acked_by": None}
    assert acknowledged.after["acked_by"] == "admin"
    assert findings(busy.database, tmp_path / "none")[1] == []
