"""A town large enough for every scenario, with its address table."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from data.demo.generate import generate_town
from data.demo.transmitters import register_transmitters
from data.feeds.fleet import load_fleet
from data.feeds.simulated.cast import Pool, pool_of
from data.feeds.simulated.town import load_town
from data.reference.load import load_reference
from data.store import neighbours
from data.store.database import Database
from data.store.models import Device
from tests.conftest import TOWN_NOW, TOWN_SEED

DEVICES = 1000
#: Seconds between two reports of a device: silence is seen after three.
INTERVAL_S = 2


@pytest.fixture(scope="session")
def scene_file(tmp_path_factory: pytest.TempPathFactory, empty_database_file: Path) -> Path:
    """A database with the town, to copy."""
    path = tmp_path_factory.mktemp("scene") / "xintang.db"
    shutil.copy(empty_database_file, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        load_reference(session)
    generate_town(database, devices=DEVICES, seed=TOWN_SEED, now=TOWN_NOW, progress=lambda *_: None)
    with database.writing() as session:
        register_transmitters(session, TOWN_NOW)
        neighbours.make(session)
        session.execute(update(Device).values(interval_s=INTERVAL_S))
    database.close()
    return path


@pytest.fixture(scope="session")
def pool(scene_file: Path) -> Iterator[Pool]:
    """Whom the town has to choose from."""
    database = Database(f"sqlite:///{scene_file}")
    yield pool_of(load_town(database), load_fleet(database))
    database.close()
