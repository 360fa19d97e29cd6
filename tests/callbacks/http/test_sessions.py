from datetime import timedelta

import pytest

from callbacks.http.sessions import CACHE_ENTRIES, CACHE_S, Sessions
from data.domain.words import Role
from data.store.database import Database
from data.store.models import Base
from data.store.users import Client, Users
from tests.lane import Clock


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
    Base.metadata.create_all(database.engine)
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
    hashed = opened.signed_in.token_hash
    assert sessions.is_valid(hashed)
    users.revoke("duty", Clock()())
    ticks.now += 2
    assert not sessions.is_valid(hashed)
    assert await sessions.find(opened.token) is None


async def test_forget_ends_it_at_once(users, opened):
    sessions = Sessions(users, Clock(), Ticks())
    await sessions.find(opened.token)
    users.sign_out(opened.signed_in, Clock()(), Client())
    sessions.forget(opened.signed_in.token_hash)
    assert await sessions.find(opened.token) is None


async def test_find_prolongs_but_is_valid_does_not(users, opened):
    clock, ticks = Clock(), Ticks()
    sessions = Sessions(users, clock, ticks)
    end = opened.signed_in.expires_at
    clock.now += timedelta(hours=11)
    assert sessions.is_valid(opened.signed_in.token_hash)
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
