"""Taking a million alarms out as files: ``python -m bench.exports``.

A web process on a copy of the file of ``bench.drilldown``: how long a file takes, how much memory
the process needs for it, how often its progress is told, what others wait meanwhile; two at once,
a third, and one that is cancelled.
"""

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer

from bench.harness import quantile, report
from bench.past import PAST_FILE, make_past
from bench.procs import cpu_seconds, private_mb
from bench.stage import build_present, make_town, web_process
from data.embedded import EmbeddedRedis
from tests.servers import ROOT, Application, descendants

LOOK_S: Final = 0.4
FORMATS: Final = ("csv", "xlsx")


@contextmanager
def application(path: Path, devices: int) -> Iterator[Application]:
    """Run the web process on a copy of the past."""
    folder = Path(tempfile.mkdtemp(prefix="xt-bench-"))
    try:
        (folder / "var").mkdir()
        shutil.copyfile(path, folder / "var" / "xintang.db")
        with EmbeddedRedis() as redis:
            environment = {**make_town(folder, devices), "XT_REDIS_URL": redis.url}
            build_present(f"sqlite:///{folder / 'var' / 'xintang.db'}", redis.url)
            with web_process(
                [str(ROOT / "app.py"), "web", "--workers", "1"], folder, environment
            ) as running:
                yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Watch(threading.Thread):
    """Looks at the process, at the progress of files and at what others wait for."""

    def __init__(self, running: Application, keys: list[str]) -> None:
        super().__init__(daemon=True)
        self._running, self._keys = running, keys
        self._halt = threading.Event()
        self._pids = descendants(running.pid) or [running.pid]
        self.memory: list[float] = []
        self.told: set[int] = set()
        self.others: list[float] = []
        self.before = self._memory()
        self._cpu = cpu_seconds(self._pids)

    def run(self) -> None:
        """Look until it is told to stop."""
        with self._running.client() as client:
            while not self._halt.wait(LOOK_S):
                self.memory.append(self._memory())
                for key in self._keys:
                    self.told.add(client.get(f"/history/export/progress/{key}").json()["rows"])
                started = time.perf_counter()
                client.get("/api/v1/incidents")
                self.others.append((time.perf_counter() - started) * 1000)

    def stop(self) -> dict[str, Any]:
        """Stop looking; return what was seen."""
        self._halt.set()
        self.join()
        return {
            "memory_before_mb": round(self.before, 1),
            "more_memory_mb": round(max(self.memory) - self.before, 1),
            "cpu_s": round(cpu_seconds(self._pids) - self._cpu, 1),
            "progress_told": len(self.told),
            "others_ms": {q: round(quantile(self.others, q)) for q in (0.5, 0.95)},
        }

    def _memory(self) -> float:
        return sum(map(private_mb, self._pids))


def fetch(running: Application, form: str, key: str) -> tuple[int, float, int]:
    """Return how many bytes a file has, how long it takes, and the status."""
    started, size = time.perf_counter(), 0
    path = f"/history/export/alarms.{form}"
    with (
        running.client() as client,
        client.stream("GET", path, params={"key": key}, timeout=600) as answer,
    ):
        for chunk in answer.iter_raw():
            size += len(chunk)
    return size, time.perf_counter() - started, answer.status_code


def measure(running: Application, forms: tuple[str, ...], alarms: int) -> None:
    """Report files that are made at the same time; one more is turned away."""
    keys = [secrets.token_hex(16) for _ in forms]
    watch = Watch(running, keys)
    watch.start()
    with ThreadPoolExecutor() as pool:
        files = [pool.submit(fetch, running, *one) for one in zip(forms, keys, strict=True)]
        if len(forms) > 1:
            time.sleep(3)
            third = fetch(running, "csv", secrets.token_hex(16))
            report("one more export at the same time", status=third[2], after_s=round(third[1], 2))
        done = [file.result() for file in files]
    seen = watch.stop()
    for form, (size, seconds, _status) in zip(forms, done, strict=True):
        report(
            f"export {form}" + (" beside another" if len(forms) > 1 else ""),
            rows=alarms,
            seconds=round(seconds, 1),
            rows_per_s=round(alarms / seconds),
            megabytes=round(size / 1e6, 1),
            **seen,
        )


def cancelled(running: Application) -> None:
    """Report how soon a cancelled file ends."""
    key = secrets.token_hex(16)
    broken: list[float] = []

    def take() -> None:
        try:
            fetch(running, "csv", key)
        except httpx.RemoteProtocolError:
            broken.append(time.perf_counter())

    thread = threading.Thread(target=take)
    thread.start()
    time.sleep(3)
    with running.client() as client:
        here = {"sec-fetch-site": "same-origin"}
        asked = time.perf_counter()
        client.post(f"/history/export/cancel/{key}", headers=here).raise_for_status()
        thread.join()
        told = client.get(f"/history/export/progress/{key}").json()
    report("export cancelled", after_ms=[round((at - asked) * 1000) for at in broken], told=told)


def main(
    devices: int = 50_000,
    alarms: int = 1_000_000,
    path: Annotated[Path, typer.Option(help="is copied and stays as it is")] = PAST_FILE,
) -> None:
    """Take files out, alone and at the same time."""
    make_past(path, devices, alarms).close()
    with application(path, devices) as running:
        cancelled(running)
        for form in FORMATS:
            measure(running, (form,), alarms)
        measure(running, FORMATS, alarms)


if __name__ == "__main__":
    typer.run(main)
