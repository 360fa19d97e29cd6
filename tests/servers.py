"""Real servers for the tests, all on 127.0.0.1, stopped by pid: PostgreSQL, the application."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from data.children import die_with_parent, stop_child
from data.embedded import free_port

ROOT = Path(__file__).parents[1]
PASSWORD = "demo-password-of-the-tests"
START_TIMEOUT_S = 150


def wait_for(what: Callable[[], object], timeout_s: float = 10, every_s: float = 0.05) -> None:
    """Wait until ``what()`` is true; fails with its name after ``timeout_s`` seconds."""
    end = time.monotonic() + timeout_s
    while not what():
        if time.monotonic() > end:
            raise AssertionError(f"not true within {timeout_s} s: {what}")
        time.sleep(every_s)


def is_running(pid: int) -> bool:
    """Whether the process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def descendants(pid: int) -> list[int]:
    """Return the pids of all processes below one, parents first."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


# --- PostgreSQL -----------------------------------------------------------------------------


def postgres_program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; Debian keeps them out of PATH."""
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = next(map(str, candidates), None) or shutil.which(name)
    assert found, "the tests need PostgreSQL: run `make test-tools` or install it"
    return found


def postgres_user() -> str:
    """Return who runs the server: it refuses to be root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


class PostgresServer:
    """A PostgreSQL server of its own in an existing folder; it may be killed and started again."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        self.folder, self._options, self.port = folder, options, port or free_port()
        self.url = f"postgresql+psycopg://xintang@127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        user = postgres_user()
        identity = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        self._identity: dict[str, Any] = identity if os.geteuid() == 0 else {}
        shutil.chown(folder, user)

    def make(self, *options: str) -> None:
        """Make its data directory; ``options`` of initdb."""
        init = [postgres_program("initdb"), "-D", str(self.folder / "data"), "-U", "xintang"]
        subprocess.run(
            [*init, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C", *options],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._identity,
        )

    def start(self) -> None:
        """Start it, without waiting until it answers."""
        parent = os.getpid()
        command = [postgres_program("postgres"), "-D", str(self.folder / "data")]
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *address, *self._options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
                **self._identity,
            )

    def answers(self) -> bool:
        return _answers(self.url)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # fast: open connections are closed
            stop_child(self.process)


@contextlib.contextmanager
def run_postgres() -> Iterator[str]:
    """Run a PostgreSQL server of its own; yields its URL without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="xt-pg-"))
    server = PostgresServer(folder, "-F", "-c", "full_page_writes=off")
    try:
        server.make()
        server.start()
        wait_for(server.answers, 30)
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg_execute(url, "SELECT 1")
        return True
    return False


def psycopg_execute(url: str, statement: str) -> None:
    """Execute one statement in the server's own database, outside a transaction."""
    plain = url.replace("+psycopg", "") + "/postgres"
    with psycopg.connect(plain, autocommit=True, connect_timeout=2) as connection:
        connection.execute(statement)


# --- The application ------------------------------------------------------------------------


@dataclass
class Application:
    """A running ``python app.py``."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    environment: Mapping[str, str]
    passwords: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(("duty", "leader", "admin"), PASSWORD)
    )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def pids(self) -> list[int]:
        """The launcher and everything below it."""
        return [self.pid, *descendants(self.pid)]

    @property
    def api_key(self) -> str:
        """The key of the first start."""
        return (self.folder / "var" / "api.key").read_text("ascii")

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'var' / 'xintang.db'}"

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text("utf-8", errors="replace")

    def child(self, command: str) -> int:
        """Pid of the child whose command line contains ``command``; 0 if there is none."""
        for pid in descendants(self.pid):
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command in line and is_running(pid):
                    return pid
        return 0

    @property
    def redis_url(self) -> str:
        """Address of its embedded Redis, from the environment of its web process."""
        environ = Path(f"/proc/{self.child('app.py web')}/environ").read_bytes().decode()
        found = re.search(r"(?:^|\0)XT_REDIS_URL=([^\0]+)", environ)
        assert found
        return found[1]

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"app.py ended:\n{self.output}"
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
        return False

    @contextlib.contextmanager
    def client(self, user: str = "duty") -> Iterator[httpx.Client]:
        """A signed-in HTTP client."""
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30) as client:
            found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
            form = {"name": user, "password": self.passwords[user], "next": "/"}
            form["csrf"] = found[1] if found else ""
            answer = client.post("/login", data=form, headers={"origin": self.url})
            assert answer.status_code == 303, answer.text
            yield client

    def post_readings(self, readings: list[dict[str, object]]) -> httpx.Response:
        """Send readings as a gateway does."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        url = f"{self.url}/api/v1/readings"
        return httpx.post(url, json=readings, headers=headers, trust_env=False)

    def stop(self) -> None:
        """Ctrl-C; SIGKILL if that does not help."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def environment_of(folder: Path, port: int, **settings: str) -> dict[str, str]:
    """Return the environment of an application of the tests; nothing of ours leaks into it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("XT_")}
    ours = {
        "XT_PORT": str(port),
        "XT_DATA_DIR": str(folder / "var"),
        "XT_DEMO_PASSWORD": PASSWORD,
        "XT_DEMO_DEVICES": "500",
        "XT_SIMULATE": "0",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "120",
    }
    return plain | ours | settings


def launch(folder: Path, *, town: Path | None = None, **settings: str) -> Application:
    """Start ``python app.py`` in ``folder`` without waiting; ``town``: a database to begin with."""
    port = free_port()
    environment = environment_of(folder, port, **settings)
    var = folder / "var"
    if town is not None and not var.exists():
        var.mkdir(parents=True, mode=0o700)
        shutil.copy(town, var / "xintang.db")
    parent = os.getpid()
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
        )
    return Application(process, port, folder, environment)


@contextlib.contextmanager
def run_application(
    folder: Path, *, town: Path | None = None, **settings: str
) -> Iterator[Application]:
    """Run ``python app.py`` until it is ready; stopped at the end with everything below it."""
    application = launch(folder, town=town, **settings)
    try:
        wait_for(application.is_ready, START_TIMEOUT_S, 0.1)
        yield application
    finally:
        application.stop()
