"""The stage of the live map's benchmarks: a town, its present, a web process and the writers.

There is no worker and no simulator, so that nothing corrects what the benchmark writes.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from redis import Redis

from data.children import start_child, stop_child
from data.embedded import EmbeddedRedis, free_port
from data.live.present import Present
from data.live.rebuild import rebuild
from data.store.database import Database
from tests.servers import ROOT, Application, descendants, environment_of, wait_for

START_S = 120


class Writer:
    """A writer's process, and what it says it has written."""

    def __init__(self, role: str, database_url: str, redis_url: str, devices: int) -> None:
        module = [sys.executable, "-m", "bench.writer", role]
        self._process = subprocess.Popen(
            [*module, database_url, redis_url, str(devices)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self.changes = 0
        #: Time just before the write of each alarm, in ms.
        self.alarms: dict[int, float] = {}
        self._said: set[str] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, **command: Any) -> None:
        """Send a command."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def wait_until(self, word: str) -> None:
        """Wait until the writer has said something."""
        wait_for(lambda: word in self._said, START_S)
        self._said.discard(word)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        stop_child(self._process)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            said = json.loads(line)
            if "alarm" in said:
                self.alarms[said["alarm"]] = said["ns"] / 1e6
            self.changes = said.get("changes", self.changes)
            self._said.update(said)


@dataclass
class Stage:
    """Everything that runs for one town."""

    devices: int
    running: Application
    redis_url: str
    changes: Writer
    alarms: Writer

    @property
    def web_pids(self) -> list[int]:
        """The processes that answer."""
        return descendants(self.running.pid) or [self.running.pid]

    @property
    def changes_per_s(self) -> float:
        """One per cent of the devices."""
        return self.devices / 100

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Let devices change meanwhile."""
        self.changes.tell(rate=self.changes_per_s)
        try:
            time.sleep(0.5)
            yield
        finally:
            self.changes.tell(rate=0)

    @contextlib.contextmanager
    def burning(self, per_s: float = 1, *, floor: bool = False) -> Iterator[None]:
        """Raise alarms meanwhile; those of the benchmark are closed at the end."""
        self.alarms.tell(rate=per_s, floor=floor)
        try:
            yield
        finally:
            self.alarms.tell(rate=0)
            self.alarms.tell(close_all=True)
            self.alarms.wait_until("closed")


def make_town(folder: Path, devices: int) -> dict[str, str]:
    """Make the town in a folder, unless it is there; return the application's environment."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = environment_of(folder, free_port(), XT_DEMO_DEVICES=str(devices))
    command = [sys.executable, str(ROOT / "app.py"), "demo"]
    subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True)
    return environment


@contextlib.contextmanager
def town_folder(kept: Path | None, devices: int) -> Iterator[Path]:
    """Return the folder of a town: a kept one, or one that is removed at the end."""
    if kept is not None:
        yield kept.resolve() / str(devices)
        return
    folder = Path(tempfile.mkdtemp(prefix="xt-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def stage(
    devices: int, *, workers: int = 1, kept: Path | None = None, say: Any = print
) -> Iterator[Stage]:
    """Set everything up for a town of this size, and stop it at the end."""
    with town_folder(kept, devices) as folder, EmbeddedRedis() as redis:
        say(f"town of {devices:,} devices")
        environment = {**make_town(folder, devices), "XT_REDIS_URL": redis.url}
        database_url = f"sqlite:///{folder / 'var' / 'xintang.db'}"
        say("present from SQL")
        build_present(database_url, redis.url)
        say("web process and writers")
        web = [str(ROOT / "app.py"), "web", "--workers", str(workers)]
        with web_process(web, folder, environment) as running, contextlib.ExitStack() as stack:
            writers = []
            for role in ("changes", "alarms"):
                writer = Writer(role, database_url, redis.url, devices)
                stack.callback(writer.close)
                writers.append(writer)
            for writer in writers:
                writer.wait_until("ready")
            yield Stage(devices, running, redis.url, *writers)


def build_present(database_url: str, redis_url: str) -> None:
    """Write the present from SQL."""
    database = Database(database_url)
    with Redis.from_url(redis_url) as redis:
        rebuild(database, Present(redis), datetime.now(UTC), lambda: None)
    database.close()


@contextlib.contextmanager
def web_process(
    command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[Application]:
    """Run a web process until it answers; ``command`` follows ``python``."""
    port = free_port()
    environment = {**environment, "XT_PORT": str(port)}
    process = start_child(
        [sys.executable, *command],
        environment={**environment, "PYTHONPATH": str(ROOT), "XT_DATA_DIR": str(folder / "var")},
        stdout=subprocess.DEVNULL,
    )
    running = Application(process, port, folder, environment)
    try:
        wait_for(lambda: answers(running.url + "/healthz"), START_S)
        yield running
    finally:
        stop_child(process)


@contextlib.contextmanager
def helper(module: str, *arguments: str, **environment: str) -> Iterator[tuple[str, int]]:
    """Run one of the benchmark's own servers; yields its address and pid."""
    port = free_port()
    process = start_child(
        [sys.executable, "-m", module, str(port), *arguments],
        environment={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_for(lambda: answers(url), START_S)
        yield url, process.pid
    finally:
        stop_child(process)


def answers(url: str) -> bool:
    """Say whether a server answers 200."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
    return False
