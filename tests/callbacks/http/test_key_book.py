"""Which key a request carries, also while SQL is away."""

import pytest
from redis import Redis
from sqlalchemy import text
from starlette.datastructures import Headers

from callbacks.http.key_book import KeyBook
from data.domain.api_keys import KeyWish
from data.store import api_keys
from data.store.database import Database
from data.store.guard import StoreUnavailableError
from data.store.models import ApiKeyRow
from tests.lane import T0, Clock, Lane, build


@pytest.fixture
def lane(database: Database, redis: Redis) -> Lane:
    build(database)
    return Lane(database, redis)


KEY = Headers({"authorization": "Bearer k1"})


def add(lane: Lane) -> int:
    with lane.database.writing() as session:
        return api_keys.add(session, KeyWish("water"), "k1", "admin", T0).id


def a_second_later(book: KeyBook) -> KeyBook:
    book._until = 0
    return book


async def test_a_revoked_key_opens_for_a_second_at_most(lane: Lane) -> None:
    number, book = add(lane), KeyBook(lane.database, lane.clock)
    found = await book.find(KEY)
    assert found is not None
    assert await book.find(Headers({"authorization": "bearer  k1 "})) == found
    with lane.database.writing() as session:
        api_keys.revoke(session, number, "admin", T0)
    assert await a_second_later(book).find(KEY) is None


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer  ", "Basic k1", "Bearer k2", "k1"])
async def test_anything_else_opens_nothing(lane: Lane, given: str) -> None:
    add(lane)
    book = KeyBook(lane.database, lane.clock)
    assert await book.find(Headers({"authorization": given})) is None


async def test_while_sql_is_away_the_keys_of_before_are_known(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(lane)
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailableError):
        await KeyBook(nowhere, lane.clock).find(KEY)
    book = KeyBook(lane.database, lane.clock)
    found = await book.find(KEY)
    assert found is not None
    monkeypatch.setattr(book, "_database", nowhere)
    assert await a_second_later(book).find(KEY) == found
    book.note_use(found)
    nowhere.close()


async def test_a_use_is_noted_once_a_minute(lane: Lane) -> None:
    add(lane)
    clock = Clock()
    book = KeyBook(lane.database, clock)
    found = await book.find(KEY)
    assert found is not None
    noted = []
    for seconds in (0, 59, 1):
        clock.tick(seconds)
        book.note_use(found)
        noted.append((lane.rows(ApiKeyRow)[0].last_used_at - T0).total_seconds())
    assert noted == [0, 0, 60]
    with lane.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM audit")) == 0
