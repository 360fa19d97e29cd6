"""Frames that are denied for what they say, or that the database refuses: kept, and replayed."""

import pytest
from redis import Redis
from sqlalchemy import text

from data.commands import Actor
from data.domain.words import Role, Way
from data.feeds import gb26875 as gb
from data.feeds.replay import Replayed, Replayer
from data.feeds.transmitters.aside import STRANGERS
from data.store.database import Database
from data.store.models import AlarmRow, DeadLetter, Transmitter, TransmitterEvent
from tests.lane import Lane, build
from tests.transmitters import ADDRESS, frame, part, register, serving, until

ADMIN = Actor("admin", Role.ADMIN)


def replay(site: Lane, number: int) -> Replayed:
    (done,) = Replayer(site.database, site.pipeline, site.clock).replay([number], ADMIN)
    return done


async def test_a_frame_of_a_type_that_nobody_knows_is_kept_as_it_came(lane: Lane) -> None:
    register(lane.database)
    strange = gb.Frame(7, gb.Moment.of(lane.clock()), ADDRESS, 1, gb.Command.SEND, bytes((77, 1)))
    async with serving(lane) as running:
        client = await running.connect()
        assert await client.ask(strange) == gb.Command.DENY
        await until(lambda: lane.count(DeadLetter) == 1)
    (letter,) = lane.rows(DeadLetter)
    assert (letter.way, letter.source, letter.reason) == (Way.GB26875, str(ADDRESS), "content")
    assert (letter.raw, letter.received_at) == (strange.encode(), lane.clock())
    assert "77" in replay(lane, letter.id).error
    assert lane.rows(DeadLetter)[0].settled_at is None


async def test_strangers_share_one_allotment(lane: Lane) -> None:
    """Anybody can make up addresses; they must not push out what others could not say."""
    async with serving(lane) as running:
        for number in range(3):
            moment, stranger = gb.Moment.of(lane.clock()), ADDRESS + 1 + number
            strange = gb.Frame(7, moment, stranger, 1, gb.Command.SEND, bytes((77, 1)))
            client = await running.connect()
            assert await client.ask(strange) == gb.Command.DENY
        await until(lambda: lane.count(DeadLetter) == 3)
    letters = lane.rows(DeadLetter)
    assert {letter.source for letter in letters} == {STRANGERS}
    assert letters[0].error.startswith(f"{ADDRESS + 1}: ")


@pytest.mark.postgres
async def test_what_the_database_refused_is_replayed_with_its_own_time(
    postgres_database: Database, redis: Redis
) -> None:
    build(postgres_database)
    site = Lane(postgres_database, redis)
    register(site.database)
    rename(site, "transmitter_event", "elsewhere")
    at = site.clock()
    reset = gb.Operation(1, 1, gb.OperationFlag.RESET, 1, gb.Moment.of(at))
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(frame(at, gb.Kind.OPERATION, reset)) == gb.Command.DENY
        await until(lambda: site.count(DeadLetter) == 1)
    rename(site, "elsewhere", "transmitter_event")
    (letter,) = site.rows(DeadLetter)
    assert letter.reason == "failed"
    site.clock.tick(3600)
    assert replay(site, letter.id) == Replayed(letter.id)
    events = [one for one in site.rows(TransmitterEvent) if one.kind == "operation"]
    assert [one.at for one in events] == [at]
    assert "before" in replay(site, letter.id).error


def test_a_fire_is_replayed_once_its_transmitter_is_registered(lane: Lane) -> None:
    at = lane.clock()
    fire = frame(at, gb.Kind.PART_STATE, part(at))
    with lane.database.writing() as session:
        session.add(
            DeadLetter(
                way=Way.GB26875,
                source=str(ADDRESS),
                received_at=at,
                raw=fire.encode(),
                size=len(fire.encode()),
                reason="failed",
                error="",
            )
        )
    lane.clock.tick(60)
    assert "nobody registered" in replay(lane, 1).error
    assert lane.count(Transmitter) == 1
    with lane.database.writing() as session:
        session.query(Transmitter).delete()
    register(lane.database)
    assert replay(lane, 1) == Replayed(1)
    (alarm,) = lane.rows(AlarmRow)
    assert (alarm.device_id, alarm.raised_at, alarm.received_at) == ("S0", at, at)


def rename(site: Lane, before: str, after: str) -> None:
    with site.database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
