"""A broker for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import Mosquitto, run_mosquitto


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A real mosquitto that writes to disk what it has to keep."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    with run_mosquitto(folder) as server:
        yield server
