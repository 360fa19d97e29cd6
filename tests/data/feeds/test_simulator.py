import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from data.feeds.fleet import load_fleet
from data.feeds.sender import FeedError
from data.feeds.simulator import Schedule, simulate
from data.store.database import Database

KEY = "key-of-the-gateway"


class Gateway(ThreadingHTTPServer):
    """Takes batches like the application and remembers them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.batches: list[list[dict[str, object]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def messages(self) -> list[dict[str, object]]:
        return [message for batch in list(self.batches) for message in batch]


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.headers["Authorization"] == f"Bearer {KEY}"
        if known:
            self.server.batches.append(batch)
        body = json.dumps({"accepted": len(batch), "duplicates": 0, "rejected": []}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def _until(condition: object, seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.05)


async def test_every_device_reports_once_and_then_at_its_own_interval(
    gateway: Gateway, town_database: Database
) -> None:
    fleet = load_fleet(town_database)
    talking = {fleet.ids[i] for i in fleet.talking}
    stop = asyncio.Event()
    task = asyncio.create_task(
        simulate(gateway.url, KEY, town_database, rate=30.0, seed=None, stop=stop)
    )
    await _until(lambda: len(gateway.messages) > len(talking) + 200)
    stop.set()
    await asyncio.wait_for(task, 5.0)
    messages = gateway.messages
    assert {message["device_id"] for message in messages[: len(talking)]} == talking
    assert len({message["message_id"] for message in messages}) == len(messages)
    assert all(len(batch) <= 500 for batch in gateway.batches)
    later = Counter(message["device_id"] for message in messages[len(talking) :])
    assert later.most_common(1)[0][1] < 15


async def test_a_wrong_key_is_told_at_once(gateway: Gateway, town_database: Database) -> None:
    with pytest.raises(FeedError):
        await simulate(gateway.url, "wrong", town_database, stop=asyncio.Event())


async def test_an_empty_database_has_nothing_to_play(database: Database) -> None:
    with pytest.raises(FeedError, match="no devices"):
        await simulate("http://127.0.0.1:9", KEY, database, stop=asyncio.Event())


def test_the_program_takes_its_key_from_its_file_and_stops_cleanly(
    gateway: Gateway, town_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "api.key").write_text(KEY, "ascii")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XT_")},
        "XT_DATA_DIR": str(tmp_path),
        "XT_DATABASE_URL": town_database.url,
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [sys.executable, "-m", "data.feeds.simulator", "--url", gateway.url]
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as process:
        asyncio.run(_until(lambda: len(gateway.messages) > 450, 60.0))
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


class TestSchedule:
    def _schedule(self, town_database: Database) -> Schedule:
        return Schedule(load_fleet(town_database), np.random.default_rng(1), rate=1.0)

    def test_devices_are_due_once_and_in_order(self, town_database: Database) -> None:
        schedule = self._schedule(town_database)
        schedule.at(3, 30.0)
        schedule.at(1, 10.0)
        schedule.at(2, 20.0)
        assert schedule.take(25.0, 10) == [1, 2]
        assert schedule.take(25.0, 10) == []
        assert schedule.take(99.0, 10) == [3]

    def test_an_earlier_time_replaces_the_later_one(self, town_database: Database) -> None:
        schedule = self._schedule(town_database)
        schedule.at(1, 500.0)
        schedule.at(1, 5.0)
        assert schedule.take(1000.0, 10) == [1]

    def test_no_more_than_a_batch_is_taken(self, town_database: Database) -> None:
        schedule = self._schedule(town_database)
        schedule.begin(range(300), 0.0)
        assert len(schedule.take(1e9, 200)) == 200
        assert len(schedule.take(1e9, 200)) == 100

    def test_a_device_sends_sooner_while_something_happens(self, town_database: Database) -> None:
        schedule = self._schedule(town_database)
        schedule.again(0, 0.0, alert=True)
        assert schedule.take(13.0, 10) == [0]
        schedule.again(0, 0.0, alert=False)
        assert schedule.take(50.0, 10) == []
