"""A client against the real server, and against centres that behave badly."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from data.feeds import gb26875 as gb
from data.feeds.simulated import panel
from data.feeds.simulated.ledger import Ledger, Way
from data.feeds.simulated.transmitter import DeviceClock, Patience, TransmitterClient
from data.feeds.simulated.wire import Wire
from data.store.models import AlarmRow, DutyCheck, TransmitterEvent
from tests.lane import DUTY, Lane
from tests.transmitters import ADDRESS, register, serving, until

QUICK = Patience(answer_s=0.3, heartbeat_s=0.1, first_wait_s=0.05, longest_wait_s=0.05, duty_s=0.05)
SMOKE = panel.Part(1, 1, 40, 217, "2层 走廊")


@pytest.fixture
def site(lane: Lane) -> Lane:
    register(lane.database)
    return lane


def burning(client: TransmitterClient, part_address: int = 217) -> gb.Unit:
    part = panel.Part(1, 1, 40, part_address)
    (unit,) = panel.state_units([part.state(gb.PartFlag.FIRE, client.clock())])
    return unit


@contextlib.asynccontextmanager
async def centre(
    answer: Callable[[gb.Frame], list[gb.Frame]],
) -> AsyncIterator[tuple[int, list[gb.Frame]]]:
    """A centre that answers frames as told; yields its port and what it heard."""
    heard: list[gb.Frame] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = gb.FrameStream()
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(4096):
                for one in stream.feed(chunk):
                    assert isinstance(one, gb.Frame)
                    heard.append(one)
                    writer.write(b"".join(back.encode() for back in answer(one)))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()


def client_of(port: int, site: Lane, ledger: Ledger, **more: object) -> TransmitterClient:
    options = {"patience": QUICK, "clock": DeviceClock(now=site.clock), **more}
    return TransmitterClient(("127.0.0.1", port), ADDRESS, ledger, **options)  # type: ignore[arg-type]


async def test_a_confirmed_fire_is_in_the_database(site: Lane) -> None:
    ledger = Ledger()
    async with serving(site) as running, client_of(running.port, site, ledger) as client:
        assert await client.send(burning(client))
        (alarm,) = site.rows(AlarmRow)
    assert alarm.device_id == "S0"
    (entry,) = ledger.confirmed(Way.GB26875)
    assert (entry.source, entry.sends) == (str(ADDRESS), 1)


async def test_a_bad_line_loses_nothing(site: Lane) -> None:
    ledger, wire = Ledger(), Wire(7, cut=0.8, garbage=0.8)
    async with serving(site) as running, client_of(running.port, site, ledger, wire=wire) as client:
        answers = await asyncio.gather(
            *(client.send(burning(client, part_address)) for part_address in range(300, 320))
        )
    assert all(answers)
    assert len(site.rows(AlarmRow)) == 20


async def test_it_asks_three_times_then_connects_anew_and_goes_on(site: Lane) -> None:
    ledger = Ledger()
    asked: list[int] = []

    def deaf_at_first(frame: gb.Frame) -> list[gb.Frame]:
        if not frame.data:
            return [frame.reply(gb.Command.CONFIRM, site.clock())]
        asked.append(frame.serial)
        return [frame.reply(gb.Command.CONFIRM, site.clock())] if len(asked) > 4 else []

    async with centre(deaf_at_first) as (port, _), client_of(port, site, ledger) as client:
        assert await client.send(burning(client))
    assert len(asked) == 5
    assert len(set(asked)) == 1  # the same message, so that it has one effect
    assert ledger.entries()[0].sends == 5


async def test_a_value_is_given_up_and_a_denied_message_too(site: Lane) -> None:
    ledger = Ledger()

    def answer(frame: gb.Frame) -> list[gb.Frame]:
        silent = frame.data[:1] == bytes((gb.Kind.ANALOGUE,))
        command = gb.Command.DENY if frame.data else gb.Command.CONFIRM
        return [] if silent else [frame.reply(command, site.clock())]

    async with centre(answer) as (port, heard), client_of(port, site, ledger) as client:
        await client.connected()
        (value,) = panel.value_units(SMOKE.analogues({"temperature_c": 21.0}, client.clock()))
        assert not await client.send(value, keep=False)
        assert not await client.send(burning(client))
    assert [entry.refused for entry in ledger.entries()] == ["no link", "denied"]
    assert sum(frame.data[:1] == bytes((gb.Kind.PART_STATE,)) for frame in heard) == 3


async def test_it_waits_for_a_centre_that_is_away(site: Lane) -> None:
    ledger = Ledger()
    async with centre(lambda _: []) as (port, _):
        pass
    async with client_of(port, site, ledger) as client:
        waiting = asyncio.create_task(client.send(burning(client)))
        assert not await client.send(burning(client), keep=False)
        await asyncio.sleep(0.2)
        assert not client.is_connected
        assert not waiting.done()
        waiting.cancel()


async def test_its_clock_is_set_and_its_operator_answers(site: Lane) -> None:
    ledger, wrong = Ledger(), DeviceClock(timedelta(minutes=3), site.clock)
    async with serving(site) as running:
        async with client_of(running.port, site, ledger, clock=wrong) as client:
            await until(lambda: client.clock.sets)
            assert client.clock() == site.clock()
            site.commands.duty_check(ADDRESS, DUTY, 5)
            await until(lambda: site.rows(DutyCheck)[0].outcome)
        assert client.duty_checks == 1
    assert site.rows(DutyCheck)[0].outcome == "answered"
    assert "duty_answer" in {row.kind for row in site.rows(TransmitterEvent)}


async def test_what_it_can_not_do_is_denied(site: Lane) -> None:
    order = gb.build_unit(gb.Unit(gb.Kind.READ_TRANSMITTER_VERSION, (gb.Plain(),)))
    ordered: list[gb.Frame] = []

    def answer(frame: gb.Frame) -> list[gb.Frame]:
        if frame.command != gb.Command.SEND:
            return []
        ordered.append(
            gb.Frame(900, frame.at, frame.destination, ADDRESS, gb.Command.CONTROL, order)
        )
        return [frame.reply(gb.Command.CONFIRM, site.clock()), ordered[-1]]

    async with centre(answer) as (port, heard), client_of(port, site, Ledger()):
        await until(lambda: any(frame.command == gb.Command.DENY for frame in heard))
    assert next(f for f in heard if f.command == gb.Command.DENY).serial == 900


async def test_a_power_cut_is_silence_not_an_end(site: Lane) -> None:
    ledger, ended = Ledger(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = gb.FrameStream()
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(4096):
                for one in stream.feed(chunk):
                    assert isinstance(one, gb.Frame)
                    writer.write(one.reply(gb.Command.CONFIRM, site.clock()).encode())
        ended.set()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    client = client_of(server.sockets[0].getsockname()[1], site, ledger)
    async with client:
        assert await client.send(burning(client))
        await client.vanish()
        assert not client.is_connected
        await asyncio.sleep(0.3)
        assert not ended.is_set()
        waiting = asyncio.create_task(client.send(burning(client, 300)))
        await client.__aenter__()  # the power is back
        assert await waiting
        await asyncio.wait_for(ended.wait(), 5)
    server.close()
