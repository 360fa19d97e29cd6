"""Fixtures for the way of a message: the lane on real databases and a real Redis."""

import pytest
from redis import Redis

from tests.lane import Lane, build


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def lane(request: pytest.FixtureRequest, redis: Redis) -> Lane:
    """The lane with its present built, on SQLite and on PostgreSQL."""
    database = request.getfixturevalue(request.param)
    build(database)
    lane = Lane(database, redis)
    lane.worker.heal()
    return lane
