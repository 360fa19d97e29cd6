"""Real sockets, real Redis, SQLite and PostgreSQL: from the frame to the alarm and back."""

import asyncio
from datetime import timedelta

import orjson
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import select

from data.domain.words import AlarmKind, Status
from data.feeds import gb26875 as gb
from data.feeds.transmitters.counters import read_counts, read_links
from data.feeds.transmitters.intake import Intake, Received
from data.feeds.transmitters.link import Patience
from data.feeds.transmitters.translate import translate
from data.live import keys
from data.live.present import Present
from data.store.models import (
    AlarmRow,
    DeviceState,
    Transmitter,
    TransmitterEvent,
    TransmitterPoint,
)
from tests.gb_real import BY_NAME
from tests.lane import Lane
from tests.transmitters import (
    ADDRESS,
    CENTRE,
    frame,
    part,
    register,
    serving,
    unregister_part,
    until,
)

CONFIRM, DENY = gb.Command.CONFIRM, gb.Command.DENY


@pytest.fixture
def site(lane: Lane) -> Lane:
    register(lane.database)
    return lane


def counts(site: Lane) -> dict[str, int]:
    found = read_counts(site.redis)
    assert found is not None
    return found


def fire(site: Lane, serial: int = 1, **more: object) -> gb.Frame:
    return frame(site.clock(), gb.Kind.PART_STATE, part(site.clock(), **more), serial=serial)


