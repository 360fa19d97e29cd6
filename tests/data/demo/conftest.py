"""The small town of all tests, opened once for tests that only read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.demo.clock import Clock, make_clock
from data.demo.land import read_lands
from data.demo.plan import Plan, make_plan, read_places
from data.store.database import Database
from tests.conftest import TOWN_DEVICES, TOWN_NOW, TOWN_SEED


@pytest.fixture(scope="session")
def town(town_file: Path) -> Iterator[Database]:
    """The small town; nobody writes to it."""
    database = Database(f"sqlite:///{town_file}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def plan(town: Database) -> Plan:
    """The plan that the small town was built by."""
    with town.reading() as session:
        lands, places = read_lands(session), read_places(session)
    return make_plan(lands, places, TOWN_DEVICES, TOWN_SEED, lambda *_: None)


@pytest.fixture(scope="session")
def clock() -> Clock:
    """The clock of the small town."""
    return make_clock(TOWN_NOW)
