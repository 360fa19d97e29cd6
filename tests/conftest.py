"""Fixtures shared by all tests: real Redis, PostgreSQL, databases, and the real application."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from data.embedded import EmbeddedRedis
from data.reference.load import load_reference
from data.store.database import Database
from data.store.migrate import upgrade
from tests.servers import Application, psycopg_execute, run_application, run_postgres

TOWN_DEVICES = 500
TOWN_SEED = 1
TOWN_NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(scope="session")
def embedded_redis() -> Iterator[EmbeddedRedis]:
    """One real redis-server for the whole run."""
    with EmbeddedRedis() as server:
        yield server


@pytest.fixture
def redis_url(embedded_redis: EmbeddedRedis) -> str:
    """Address of an empty Redis."""
    with Redis.from_url(embedded_redis.url) as client:
        client.flushall()
    return embedded_redis.url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A client of an empty Redis."""
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One real PostgreSQL for the whole run."""
    with run_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database, dropped after the test."""
    name = f"t{uuid.uuid4().hex}"
    psycopg_execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE template0")
    yield f"{postgres_server}/{name}"
    psycopg_execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A migrated, empty database on PostgreSQL."""
    upgrade(postgres_url)
    database = Database(postgres_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def empty_database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("empty") / "xintang.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def town_file(tmp_path_factory: pytest.TempPathFactory, empty_database_file: Path) -> Path:
    """An SQLite file with the reference data and a small demo town, to copy."""
    from data.demo.generate import generate_town

    path = tmp_path_factory.mktemp("town") / "xintang.db"
    shutil.copy(empty_database_file, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        load_reference(session)
    generate_town(
        database, devices=TOWN_DEVICES, seed=TOWN_SEED, now=TOWN_NOW, progress=lambda *_: None
    )
    database.close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_database_file: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database."""
    yield from _copy(empty_database_file, tmp_path)


@pytest.fixture
def town_database(tmp_path: Path, town_file: Path) -> Iterator[Database]:
    """A database with a small demo town (500 devices); each test has its own copy."""
    yield from _copy(town_file, tmp_path)


def _copy(template: Path, folder: Path) -> Iterator[Database]:
    shutil.copy(template, folder / "xintang.db")
    database = Database(f"sqlite:///{folder / 'xintang.db'}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The real application on a free port, started once as a new user starts it."""
    with run_application(tmp_path_factory.mktemp("application")) as running:
        yield running
