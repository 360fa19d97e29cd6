import asyncio
from datetime import timedelta

import pytest

from callbacks.http.sessions import CACHE_ENTRIES, CACHE_S, Sessions
from data.domain.words import Role
from data.live.hub import Hub
from data.live.subscribers import Binary, Subscriber
from data.store.database import Database
from data.store.guard import StoreUnavailableError
from data.store.users import Client, Users
from tests.lane import Clock
from tests.tables import create_tables


class Ticks:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class CountingUsers(Users):
    asked = 0

    def find_session(self, hashed, now):
        self.asked += 1
        return super().find_session(hashed, now)


@pytest.fixture
def users(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    create_tables(database)
    users = CountingUsers(database)
    users.add("duty", Role.DUTY, "", "correct horse", Clock()())
    yield users
    database.close()


@pytest.fixture
def opened(users):
    return users.sign_in("duty", "correct horse", Clock()(), Client())


async def test_find_asks_sql_once_a_second(users, opened):
    ticks = Ticks()
    sessions = Sessions(users, Clock(), ticks)
    for _ in range(5):
        assert await sessions.find(opened.token) == opened.signed_in
    assert users.asked == 1
    ticks.now += CACHE_S
    await sessions.find(opened.token)
    assert users.asked == 2


async def test_revoked_session_ends_within_two_seconds(users, opened):
    ticks = Ticks()
    sessions = Sessions(users, Clock(), ticks)
    assert await sessions.find(opened.token)
    users.revoke("duty", Clock()())
    ticks.now += 2
    assert await sessions.find(opened.token) is None


async def test_open_streams_of_ended_sessions_are_ended_with_one_question(
    users, opened, monkeypatch
):
    hub = Hub("redis://unused")
    kept = users.sign_in("duty", "correct horse", Clock()(), Client())
    streams = {
        session: Subscriber(Binary, session)
        for session in (opened.signed_in.token_hash, kept.signed_in.token_hash)
    }
    hub._subscribers.update(streams.values())
    monkeypatch.setattr("callbacks.http.sessions.CACHE_S", 0.01)
    checking = asyncio.create_task(Sessions(users, Clock()).end_streams(hub))
    users.sign_out(opened.signed_in, Clock()(), Client())
    await asyncio.sleep(0.2)
    assert [stream.closed for stream in streams.values()] == [True, False]
    users._database.close()
    checking.cancel()


async def test_streams_go_on_while_sql_does_not_answer(users, opened, monkeypatch):
    hub = Hub("redis://unused")
    stream = Subscriber(Binary, opened.signed_in.token_hash)
    hub._subscribers.add(stream)
    monkeypatch.setattr("callbacks.http.sessions.CACHE_S", 0.01)
    asked = []

    def away(hashes, now):
        asked.append(hashes)
        raise StoreUnavailableError("away")

    monkeypatch.setattr(users, "valid_sessions", away)
    checking = asyncio.create_task(Sessions(users, Clock()).end_streams(hub))
    await asyncio.sleep(0.2)
    assert len(asked) > 1
    assert not stream.closed
    assert not checking.done()
    checking.cancel()


async def test_forget_ends_it_at_once(users, opened):
    sessions = Sessions(users, Clock(), Ticks())
    await sessions.find(opened.token)
    users.sign_out(opened.signed_in, Clock()(), Client())
    sessions.forget(opened.signed_in.token_hash)
    assert await sessions.find(opened.token) is None


async def test_find_prolongs_but_a_check_of_streams_does_not(users, opened):
    clock, ticks = Clock(), Ticks()
    sessions = Sessions(users, clock, ticks)
    end = opened.signed_in.expires_at
    clock.now += timedelta(hours=11)
    hashed = opened.signed_in.token_hash
    assert users.valid_sessions({hashed, "another"}, clock()) == {hashed}
    assert users.find_session(opened.signed_in.token_hash, clock()).expires_at == end
    ticks.now += CACHE_S
    await sessions.find(opened.token)
    moved = users.find_session(opened.signed_in.token_hash, clock()).expires_at
    assert moved == clock() + timedelta(hours=12)


async def test_unknown_tokens_do_not_fill_the_memory(users):
    sessions = Sessions(users, Clock(), Ticks())
    sessions._known.update(dict.fromkeys(map(str, range(CACHE_ENTRIES))))
    assert await sessions.find("made up") is None
    assert len(sessions._known) == 1
