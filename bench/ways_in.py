"""The stage of the benchmarks of the ways in: every part of production as a process of its own.

A town of as many devices and transmitters as are wanted, SQLite on disk, Redis without persistence,
``app.py`` as worker, web, feeds and transmitters. There is no simulator.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.stage import START_S, answers
from data.children import start_child, stop_child
from data.embedded import EmbeddedRedis, free_port
from tests.faults.town import KEY, Town, found
from tests.servers import ROOT, Application, environment_of, wait_for

PARTS = ("worker", "web", "feeds", "transmitters")


@dataclass(frozen=True)
class WaysIn:
    """The processes, and where they are reached."""

    town: Town
    web: Application
    feeds_url: str
    gb_port: int
    redis_url: str
    pids: dict[str, int]

    @property
    def key(self) -> str:
        """The key of the platforms."""
        return KEY


@contextlib.contextmanager
def ways_in(town: Town) -> Iterator[WaysIn]:
    """Run everything until it is ready; stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="xt-bench-"))
    ports = {part: free_port() for part in ("web", "feeds", "transmitters")}
    try:
        with EmbeddedRedis() as redis, contextlib.ExitStack() as stack:
            environment = {
                **environment_of(folder, ports["web"], XT_REDIS_URL=redis.url),
                "XT_FEEDS_PORT": str(ports["feeds"]),
                "XT_GB26875_PORT": str(ports["transmitters"]),
                "PYTHONPATH": str(ROOT),
            }
            (folder / "var").mkdir(mode=0o700)
            found(f"sqlite:///{folder / 'var' / 'xintang.db'}", town)
            started = {part: _started(stack, part, folder, environment) for part in PARTS}
            web = Application(started["web"], ports["web"], folder, environment)
            feeds_url = f"http://127.0.0.1:{ports['feeds']}"
            for url in (web.url, feeds_url):
                wait_for(partial(answers, f"{url}/readyz"), START_S)
            pids = {"redis": redis.pid or 0} | {part: one.pid for part, one in started.items()}
            yield WaysIn(town, web, feeds_url, ports["transmitters"], redis.url, pids)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(
    stack: contextlib.ExitStack, part: str, folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "app.py"), part]
    process = start_child(command, environment=environment)
    stack.callback(stop_child, process)
    return process
