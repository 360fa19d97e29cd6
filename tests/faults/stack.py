"""The stack as it runs in production: each part a process, each started again when it ends."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
from redis import Redis
from redis.exceptions import RedisError

from data.children import die_with_parent
from data.embedded import find_redis_server
from data.live import keys
from data.store.database import Database
from tests.brokers import Mosquitto
from tests.faults.load import Load, Ways
from tests.faults.proxy import Wire
from tests.faults.town import KEY, Town, found
from tests.servers import (
    ROOT,
    PostgresServer,
    descendants,
    environment_of,
    psycopg_execute,
    wait_for,
)

#: After this time a process that ended is started again; the units of deploy/ wait two seconds.
RESTART_S: Final = 0.3
LOOK_S: Final = 0.05
#: Generous: a busy machine starts slowly. What is measured stands in the table.
RECOVER_WITHIN_S: Final = 240.0
#: Below those that the kernel gives to outgoing connections: while a part is down nobody else must
#: come to have its port, and nobody who tries it may meet himself.
PORTS: Final = range(10_000, 32_000)
DATABASE: Final = "faults"
OURS: Final = ("worker", "feeds", "transmitters", "mqtt", "web")


class Stack(Protocol):
    """What a fault and a phase need of it."""

    town: Town
    database: Database
    ways: Ways

    @property
    def redis(self) -> Redis:
        """A client of its Redis."""

    @property
    def ended(self) -> int:
        """How often a part ended though nobody killed it."""

    def kill(self, part: str) -> None:
        """End a part with SIGKILL, and everything below it."""

    def power_cut(self) -> None:
        """End everything with SIGKILL."""

    def tend(self) -> None:
        """Start what ended again; to be called all the time."""

    def memory_mb(self) -> float:
        """Return the memory of the largest of our own processes."""


class Program:
    """A process that is started again when it ends."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.name, self._start = name, start
        self.process: subprocess.Popen[bytes] | None = None
        self._ended_at: float | None = None
        #: How often it ended though nobody killed it.
        self.ended = 0

    @property
    def pids(self) -> list[int]:
        """It and everything below it."""
        if self.process is None or self.process.poll() is not None:
            return []
        return [self.process.pid, *descendants(self.process.pid)]

    def start(self) -> None:
        self.process, self._ended_at = self._start(), None

    def tend(self) -> None:
        """Start it again some time after its end."""
        if self.process is None or self.process.poll() is None:
            return
        if self._ended_at is None:
            self._ended_at = time.monotonic()
            self.ended += 1
        elif time.monotonic() - self._ended_at >= RESTART_S:
            self.start()

    def kill(self) -> None:
        """End it at once, with everything below it."""
        kill_all(self.pids)
        if self.process is not None:
            self.process.wait()
        if self._ended_at is None:
            self._ended_at = time.monotonic()

    def stop(self) -> None:
        """End it in its own way; or with SIGKILL."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()


def kill_all(pids: Sequence[int]) -> None:
    """Send SIGKILL to all at once."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Apart:
    """Each part on its own: ours, Redis, mosquitto and, where wanted, PostgreSQL.

    Parameters
    ----------
    folder
        Where everything is kept.
    postgres
        Whether it is the database; else SQLite is.
    wires
        Whether the devices and the servers are reached over wires that can be cut.
    environment
        More variables for our own processes and for Redis.
    """

    def __init__(
        self,
        folder: Path,
        *,
        postgres: bool = False,
        wires: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.town = folder, Town()
        self._more = dict(environment or {})
        self.wires: dict[str, Wire] = {}
        self._wanted_wires = wires
        redis_port, feeds, gb26875, self.port = (own_port() for _ in range(4))
        self._broker = Mosquitto(folder / "mosquitto", port=own_port())
        self.parts: dict[str, Program] = {}
        self.server = self._make_server() if postgres else None
        self.redis = Redis(port=redis_port, socket_timeout=5)
        self.database = Database(self._database_url(self.server.port if self.server else None))
        settings = {
            "XT_REDIS_URL": f"redis://127.0.0.1:{self._wire('redis', redis_port)}/0",
            "XT_FEEDS_PORT": str(feeds),
            "XT_GB26875_PORT": str(gb26875),
            "XT_MQTT_URL": f"mqtt://127.0.0.1:{self._broker.port}",
        }
        if self.server is not None:
            settings["XT_DATABASE_URL"] = self._database_url(
                self._wire("postgres", self.server.port)
            )
        self._environment = environment_of(folder, self.port, **settings, **self._more)
        if self.server is not None:
            self.parts["postgres"] = Program("postgres", self._start_server)
        self.parts["redis"] = Program("redis", lambda: self._start_redis(redis_port))
        self.parts["mosquitto"] = Program("mosquitto", self._start_broker)
        for name in OURS:
            self.parts[name] = Program(name, self._starter(name))
        urls = (self._wire("feeds", feeds), self.port)
        self.ways = Ways(
            tuple(f"http://127.0.0.1:{port}" for port in urls),
            KEY,
            self._wire("transmitters", gb26875),
            self._wire("mosquitto", self._broker.port),
        )

    def __enter__(self) -> "Apart":
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()
        self.redis.close()
        for part in reversed(self.parts.values()):
            part.stop()
        for wire in self.wires.values():
            wire.close()

    @property
    def ended(self) -> int:
        """How often a part ended though nobody killed it."""
        return sum(part.ended for part in self.parts.values())

    def kill(self, part: str) -> None:
        self.parts[part].kill()

    def power_cut(self) -> None:
        kill_all([pid for part in self.parts.values() for pid in part.pids])
        for part in self.parts.values():
            part.kill()

    def tend(self) -> None:
        for part in self.parts.values():
            part.tend()

    def memory_mb(self) -> float:
        ours = [self.parts[name] for name in OURS]
        return max((resident_mb(pid) for part in ours for pid in part.pids), default=0.0)

    def _begin(self) -> None:
        (self.folder / "var").mkdir(mode=0o700, exist_ok=True)
        if self.server is not None:
            self.server.make("--wal-segsize=1")
            self.parts["postgres"].start()
            wait_for(self.server.answers, 30)
            psycopg_execute(self.server.url, f"CREATE DATABASE {DATABASE}")
        found(self.database.url, self.town)
        for part in self.parts.values():
            if part.process is None:
                part.start()

    def _make_server(self) -> PostgresServer:
        place = self.folder / "postgres"
        place.mkdir()
        # Its segments are small, so that a small disk is enough for it.
        return PostgresServer(
            place, "-c", "min_wal_size=2MB", "-c", "max_wal_size=16MB", port=own_port()
        )

    def _start_server(self) -> subprocess.Popen[bytes]:
        assert self.server is not None
        self.server.start()
        assert self.server.process is not None
        return self.server.process

    def _database_url(self, port: int | None) -> str:
        if port is None:
            return f"sqlite:///{self.folder / 'var' / 'xintang.db'}"
        return f"postgresql+psycopg://xintang@127.0.0.1:{port}/{DATABASE}"

    def _wire(self, name: str, port: int) -> int:
        if not self._wanted_wires:
            return port
        self.wires[name] = Wire(own_port(), port)
        return self.wires[name].port

    def _start_redis(self, port: int) -> subprocess.Popen[bytes]:
        """Start a server that keeps snapshots, as Debian's does: it comes back with old news."""
        place = self.folder / "redis"
        place.mkdir(exist_ok=True)
        command = [find_redis_server(), "--port", str(port), "--bind", "127.0.0.1"]
        kept = ["--save", "1 1", "--dir", str(place), "--loglevel", "warning"]
        return start_process([*command, *kept], place, {**os.environ, **self._more}, "redis")

    def _start_broker(self) -> subprocess.Popen[bytes]:
        self._broker.folder.mkdir(exist_ok=True)
        self._broker.start()
        assert self._broker.process is not None
        return self._broker.process

    def _starter(self, name: str) -> Callable[[], subprocess.Popen[bytes]]:
        command = [sys.executable, str(ROOT / "app.py"), name]
        return lambda: start_process(command, self.folder, self._environment, name)


def own_port() -> int:
    """Return a port that nobody uses, and nobody will while it is not listened on."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def start_process(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], name: str
) -> subprocess.Popen[bytes]:
    """Start a process that ends with us; what it says goes to a file of its name."""
    parent = os.getpid()
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdout=log,
            stderr=log,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
        )


def resident_mb(pid: int) -> float:
    """Return how much memory a process has; 0 if it is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def heartbeat(stack: Stack) -> Any:
    """Return what the worker wrote last; None while there is none, or no Redis."""
    with contextlib.suppress(RedisError):
        return stack.redis.get(keys.WORKER)
    return None


def is_ready(stack: Stack) -> bool:
    """Whether each HTTP process says that it and everything behind it is well."""
    for url in stack.ways.http:
        try:
            answer = httpx.get(f"{url}/readyz", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        if answer.status_code != httpx.codes.OK:
            return False
    return True


def await_recovery(stack: Stack, load: Load, since: float) -> float:
    """Wait until everything works again; return how long that took since a moment.

    Each sender has something confirmed that it sent since, the worker works, every part is well.
    """
    beat = heartbeat(stack)
    end = since + RECOVER_WITHIN_S
    while time.monotonic() < end:
        stack.tend()
        if load.all_confirmed_since(since) and heartbeat(stack) not in {None, beat}:
            ready_at = time.monotonic()
            if is_ready(stack):
                return ready_at - since
        time.sleep(LOOK_S)
    raise AssertionError(f"no recovery within {RECOVER_WITHIN_S:g} s")


def pause(stack: Stack, seconds: float) -> None:
    """Let some time pass."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stack.tend()
        time.sleep(min(LOOK_S, seconds))


@contextlib.contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[Path]:
    """Mount a disk that can be filled; needs root."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "xt-small", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