async def test_a_fire_is_confirmed_when_it_is_in_sql_and_on_the_stream(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(fire(site)) == CONFIRM
        (alarm,) = site.rows(AlarmRow)
    assert (alarm.device_id, alarm.cause, alarm.kind) == ("S0", "reported_fire", AlarmKind.FIRE)
    assert (alarm.raised_at, alarm.building_id) == (site.clock(), "B1")
    assert site.present.statuses()[0] == Status.ALARM


async def test_the_same_fire_twice_split_and_glued_is_one_alarm(site: Lane) -> None:
    raw = fire(site).encode()
    async with serving(site) as running:
        client = await running.connect()
        for piece in (raw[:1], raw[1:30], raw[30:] + raw + b"noise" + raw[:7], raw[7:]):
            client.writer.write(piece)
            await client.writer.drain()
            await asyncio.sleep(0.02)
        assert [(await client.read()).command for _ in range(3)] == [CONFIRM] * 3
        again = await running.connect()
        assert await again.ask(fire(site, serial=7)) == CONFIRM
    (alarm,) = site.rows(AlarmRow)
    assert alarm.count == 1
    assert running.server.counters.total["duplicate"] == 3


async def test_several_objects_of_a_frame_reach_their_devices(site: Lane) -> None:
    burning, broken = part(site.clock()), part(site.clock(), gb.PartFlag.FAULT, part_address=3)
    async with serving(site) as running:
        client = await running.connect()
        both = frame(site.clock(), gb.Kind.PART_STATE, burning, broken)
        assert await client.ask(both) == CONFIRM
    kinds = {alarm.device_id: alarm.kind for alarm in site.rows(AlarmRow)}
    assert kinds == {"S0": AlarmKind.FIRE, "T1": AlarmKind.FAULT}


async def test_recovery_clears_the_alarm_and_leaves_the_fire_standing(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        await client.ask(fire(site))
        site.clock.tick(60)
        await client.ask(fire(site, 2, state=gb.PartFlag.NORMAL))
    (alarm,) = site.rows(AlarmRow)
    assert alarm.cleared_at == site.clock()
    assert alarm.closed_at is None


async def test_a_fire_with_the_test_bit_alarms_and_says_so(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(fire(site, state=gb.PartFlag.FIRE)) == CONFIRM
    assert [alarm.cause for alarm in site.rows(AlarmRow)] == ["test_bit_fire"]


async def test_each_unknown_part_alarms_for_itself_at_the_building_of_its_transmitter(
    site: Lane,
) -> None:
    unregister_part(site.database)
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(fire(site)) == CONFIRM
        assert await client.ask(fire(site, 2, part_address=218, text="3层 走廊")) == CONFIRM
    first, second = site.rows(AlarmRow)
    assert [(a.device_id, a.building_id, a.kind) for a in (first, second)] == [
        ("T1", "B1", AlarmKind.FIRE)
    ] * 2
    points = {point.id: point for point in site.rows(TransmitterPoint)}
    assert points[second.point_id].device_id is None
    assert (points[second.point_id].description, points[second.point_id].state) == ("3层 走廊", 3)
    told = [orjson.loads(raw) for raw in site.redis.hgetall(keys.ALARMS).values()]
    assert {(view["point"], view["location"]) for view in told} == {
        ("1-1-217", "2层 走廊"),
        ("1-1-218", "3层 走廊"),
    }


async def test_an_analogue_value_becomes_a_reading_of_its_device(site: Lane) -> None:
    hot = gb.Analogue(1, 1, 40, 217, gb.AnalogueKind.TEMPERATURE, 412, gb.Moment.of(site.clock()))
    wild = gb.Analogue(1, 1, 40, 217, gb.AnalogueKind.GAS, 9999, gb.Moment.of(site.clock()))
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(frame(site.clock(), gb.Kind.ANALOGUE, hot)) == CONFIRM
        assert await client.ask(frame(site.clock(), gb.Kind.ANALOGUE, wild, serial=2)) == CONFIRM
    with site.database.reading() as session:
        state = session.scalars(select(DeviceState).where(DeviceState.device_id == "S0")).one()
    assert state.values == {"temperature_c": 41.2}
    assert running.server.counters.total["rejected"] == 1


async def test_a_pressed_alarm_button_of_the_transmitter_is_a_fire(site: Lane) -> None:
    pressed = gb.TransmitterOperation(gb.OperationFlag.MANUAL_ALARM, 3, gb.Moment.of(site.clock()))
    async with serving(site) as running:
        client = await running.connect()
        await client.ask(frame(site.clock(), gb.Kind.TRANSMITTER_OPERATION, pressed))
    assert [(a.device_id, a.cause) for a in site.rows(AlarmRow)] == [("T1", "manual_fire")]
    events = {event.kind: event for event in site.rows(TransmitterEvent)}
    assert events["operation"].detail == {"operation": 4, "operator": 3}


async def test_a_bad_frame_is_denied_and_the_next_one_taken(site: Lane) -> None:
    bad = bytearray(fire(site).encode())
    bad[-3] ^= 1
    async with serving(site) as running:
        client = await running.connect()
        client.writer.write(bytes(bad))
        assert (await client.read()).command == DENY
        wrong = frame(site.clock(), gb.Kind.READ_SYSTEM_STATE, gb.OfSystem(1, 1), serial=2)
        assert await client.ask(wrong) == DENY
        assert await client.ask(frame(site.clock(), serial=3, command=77)) == DENY
        assert await client.ask(fire(site, serial=4)) == CONFIRM
    assert site.count(AlarmRow) == 1
    counts = running.server.counters.total
    assert (counts["denied_checksum"], counts["denied_content"]) == (1, 2)


async def test_why_a_frame_was_denied_is_told_of_its_link(
    site: Lane,
) -> None:
    wrong = frame(site.clock(), gb.Kind.READ_SYSTEM_STATE, gb.OfSystem(1, 1), serial=2)
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(frame(site.clock())) == CONFIRM
        assert await client.ask(wrong) == DENY
        await until(lambda: (read_links(site.redis) or {}).get(ADDRESS, {}).get("denied") == 1)
    link = (read_links(site.redis) or {})[ADDRESS]
    assert link["error"] == "a transmitter does not send the type 61"
    assert link["error_at"] == round(site.clock().timestamp() * 1000)


async def test_the_real_bad_frame_is_denied(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        client.writer.write(BY_NAME["bad checksum"])
        assert (await client.read()).command == DENY


async def test_an_unregistered_transmitter_is_denied_and_kept(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        stranger = frame(site.clock(), gb.Kind.PART_STATE, part(site.clock()), source=5)
        assert await client.ask(stranger) == DENY
    assert {row.address: row.device_id for row in site.rows(Transmitter)} == {5: None, 889: "T1"}
    assert site.count(AlarmRow) == 0


async def test_a_clock_of_2012_loses_no_fire(site: Lane) -> None:
    """A real frame: its own times are years old, and it comes twice."""
    async with serving(site) as running:
        client = await running.connect()
        client.writer.write(BY_NAME["smoke fire"] * 2)
        answers = [(await client.read()).command for _ in range(3)]
        assert sorted(answers) == [gb.Command.CONTROL, CONFIRM, CONFIRM]  # its clock is set
    (alarm,) = site.rows(AlarmRow)
    assert alarm.raised_at == alarm.received_at == site.clock()


async def test_a_wrong_clock_is_set_once(site: Lane) -> None:
    late = site.clock() - timedelta(minutes=3)
    async with serving(site) as running:
        client = await running.connect()
        await client.send(frame(late))
        answers = {answer.command: answer for answer in [await client.read(), await client.read()]}
        clock = answers[gb.Command.CONTROL]
        unit = gb.parse_unit(clock.data)
        assert unit == gb.Unit(90, (gb.TransmitterTime(gb.Moment.of(site.clock())),))
        assert (clock.source, clock.destination) == (CENTRE, ADDRESS)
        await client.send(clock.reply(CONFIRM, site.clock()))
        assert await client.ask(frame(late, serial=2)) == CONFIRM
        await until(lambda: "clock_set" in {e.kind for e in site.rows(TransmitterEvent)})
    (event,) = [e for e in site.rows(TransmitterEvent) if e.kind == "clock_set"]
    assert event.detail == {"drift_s": -180.0}


async def test_a_heartbeat_keeps_the_transmitter_and_its_parts_alive(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(frame(site.clock())) == CONFIRM
        await until(lambda: site.present.statuses()[0] == Status.NORMAL)
        assert site.count(AlarmRow) == 0
    states = {s.device_id: s for s in site.rows(DeviceState)}
    assert states.keys() == {"T1", "S0"}
    assert {s.measured_at for s in states.values()} == {None}  # nothing was measured


def test_nobody_vouches_for_parts_behind_a_transmitter_that_is_silent_itself(site: Lane) -> None:
    intake = Intake(site.database, site.pipeline, site.clock)

    def beat() -> None:
        intake.take([Received(translate(frame(site.clock())), site.clock())])

    def is_stale(device_id: str) -> bool:
        return next(s.stale for s in site.rows(DeviceState) if s.device_id == device_id)

    beat()
    assert intake.vouch([ADDRESS]) == 1
    site.clock.tick(181)
    site.worker.step()
    assert is_stale("T1")
    assert intake.vouch([ADDRESS]) == 0  # though its connection still seems to be there
    assert is_stale("S0")
    beat()
    assert intake.vouch([ADDRESS]) == 1
    assert not is_stale("S0")


async def test_links_come_and_go_and_everybody_is_told(site: Lane) -> None:
    async with serving(site) as running:
        client = await running.connect()
        await client.ask(frame(site.clock()))
        await client.close()
        await until(lambda: len(site.rows(TransmitterEvent)) == 2)
        await until(lambda: site.redis.hexists(keys.TRANSMITTER_LINKS, str(ADDRESS)))
        await until(lambda: counts(site).get("links") == 0)
        state = orjson.loads(site.redis.hget(keys.TRANSMITTER_LINKS, str(ADDRESS)))
    assert [event.kind for event in site.rows(TransmitterEvent)] == ["link_up", "link_down"]
    assert (state["up"], state["frames"], state["peer"]) == (False, 1, "127.0.0.1")
    assert counts(site)["confirmed"] == 1


async def test_while_redis_is_away_nothing_is_confirmed_but_all_is_recorded(site: Lane) -> None:
    nowhere = Present(Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 1)))
    async with serving(site, present=nowhere) as running:
        client = await running.connect()
        await client.send(fire(site))
        await until(lambda: site.count(AlarmRow) == 1)
        assert await client.says_nothing(2)
    async with serving(site) as running:  # Redis is back, the transmitter repeats it
        client = await running.connect()
        assert await client.ask(fire(site)) == CONFIRM
    assert site.count(AlarmRow) == 1


async def test_who_says_nothing_or_nonsense_is_sent_away(site: Lane) -> None:
    async with serving(site, patience=Patience(first_s=1, idle_s=1)) as running:
        noisy = await running.connect()
        noisy.writer.write(bytes(70_000))
        silent, idle = [await running.connect() for _ in range(2)]
        assert await idle.ask(frame(site.clock())) == CONFIRM
        for client in (silent, noisy, idle):
            async with asyncio.timeout(3):
                assert await client.reader.read() == b""
    counts = running.server.counters.total
    assert (counts["closed_idle"], counts["closed_garbage"]) == (2, 1)


async def test_there_is_a_limit_to_connections(site: Lane) -> None:
    async with serving(site, max_connections=1) as running:
        first = await running.connect()
        assert await first.ask(frame(site.clock())) == CONFIRM
        second = await running.connect()
        async with asyncio.timeout(3):
            assert await second.reader.read() == b""
        assert await first.ask(fire(site, serial=2)) == CONFIRM
