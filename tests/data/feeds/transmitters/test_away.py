"""While the database is away, or refuses one message of many."""

import pytest
from redis import Redis
from sqlalchemy import text

from data.feeds import gb26875 as gb
from data.store.database import Database
from data.store.models import AlarmRow
from tests.lane import Lane, build
from tests.transmitters import frame, part, register, serving


@pytest.fixture
def site(lane: Lane) -> Lane:
    register(lane.database)
    return lane


async def test_while_sql_is_away_nothing_is_confirmed_and_it_recovers_by_itself(
    site: Lane,
) -> None:
    there = site.database
    site.database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    fire = frame(site.clock(), gb.Kind.PART_STATE, part(site.clock()))
    async with serving(site) as running:
        client = await running.connect()
        await client.send(fire)
        assert await client.says_nothing(1)
        assert running.server.counters.total["received"] == 1
    site.database.close()
    site.database = there
    async with serving(site) as running:
        client = await running.connect()
        assert await client.ask(fire) == gb.Command.CONFIRM
    assert site.count(AlarmRow) == 1


async def test_a_writer_that_holds_the_database_only_delays_the_confirmation(
    lane: Lane,
) -> None:
    register(lane.database)
    async with serving(lane) as running:
        client = await running.connect()
        with lane.database.writing() as session:
            session.execute(text("UPDATE device SET name = name"))
            await client.send(frame(lane.clock(), gb.Kind.PART_STATE, part(lane.clock())))
            assert await client.says_nothing(0.5)
        assert (await client.read()).command == gb.Command.CONFIRM


@pytest.mark.postgres
async def test_a_message_that_the_database_refuses_costs_only_itself(
    postgres_database: Database, redis: Redis
) -> None:
    """On PostgreSQL; SQLite says of a missing table what it says when it is away."""
    build(postgres_database)
    site = Lane(postgres_database, redis)
    register(site.database)
    with site.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE transmitter_event RENAME TO elsewhere"))
    reset = gb.Operation(1, 1, gb.OperationFlag.RESET, 1, gb.Moment.of(site.clock()))
    async with serving(site) as running:
        client = await running.connect()
        await client.send(
            frame(site.clock(), gb.Kind.OPERATION, reset, serial=1),
            frame(site.clock(), serial=2),
        )
        answers = {one.serial: one.command for one in [await client.read(), await client.read()]}
    assert answers == {1: gb.Command.DENY, 2: gb.Command.CONFIRM}
