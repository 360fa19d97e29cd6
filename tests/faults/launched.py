"""The stack as ``make run`` starts it: the launcher with its own Redis and SQLite, and children."""

import subprocess
import sys
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from data.store.database import Database
from tests.faults.load import Ways
from tests.faults.stack import Program, kill_all, own_port, resident_mb, start_process
from tests.faults.town import KEY, Town, found
from tests.servers import ROOT, Application, environment_of, wait_for

#: How the launcher's children are told from each other.
COMMANDS = {
    "redis": "redis-server",
    "worker": "app.py worker",
    "web": "app.py web",
    "transmitters": "app.py transmitters",
}


class Launched:
    """``python app.py``; what it started it starts again by itself, and we only start it again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.town = folder, Town()
        port, gb26875 = own_port(), own_port()
        settings = {"XT_GB26875_PORT": str(gb26875)}
        self._environment = environment_of(folder, port, **settings)
        self._port = port
        self._launcher = Program("launcher", self._start)
        self.database = Database(f"sqlite:///{folder / 'var' / 'xintang.db'}")
        self.ways = Ways((f"http://127.0.0.1:{port}",), KEY, gb26875)
        self._redis: tuple[int, Redis] | None = None

    def __enter__(self) -> "Launched":
        (self.folder / "var").mkdir(mode=0o700)
        found(self.database.url, self.town)
        self._launcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._launcher.stop()
        self.database.close()

    @property
    def redis(self) -> Redis:
        """Its Redis; each launcher has one at an address of its own."""
        application = self._application()
        if not application.child(COMMANDS["web"]):
            raise RedisConnectionError("the launcher has not come so far")
        if self._redis is None or self._redis[0] != application.pid:
            client = Redis.from_url(application.redis_url, socket_timeout=5)
            self._redis = application.pid, client
        return self._redis[1]

    @property
    def ended(self) -> int:
        return self._launcher.ended

    def kill(self, part: str) -> None:
        """End a child, and leave its restart to the launcher."""
        application = self._application()
        wait_for(lambda: application.child(COMMANDS[part]), 40)
        kill_all([application.child(COMMANDS[part])])

    def power_cut(self) -> None:
        self._launcher.kill()

    def tend(self) -> None:
        self._launcher.tend()

    def memory_mb(self) -> float:
        return max((resident_mb(pid) for pid in self._launcher.pids), default=0.0)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(ROOT / "app.py")]
        return start_process(command, self.folder, self._environment, "launcher")

    def _application(self) -> Application:
        assert self._launcher.process is not None
        return Application(self._launcher.process, self._port, self.folder, self._environment)
