"""查岗: ordered through SQL, sent on the link, its answer recorded and audited."""

from datetime import timedelta

import pytest

from data.commands import Actor
from data.domain.errors import DutyCheckRunningError, NotAllowedError, NotFoundError
from data.domain.words import Role
from data.feeds import gb26875 as gb
from data.store.models import Audit, DutyCheck
from tests.lane import DUTY, Lane
from tests.transmitters import ADDRESS, frame, register, serving, until


@pytest.fixture
def site(lane: Lane) -> Lane:
    register(lane.database)
    return lane


def check_of(site: Lane) -> DutyCheck:
    (check,) = site.rows(DutyCheck)
    return check


async def test_a_duty_check_is_sent_confirmed_answered_and_audited(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(frame(site.clock())) == gb.Command.CONFIRM
        told = site.commands.duty_check(ADDRESS, DUTY, 5)
        assert (told["asked_by"], told["outcome"]) == ("duty", None)
        order = await client.read()
        assert gb.parse_unit(order.data) == gb.Unit(91, (gb.DutyCheck(5),))
        assert (order.command, order.destination) == (gb.Command.CONTROL, ADDRESS)
        await client.send(order.reply(gb.Command.CONFIRM, site.clock()))
        await until(lambda: check_of(site).confirmed_at is not None)
        with pytest.raises(DutyCheckRunningError, match="duty asked"):
            site.commands.duty_check(ADDRESS, DUTY)
        site.clock.tick(40)
        here = gb.TransmitterOperation(gb.OperationFlag.ANSWERED, 7, gb.Moment.of(site.clock()))
        answer = frame(site.clock(), gb.Kind.TRANSMITTER_OPERATION, here, serial=2)
        assert await client.ask(answer) == gb.Command.CONFIRM
    check = check_of(site)
    assert (check.outcome, check.operator) == ("answered", 7)
    assert check.answered_at == site.clock()
    assert [(row.actor, row.action, row.subject, row.result) for row in site.rows(Audit)] == [
        ("duty", "duty_check", f"transmitter:{ADDRESS}", "done"),
        ("duty", "duty_check", f"transmitter:{ADDRESS}", "refused"),  # while one runs
    ]


async def test_silence_denial_and_a_missing_link_are_outcomes_too(site: Lane) -> None:
    site.commands.duty_check(ADDRESS, DUTY, 5)
    async with serving(site) as running:
        site.clock.tick(61)
        await until(lambda: check_of(site).outcome == "unreachable")
        client = await running.connect()
        await client.ask(frame(site.clock()))
        site.commands.duty_check(ADDRESS, DUTY, 5)
        order = await client.read()
        await client.send(order.reply(gb.Command.DENY, site.clock()))
        await until(lambda: site.rows(DutyCheck)[1].outcome == "denied")
        site.commands.duty_check(ADDRESS, DUTY, 5)
        order = await client.read()
        await client.send(order.reply(gb.Command.CONFIRM, site.clock()))
        await until(lambda: site.rows(DutyCheck)[2].confirmed_at is not None)
        site.clock.now += timedelta(minutes=5, seconds=1)
        await until(lambda: site.rows(DutyCheck)[2].outcome == "unanswered")


def test_who_may_not_ask_and_whom_nobody_registered(site: Lane) -> None:
    with pytest.raises(NotAllowedError):
        site.commands.duty_check(ADDRESS, Actor("leader", Role.LEADER))
    with pytest.raises(NotFoundError):
        site.commands.duty_check(5, DUTY)
    assert site.count(DutyCheck) == 0
